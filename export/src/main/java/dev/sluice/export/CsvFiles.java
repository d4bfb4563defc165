package dev.sluice.export;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.engine.AtomicFiles;
import dev.sluice.experiments.RunView;
import dev.sluice.training.MetricsLog;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Tidy tables, one value a line: {@code metrics.csv} (variant, seed, metric, value), {@code
 * steps.csv} (variant, seed, step, examples, seconds, name, value) and {@code comparisons.csv}
 * (metric, a, b, difference, low, high, pairs). What is not finite is an empty field.
 */
final class CsvFiles {
    private CsvFiles() {}

    static void write(RunView run, Path folder) {
        save(folder.resolve("metrics.csv"), metrics(run));
        save(folder.resolve("steps.csv"), steps(run));
        save(folder.resolve("comparisons.csv"), comparisons(run.summary().path("comparisons")));
    }

    private static void save(Path file, StringBuilder text) {
        AtomicFiles.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static StringBuilder metrics(RunView run) {
        StringBuilder out = new StringBuilder("variant,seed,metric,value\n");
        List<Long> seeds = run.manifest().seeds();
        for (String variant : run.variants()) {
            JsonNode metrics = run.summary().path("variants").path(variant).path("metrics");
            metrics.fieldNames()
                    .forEachRemaining(
                            metric -> {
                                List<Double> values = run.values(variant, metric);
                                for (int i = 0; i < values.size(); i++) {
                                    line(out, variant, seeds.get(i), metric, values.get(i));
                                }
                            });
        }
        return out;
    }

    private static StringBuilder steps(RunView run) {
        StringBuilder out = new StringBuilder("variant,seed,step,examples,seconds,name,value\n");
        for (MetricsLog.Line l : run.metrics()) {
            l.values()
                    .forEach(
                            (name, value) ->
                                    line(
                                            out,
                                            l.variant(),
                                            l.seed(),
                                            l.step(),
                                            l.examples(),
                                            l.seconds(),
                                            name,
                                            value));
        }
        return out;
    }

    private static StringBuilder comparisons(JsonNode comparisons) {
        StringBuilder out = new StringBuilder("metric,a,b,difference,low,high,pairs\n");
        for (JsonNode c : comparisons) {
            line(
                    out,
                    c.path("metric").asText(),
                    c.path("a").asText(),
                    c.path("b").asText(),
                    c.path("difference").asDouble(Double.NaN),
                    c.path("ci95").path(0).asDouble(Double.NaN),
                    c.path("ci95").path(1).asDouble(Double.NaN),
                    c.path("pairs").asLong());
        }
        return out;
    }

    private static void line(StringBuilder out, Object... fields) {
        for (int i = 0; i < fields.length; i++) {
            out.append(i == 0 ? "" : ",").append(field(fields[i]));
        }
        out.append('\n');
    }

    private static String field(Object value) {
        if (value instanceof Double number) {
            return Double.isFinite(number) ? number.toString() : "";
        }
        String text = value.toString();
        return text.matches("[^,\"\\r\\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
