package dev.sluice.export;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.engine.FileProblem;
import dev.sluice.experiments.RunView;
import dev.sluice.training.MetricsLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Event files for TensorBoard, a folder for each variant and seed: the values of every logged step
 * under their names, and each metric of the summary as {@code metrics/NAME} at the last step. Times
 * are those of the run.
 */
final class EventFiles {
    private EventFiles() {}

    static void write(RunView run, Path folder) {
        double start = seconds(run.manifest().created());
        Map<String, List<MetricsLog.Line>> logs = new LinkedHashMap<>();
        for (String variant : run.variants()) {
            for (long seed : run.manifest().seeds()) {
                logs.put(
                        variant + "-" + seed,
                        run.metrics().stream()
                                .filter(l -> l.variant().equals(variant) && l.seed() == seed)
                                .toList());
            }
        }
        for (String variant : run.variants()) {
            List<Long> seeds = run.manifest().seeds();
            for (int i = 0; i < seeds.size(); i++) {
                String name = variant + "-" + seeds.get(i);
                write(
                        folder.resolve(name),
                        start,
                        logs.getOrDefault(name, List.of()),
                        last(run, variant, i));
            }
        }
    }

    private static double seconds(String created) {
        Instant at = Instant.parse(created);
        return at.getEpochSecond() + at.getNano() / 1e9;
    }

    private static Map<String, Double> last(RunView run, String variant, int seed) {
        Map<String, Double> last = new TreeMap<>();
        JsonNode metrics = run.summary().path("variants").path(variant).path("metrics");
        metrics.fieldNames()
                .forEachRemaining(
                        m -> {
                            List<Double> values = run.values(variant, m);
                            if (seed < values.size()) {
                                last.put("metrics/" + m, values.get(seed));
                            }
                        });
        return last;
    }

    private static void write(
            Path folder, double start, List<MetricsLog.Line> lines, Map<String, Double> last) {
        EventWriter events = new EventWriter();
        events.begin(start);
        long step = 0;
        double time = start;
        for (MetricsLog.Line line : lines) {
            step = line.step();
            time = start + line.seconds();
            events.scalars(time, step, line.values());
        }
        events.scalars(time, step, last);
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw FileProblem.of("cannot create " + folder, e);
        }
        events.save(folder.resolve("events.out.tfevents." + (long) start + ".sluice"));
    }
}
