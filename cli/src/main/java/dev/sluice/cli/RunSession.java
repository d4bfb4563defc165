package dev.sluice.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.data.TrainingData;
import dev.sluice.engine.Engine;
import dev.sluice.experiments.Catalogue;
import dev.sluice.experiments.Experiment;
import dev.sluice.experiments.Reports;
import dev.sluice.experiments.RunRequest;
import dev.sluice.experiments.RunView;
import dev.sluice.experiments.Runner;
import dev.sluice.experiments.Versions;
import dev.sluice.training.Interruption;
import dev.sluice.training.RunException;
import dev.sluice.training.RunFolder;
import dev.sluice.training.RunManifest;
import dev.sluice.training.RunManifest.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One run from the command line's side: folder, data, signals, result on standard output. */
final class RunSession {
    private static final ObjectMapper JSON = new ObjectMapper();

    private RunSession() {}

    /** Starts a run in a fresh folder. */
    static int start(
            RunRequest request, @Nullable Path out, OutputOptions output, List<String> arguments) {
        if (out != null) {
            RunFolder.requireFree(out);
        }
        Experiment experiment = Catalogue.experiment(request.experiment());
        request.points(experiment).forEach(point -> experiment.requireFiles(point.settings()));
        TrainingData data = data(request, output.messages());
        List<String> commandLine = new ArrayList<>(List.of("sluice"));
        commandLine.addAll(arguments);
        try (RunFolder folder =
                out == null
                        ? RunFolder.create(
                                RunFolder.home(System.getenv()),
                                request.experiment(),
                                LocalDateTime.now(ZoneId.systemDefault()))
                        : RunFolder.createAt(out)) {
            output.say("run folder: " + folder.path());
            folder.write(
                    RunManifest.start(
                            request.experiment(),
                            Instant.now(),
                            commandLine,
                            request.seeds(),
                            request.points(experiment).stream()
                                    .map(RunRequest.Point::name)
                                    .toList(),
                            JSON.valueToTree(request),
                            List.of(Runner.identity(data)),
                            Versions.all()));
            return begin(folder, request, data, output);
        }
    }

    /** A run that cannot even begin leaves no folder that somebody would wonder about. */
    private static int begin(
            RunFolder folder, RunRequest request, TrainingData data, OutputOptions output) {
        try {
            return carryOut(folder, request, data, output);
        } catch (RuntimeException | Error e) {
            try {
                if (folder.discard()) {
                    output.say("no step was made; the run folder is removed");
                }
            } catch (RuntimeException f) {
                e.addSuppressed(f);
            }
            throw e;
        }
    }

    /** Goes on with a run, or says that it is finished; one killed before its report gets it. */
    static int resume(Path path, OutputOptions output) {
        try (RunFolder folder = RunFolder.openToTrain(path)) {
            RunRequest request = RunView.request(folder.path(), folder.manifest());
            if (folder.manifest().status() == Status.COMPLETE) {
                output.say("the run is finished");
                if (!Files.exists(folder.report())) {
                    Reports.write(RunView.read(folder.path()));
                }
                print(folder, output);
                return ExitCodes.OK;
            }
            TrainingData data =
                    sameData(request, folder.manifest(), folder.path(), output.messages());
            output.say("run folder: " + folder.path());
            warnOfOtherProducts(folder.manifest(), output);
            return carryOut(folder, request, data, output);
        }
    }

    /** Matrix products of another library are equal to rounding, not to the bit. */
    private static void warnOfOtherProducts(RunManifest manifest, OutputOptions output) {
        String before = manifest.versions().getOrDefault(Versions.BLAS, "");
        String now = Engine.blas();
        if (!before.isEmpty() && !before.equals(now)) {
            output.say(
                    "the run was begun with "
                            + before
                            + " and goes on with "
                            + now
                            + ": results differ by rounding from those of one sitting (SLUICE_BLAS"
                            + " chooses)");
        }
    }

    /**
     * The data of a run that has begun.
     *
     * @throws RunException if it is no longer what it was then
     */
    static TrainingData sameData(
            RunRequest request, RunManifest manifest, Path run, QuietOption messages) {
        TrainingData data = data(request, messages);
        if (!manifest.data().contains(Runner.identity(data))) {
            throw new RunException(
                    run,
                    "data",
                    "the data that the run began with: " + manifest.data(),
                    String.valueOf(Runner.identity(data)));
        }
        return data;
    }

    static TrainingData data(RunRequest request, QuietOption messages) {
        return Catalogue.experiment(request.experiment())
                .dataKind()
                .open(request, System.getenv(), messages.downloads());
    }

    private static int carryOut(
            RunFolder folder, RunRequest request, TrainingData data, OutputOptions output) {
        int cores = Runtime.getRuntime().availableProcessors();
        if (request.threads() > cores) {
            output.say(
                    String.format(
                            Locale.ROOT,
                            "%d threads on %d cores: they wait for each other, %d would be faster",
                            request.threads(),
                            cores,
                            cores));
        }
        try (Interruption interruption = Interruption.bySignals(output::say)) {
            Status status = new Runner(folder, request, data, output.console(), interruption).run();
            if (status == Status.STOPPED) {
                output.say("stopped; go on with: sluice resume " + folder.path());
                return interruption.exitCode();
            }
        } catch (RuntimeException | Error e) {
            try {
                folder.write(folder.manifest().failed(reason(e)));
            } catch (RuntimeException f) {
                e.addSuppressed(f);
            }
            throw e;
        }
        RunView view = RunView.read(folder.path());
        Path report = Reports.write(view);
        if (!output.messages().quiet() && !output.json()) {
            System.out.println(Reports.console(view));
        }
        Reports.claims(view).forEach(output::say);
        output.say("report: " + report);
        print(folder, output);
        return ExitCodes.OK;
    }

    private static String reason(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    }

    private static void print(RunFolder folder, OutputOptions output) {
        if (!output.json()) {
            System.out.println(folder.path());
            return;
        }
        try {
            System.out.print(Files.readString(folder.summary()));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + folder.summary(), e);
        }
    }
}
