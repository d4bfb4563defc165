package dev.sluice.experiments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.data.JsonComplaint;
import dev.sluice.training.MetricsLog;
import dev.sluice.training.RunException;
import dev.sluice.training.RunFolder;
import dev.sluice.training.RunManifest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A finished run as its folder tells it: what reports and comparisons are made from. */
public final class RunView {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final RunManifest manifest;
    private final JsonNode summary;
    private final List<MetricsLog.Line> metrics;

    private RunView(
            Path folder, RunManifest manifest, JsonNode summary, List<MetricsLog.Line> metrics) {
        this.folder = folder;
        this.manifest = manifest;
        this.summary = summary;
        this.metrics = metrics;
    }

    /**
     * Reads a run.
     *
     * @throws RunException if the folder is missing, not a run, or has no results yet
     */
    public static RunView read(Path path) {
        try (RunFolder run = RunFolder.openToRead(path)) {
            if (!Files.exists(run.summary())) {
                throw new RunException(
                        run.summary(),
                        "file",
                        "the results of a finished run",
                        "none yet; " + unfinished(run.manifest()));
            }
            return new RunView(
                    run.path(),
                    run.manifest(),
                    json(run.summary()),
                    List.copyOf(MetricsLog.read(run.metrics())));
        }
    }

    /** What became of a run that has no results, and what can be done. */
    public static String unfinished(RunManifest manifest) {
        return manifest.failure().isEmpty()
                ? "`sluice resume` goes on with the run"
                : "the run failed: "
                        + manifest.failure()
                        + " (where that is mended, `sluice resume` goes on with the run)";
    }

    private static JsonNode json(Path file) {
        try {
            return JSON.readTree(file.toFile());
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new RunException(file, "content", "JSON", JsonComplaint.inWords(e));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /** The run's folder. */
    public Path folder() {
        return folder;
    }

    /** How it was made. */
    public RunManifest manifest() {
        return manifest;
    }

    /** The content of {@code summary.json}. */
    public JsonNode summary() {
        return summary;
    }

    /** The variants, in the order they were run. */
    public List<String> variants() {
        List<String> names = new ArrayList<>();
        summary.path("variants").fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** The mean of a metric over seeds, or NaN. */
    public double mean(String variant, String metric) {
        JsonNode mean = metric(variant, metric).path("mean");
        return mean.isNumber() ? mean.asDouble() : Double.NaN;
    }

    /** Half the width of the 95 % interval, or NaN where there is none. */
    public double halfWidth(String variant, String metric) {
        JsonNode interval = metric(variant, metric).path("ci95");
        return interval.size() == 2
                ? (interval.get(1).asDouble() - interval.get(0).asDouble()) / 2
                : Double.NaN;
    }

    /** The values of a metric by seed. */
    public List<Double> values(String variant, String metric) {
        List<Double> values = new ArrayList<>();
        metric(variant, metric)
                .path("values")
                .forEach(v -> values.add(v.isNumber() ? v.asDouble() : Double.NaN));
        return values;
    }

    private JsonNode metric(String variant, String metric) {
        return summary.path("variants").path(variant).path("metrics").path(metric);
    }

    /** The logged steps. */
    public List<MetricsLog.Line> metrics() {
        return metrics;
    }

    /**
     * A logged number over the steps of a training.
     *
     * @param steps where it was logged
     * @param values as many
     */
    @SuppressWarnings("ArrayRecordComponent") // only ever drawn
    public record Curve(double[] steps, double[] values) {}

    /** What was logged under {@code key} for a variant's first seed; empty if nothing was. */
    public Curve curve(String variant, String key) {
        long firstSeed = manifest.seeds().get(0);
        List<MetricsLog.Line> lines =
                metrics.stream()
                        .filter(l -> l.variant().equals(variant) && l.seed() == firstSeed)
                        .filter(l -> l.values().containsKey(key))
                        .toList();
        return new Curve(
                lines.stream().mapToDouble(MetricsLog.Line::step).toArray(),
                lines.stream()
                        .mapToDouble(l -> l.values().getOrDefault(key, Double.NaN))
                        .toArray());
    }

    /** A number as a page shows it; a dash where there is none. */
    public static String number(double value, int decimals) {
        return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /** What a trial left for pictures, if it did. */
    public Optional<JsonNode> artefacts(String variant, long seed) {
        Path file = artefactFile(folder, variant, seed);
        return Files.exists(file) ? Optional.of(json(file)) : Optional.empty();
    }

    /** What the exported ONNX files do on the test set, if the run was exported. */
    public Optional<JsonNode> exported() {
        Path file = folder.resolve("export").resolve("onnx").resolve("check.json");
        return Files.exists(file) ? Optional.of(json(file)) : Optional.empty();
    }

    /** The file with the final weights of one variant and seed. */
    public Path weights(String variant, long seed) {
        Path own = folder.resolve("models").resolve(variant + "-" + seed + ".safetensors");
        return Files.exists(own) ? own : folder.resolve("model.safetensors");
    }

    /**
     * What the run consists of.
     *
     * @throws RunException if the manifest holds no such configuration
     */
    public RunRequest request() {
        return request(folder, manifest);
    }

    /** As {@link #request()}, of a run that need not be finished. */
    public static RunRequest request(Path folder, RunManifest manifest) {
        try {
            return JSON.treeToValue(manifest.configuration(), RunRequest.class);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new RunException(
                    folder, "manifest.json", "a configuration", JsonComplaint.inWords(e));
        }
    }

    static Path artefactFile(Path folder, String variant, long seed) {
        return folder.resolve("artefacts").resolve(variant + "-" + seed + ".json");
    }
}
