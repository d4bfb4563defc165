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
        sets.put("code", List.of("6"));
        sets.putAll(more);
        return run(path, "split-digits", variants, sets);
    }

    /** A run of the routed VAE with two units for each class. */
    static RunView ofVae(Path path) {
        Map<String, List<String>> sets =
                Map.of("latents_per_class", List.of("2"), "classifier_steps", List.of("2"));
        return run(path, "routed-vae", List.of("best"), sets);
    }

    private static RunView run(
            Path path, String experiment, List<String> variants, Map<String, List<String>> more) {
        Map<String, List<String>> sets = new LinkedHashMap<>(more);
        Map.of("epochs", "2", "batch", "16", "images", "0", "hidden", "16x12")
                .forEach((key, value) -> sets.put(key, List.of(value)));
        RunRequest request =
                new RunRequest(
                        experiment,
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
                request.points(Catalogue.experiment(experiment)).stream()
                        .map(RunRequest.Point::name)
                        .toList();
        try (RunFolder folder = RunFolder.createAt(path)) {
            folder.write(
                    RunManifest.start(
                            experiment,
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
