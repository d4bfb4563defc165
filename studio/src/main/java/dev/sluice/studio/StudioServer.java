package dev.sluice.studio;

import dev.sluice.data.text.tokenizer.TokenizerChoice;
import io.javalin.Javalin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The studio: a web application over a folder of runs. Start one and show its {@link #address} to
 * the person at the machine; it serves until it is closed.
 *
 * <p>Bound to a loopback address it trusts whoever is on this machine; bound to any other it wants
 * a token, which is part of the address. Nothing it serves refers to another host.
 */
public final class StudioServer implements AutoCloseable {
    private final Javalin app;
    private final RunFeed feed;
    private final ModelDesk desk;
    private final ModelDesk trials;
    private final ModelDesk texts;
    private final RunModels models;
    private final TextTrials textTrials;
    private final String address;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * How to serve.
     *
     * @param bind an address or name of this machine
     * @param port 0: any that is free
     * @param runs the folder whose subfolders are runs; made if it is missing
     * @param command what starts Sluice's command line, without its arguments
     * @param environment of runs; it says where data lie, see {@code Datasets}
     */
    public record Options(
            String bind,
            int port,
            Path runs,
            List<String> command,
            Map<String, String> environment) {
        /** Copies the command and the environment. */
        public Options {
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
        }
    }

    private StudioServer(Options options, @Nullable String token) {
        RunsFolder folder = new RunsFolder(options.runs);
        RunProcesses processes = new RunProcesses(options.command, options.environment, folder);
        RunList list = new RunList(folder, processes::problem, processes::failed);
        RunData data = new RunData(options.environment);
        desk = new ModelDesk("studio-models");
        trials = new ModelDesk("studio-trials");
        texts = new ModelDesk("studio-texts");
        models = new RunModels(folder, data);
        textTrials = new TextTrials(TokenizerChoice.standard(options.environment));
        feed = new RunFeed(folder, list::entries);
        app =
                Javalin.create(
                        config -> {
                            config.showJavalinBanner = false;
                            config.startupWatcherEnabled = false;
                            config.http.disableCompression();
                            config.http.asyncTimeout = 0;
                        });
        Doorkeeper door = new Doorkeeper(options.bind, token);
        app.before(door::check);
        app.exception(Exception.class, Failures::answer);
        app.error(404, ctx -> Failures.answer(RequestException.missing("nothing here"), ctx));
        Assets.register(app);
        new RunsApi(folder, list, processes, options.environment).register(app);
        new LatentsApi(folder, desk, models).register(app);
        new RulesApi(folder, desk, trials, data).register(app);
        new TextApi(texts, textTrials).register(app);
        app.sse("/api/events", client -> feed.add(client, client.ctx().queryParams("run")));
        try {
            app.start(options.bind, options.port);
        } catch (RuntimeException e) {
            feed.close();
            closeDesks();
            throw e;
        }
        String host = options.bind.indexOf(':') >= 0 ? "[" + options.bind + "]" : options.bind;
        address =
                "http://"
                        + host
                        + ":"
                        + app.port()
                        + "/"
                        + (token == null ? "" : "?token=" + token);
    }

    /**
     * Starts serving.
     *
     * @throws UncheckedIOException if the port is taken or the address is not of this machine
     */
    public static StudioServer start(Options options) {
        try {
            boolean alone = InetAddress.getByName(options.bind).isLoopbackAddress();
            return new StudioServer(options, alone ? null : UUID.randomUUID().toString());
        } catch (UnknownHostException e) {
            throw new UncheckedIOException("no such address: " + options.bind, e);
        } catch (RuntimeException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof BindException bind) {
                    throw taken(options, bind);
                }
            }
            throw e;
        }
    }

    private static UncheckedIOException taken(Options options, IOException e) {
        return new UncheckedIOException(
                "cannot listen at "
                        + options.bind
                        + " port "
                        + options.port
                        + " ("
                        + e.getMessage()
                        + "); --port chooses another",
                e);
    }

    /** The address to open, with the token where one is needed. */
    public String address() {
        return address;
    }

    /** Stops serving and frees the models. Runs that were started go on. Closing twice is fine. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            feed.close();
            closeDesks();
            app.stop();
        }
    }

    private void closeDesks() {
        desk.close(models::close);
        trials.close(() -> {});
        texts.close(textTrials::close);
    }
}
