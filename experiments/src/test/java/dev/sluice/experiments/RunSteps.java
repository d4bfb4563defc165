package dev.sluice.experiments;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.data.TrainingData;
import dev.sluice.training.Interruption;
import dev.sluice.training.MetricsLog;
import dev.sluice.training.ProgressBar;
import dev.sluice.training.RunFolder;
import dev.sluice.training.RunManifest;
import dev.sluice.training.RunManifest.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Runs on some data, started and gone on with as processes of their own would. */
public record RunSteps(TrainingData data) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Makes the folder of a run; no step is done. */
    public Path start(Path path, RunRequest request) {
        Experiment experiment = Catalogue.experiment(request.experiment());
        try (RunFolder folder = RunFolder.createAt(path)) {
            folder.write(
                    RunManifest.start(
                            request.experiment(),
                            Instant.EPOCH,
                            List.of("sluice", "run"),
                            request.seeds(),
                            request.points(experiment).stream()
                                    .map(RunRequest.Point::name)
                                    .toList(),
                            JSON.valueToTree(request),
                            List.of(Runner.identity(data)),
                            Map.of()));
        }
        return path;
    }

    /** Goes on from what the folder says. */
    public Status goOn(Path path, Interruption interruption) throws IOException {
        RunConsole console =
                new RunConsole(
                        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                        ProgressBar.Style.QUIET);
        try (RunFolder folder = RunFolder.openToTrain(path)) {
            RunRequest request =
                    JSON.treeToValue(folder.manifest().configuration(), RunRequest.class);
            Status status = new Runner(folder, request, data, console, interruption).run();
            assertEquals(status, folder.manifest().status());
            return status;
        }
    }

    /** Goes on to the end. */
    public Status toTheEnd(Path path) throws IOException {
        return goOn(path, Interruption.withoutSignals());
    }

    /** One step, then the stop that was asked for before. */
    public Status oneStep(Path path) throws IOException {
        Interruption at = Interruption.withoutSignals();
        at.request(130);
        return goOn(path, at);
    }

    /** Fails unless two runs logged the same steps and have files of the same bytes. */
    public static void same(Path expected, Path found, List<String> files) throws IOException {
        for (String file : files) {
            assertArrayEquals(
                    Files.readAllBytes(expected.resolve(file)),
                    Files.readAllBytes(found.resolve(file)),
                    file);
        }
        assertEquals(steps(expected), steps(found));
    }

    /** The metrics log but for the seconds, which differ from run to run. */
    public static List<String> steps(Path run) {
        return MetricsLog.read(run.resolve("metrics.jsonl")).stream()
                .map(l -> l.variant() + " " + l.seed() + " " + l.step() + " " + l.values())
                .toList();
    }
}
