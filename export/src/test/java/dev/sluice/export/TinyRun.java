package dev.sluice.export;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.data.GeneratedDigits;
import dev.sluice.data.ImageData;
import dev.sluice.experiments.Catalogue;
import dev.sluice.experiments.RunConsole;
import dev.sluice.experiments.RunRequest;
import dev.sluice.experiments.RunView;
import dev.sluice.experiments.Runner;
import dev.sluice.training.Interruption;
import dev.sluice.training.ProgressBar;
import dev.sluice.training.RunFolder;
import dev.sluice.training.RunManifest;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finished runs of a few steps. */
final class TinyRun {
    /** 120 images to train on, 60 to test on. */
    static final ImageData DATA = GeneratedDigits.generate(1, 120, 60);

    private TinyRun() {}

    /** A run of split digits with these settings besides, several values being a sweep. */
    static RunView of(Path path, List<String> variants, Map<String, List<String>> more) {
        Map<String, List<String>> sets = new LinkedHashMap<>();
        Map.of("epochs", "2", "batch", "16", "images", "0", "hidden", "16x12", "code", "6")
                .forEach((key, value) -> sets.put(key, List.of(value)));
        sets.putAll(more);
        RunRequest request =
                new RunRequest(
                        "split-digits",
                        "smoke",
                        variants,
                        List.of(0L, 1L),
                        sets,
                        "generated",
                        1,
                        "f32",
                        1,
                        0);
        List<String> names =
                request.points(Catalogue.experiment("split-digits")).stream()
                        .map(RunRequest.Point::name)
                        .toList();
        try (RunFolder folder = RunFolder.createAt(path)) {
            folder.write(
                    RunManifest.start(
                            "split-digits",
                            Instant.EPOCH,
                            List.of("sluice", "run"),
                            request.seeds(),
                            names,
                            new ObjectMapper().valueToTree(request),
                            List.of(Runner.identity(DATA)),
                            Map.of()));
            PrintStream nowhere =
                    new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
            RunConsole console = new RunConsole(nowhere, ProgressBar.Style.QUIET);
            new Runner(folder, request, DATA, console, Interruption.withoutSignals()).run();
        }
        return RunView.read(path);
    }
}
