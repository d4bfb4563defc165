package dev.sluice.cli;

import dev.sluice.studio.StudioServer;
import dev.sluice.training.RunFolder;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sluice studio}. */
@Command(
        name = "studio",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Serve a web application: runs with live curves, codes to play with, plans.",
            "The address is the one line on standard output. Ctrl-C ends it; runs started from",
            "its pages are processes of their own."
        },
        footer = {
            "",
            "Examples:",
            "  sluice studio",
            "  sluice studio --runs ~/experiments --port 8080",
            "",
            "Bound to more than this machine (--bind 0.0.0.0), it wants the token that is part",
            "of the address it prints."
        })
final class StudioCommand implements Callable<Integer> {
    @Option(
            names = "--port",
            defaultValue = "7070",
            paramLabel = "N",
            description = "port, 0 for any (default: 7070)")
    private int port;

    @Option(
            names = "--bind",
            defaultValue = "127.0.0.1",
            paramLabel = "ADDRESS",
            description = "address to listen at (default: 127.0.0.1, this machine alone)")
    private String bind = "127.0.0.1";

    @Option(
            names = "--runs",
            paramLabel = "DIR",
            description = "folder of runs (default: $SLUICE_RUNS, else ./runs)")
    private @Nullable Path runs;

    @Override
    public Integer call() throws InterruptedException {
        if (port < 0 || port > 65535) {
            throw new dev.sluice.experiments.UsageException(
                    "port: expected 0 to 65535, found " + port);
        }
        Path folder = runs == null ? RunFolder.home(System.getenv()) : runs;
        StudioServer.Options options =
                new StudioServer.Options(bind, port, folder, command(), System.getenv());
        try (StudioServer server = StudioServer.start(options)) {
            Runtime.getRuntime().addShutdownHook(new Thread(server::close));
            System.out.println(server.address());
            new CountDownLatch(1).await();
        }
        return ExitCodes.OK;
    }

    /** This process's own Java, with its options and class path. */
    private static List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(
                ProcessHandle.current()
                        .info()
                        .command()
                        .orElse(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString()));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(a -> !a.startsWith("-agentlib:") && !a.startsWith("-javaagent:"))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        return command;
    }
}
