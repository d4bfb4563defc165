package dev.sluice.experiments;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.data.ImageData;
import dev.sluice.engine.AtomicFiles;
import dev.sluice.engine.DType;
import dev.sluice.engine.Engine;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.Weights;
import dev.sluice.experiments.RunRequest.Point;
import dev.sluice.training.Checkpoint;
import dev.sluice.training.CheckpointStore;
import dev.sluice.training.DataIdentity;
import dev.sluice.training.Interruption;
import dev.sluice.training.MetricsLog;
import dev.sluice.training.ProgressBar;
import dev.sluice.training.RunFolder;
import dev.sluice.training.RunManifest.Status;
import dev.sluice.training.RunSummary;
import dev.sluice.training.Timing;
import dev.sluice.training.Trial;
import dev.sluice.training.TrialState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Carries out a run: every variant with every seed, one after the other, with checkpoints from
 * which it goes on to the same bytes after a stop at any moment. What a run is stands in its
 * folder's manifest; this class only needs the folder, the data and somewhere to talk to.
 */
public final class Runner {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long LOG_LINES = 200;
    private static final long CHECKPOINT_NANOS = 60_000_000_000L;

    private final RunFolder folder;
    private final RunRequest request;
    private final Experiment experiment;
    private final List<Point> points;
    private final ImageData data;
    private final RunConsole console;
    private final Interruption interruption;
    private final List<TrialResult> results = new ArrayList<>();
    private final Timing.Collector timing = new Timing.Collector();
    private long doneBefore;
    private double seconds;

    /**
     * A run in a folder whose manifest is written.
     *
     * @param data the data that the request names
     * @throws UsageException if the request does not fit the experiment
     */
    public Runner(
            RunFolder folder,
            RunRequest request,
            ImageData data,
            RunConsole console,
            Interruption interruption) {
        this.folder = folder;
        this.request = request;
        this.data = data;
        this.console = console;
        this.interruption = interruption;
        experiment = Catalogue.experiment(request.experiment());
        points = request.points(experiment);
    }

    /** The data of a request as manifests and summaries name it. */
    public static DataIdentity identity(ImageData data) {
        return new DataIdentity(
                data.name(),
                data.generated(),
                data.train().size(),
                data.test().size(),
                data.sha256());
    }

    /**
     * Does what is left of the run.
     *
     * @return the status it ended with: complete, or stopped where the user asked for it
     */
    public Status run() {
        Engine.setThreads(request.threads());
        folder.write(folder.manifest().with(Status.RUNNING));
        CheckpointStore store = folder.checkpoints();
        try (CheckpointStore.Loaded last = store.latest(console::say);
                MetricsLog metrics =
                        MetricsLog.open(
                                folder.metrics(),
                                last == null ? 0 : last.state().metricsOffset())) {
            if (last != null) {
                readResults(last.state());
            }
            for (Point point : points) {
                for (long seed : request.seeds()) {
                    if (finished(point.name(), seed)) {
                        continue;
                    }
                    if (!trial(point, seed, last, store, metrics)) {
                        folder.write(folder.manifest().with(Status.STOPPED));
                        return Status.STOPPED;
                    }
                }
            }
        }
        conclude();
        return Status.COMPLETE;
    }

    private boolean finished(String variant, long seed) {
        return results.stream().anyMatch(r -> r.variant().equals(variant) && r.seed() == seed);
    }

    /** Runs one trial to its end; false if it was stopped, with a checkpoint written. */
    private boolean trial(
            Point point,
            long seed,
            CheckpointStore.@org.jspecify.annotations.Nullable Loaded last,
            CheckpointStore store,
            MetricsLog metrics) {
        boolean bf16 = request.dtype().equals("bf16");
        DType dtype = request.dtype().equals("f64") ? DType.F64 : DType.F32;
        try (Trial trial =
                experiment.open(
                        new TrialRequest(
                                point.name(), point.settings(), seed, data, dtype, bf16))) {
            seconds = 0;
            if (last != null && isOf(last.state(), point.name(), seed)) {
                restore(trial, last);
                seconds = last.state().details().path("seconds").asDouble();
            }
            long total = trial.steps() * points.size() * request.seeds().size();
            doneBefore = trial.steps() * results.size();
            if (results.isEmpty() && trial.done() == 0) {
                console.cost(trial, points.size() * request.seeds().size(), data, dtype);
            }
            String title = point.name() + " seed " + seed;
            try (ProgressBar bar = console.bar(title, doneBefore + trial.done(), total)) {
                if (!steps(trial, point.name(), seed, store, metrics, bar)) {
                    return false;
                }
            }
            finish(trial, point, seed);
            save(store, point.name(), seed, trial, metrics, false);
            return true;
        }
    }

    private static boolean isOf(Checkpoint state, String variant, long seed) {
        return state.variant().equals(variant)
                && state.seed() == seed
                && state.details().has("trial");
    }

    private boolean steps(
            Trial trial,
            String variant,
            long seed,
            CheckpointStore store,
            MetricsLog metrics,
            ProgressBar bar) {
        long every = Math.max(1, trial.steps() / LOG_LINES);
        long saved = System.nanoTime();
        long examplesBefore = trial.examples();
        while (trial.done() < trial.steps()) {
            long step = trial.done();
            boolean log = step % every == 0 || step == trial.steps() - 1;
            long start = System.nanoTime();
            Map<String, Double> scalars = trial.step(log);
            long took = System.nanoTime() - start;
            timing.step(trial.examples() - examplesBefore, took);
            examplesBefore = trial.examples();
            seconds += took / 1e9;
            if (log) {
                metrics.append(
                        new MetricsLog.Line(
                                variant, seed, step, trial.examples(), seconds, scalars));
            }
            bar.update(doneBefore + trial.done(), RunConsole.loss(scalars));
            boolean stop = interruption.requested();
            boolean due =
                    request.checkpointEvery() > 0
                            ? trial.done() % request.checkpointEvery() == 0
                            : System.nanoTime() - saved > CHECKPOINT_NANOS;
            if (stop || (due && trial.done() < trial.steps())) {
                save(store, variant, seed, trial, metrics, true);
                saved = System.nanoTime();
            }
            if (stop) {
                return false;
            }
        }
        return true;
    }

    private void save(
            CheckpointStore store,
            String variant,
            long seed,
            Trial trial,
            MetricsLog metrics,
            boolean unfinished) {
        ObjectNode details = JSON.createObjectNode();
        details.set("results", JSON.valueToTree(results));
        try (TensorScope scope = TensorScope.open()) {
            Map<String, dev.sluice.engine.Tensor> tensors = Map.of();
            if (unfinished) {
                TrialState state = trial.save();
                details.set("trial", JSON.valueToTree(state.values()));
                details.put("seconds", seconds);
                tensors = state.tensors();
            }
            store.save(
                    new Checkpoint(
                            variant, seed, trial.done(), metrics.offset(), Double.NaN, details),
                    Weights.parts(tensors));
        }
    }

    private void readResults(Checkpoint state) {
        for (var node : state.details().path("results")) {
            results.add(JSON.convertValue(node, TrialResult.class));
        }
    }

    private static void restore(Trial trial, CheckpointStore.Loaded last) {
        try (TensorScope scope = TensorScope.open()) {
            Map<String, Object> values = new LinkedHashMap<>();
            last.state()
                    .details()
                    .path("trial")
                    .fields()
                    .forEachRemaining(e -> values.put(e.getKey(), e.getValue()));
            trial.restore(new TrialState(Weights.read(last.tensors()), values));
        }
    }

    private void finish(Trial trial, Point point, long seed) {
        Map<String, String> metadata = new TreeMap<>(trial.weightsMetadata());
        metadata.put("format", "sluice");
        metadata.put("experiment", experiment.name());
        metadata.put("variant", point.name());
        metadata.put("seed", Long.toString(seed));
        metadata.put("settings", text(point.settings().ordered()));
        Map<String, List<String>> axes = new LinkedHashMap<>();
        trial.model().parameters().forEach((name, p) -> axes.put(name, p.axes()));
        metadata.put("axes", text(axes));
        try {
            Files.createDirectories(folder.model(point.name(), seed).toAbsolutePath().getParent());
            Weights.write(folder.model(point.name(), seed), trial.model().state(), metadata);
            if (seed == request.seeds().get(0)) {
                var file = RunView.artefactFile(folder.path(), point.name(), seed);
                Files.createDirectories(file.toAbsolutePath().getParent());
                AtomicFiles.write(file, JSON.writeValueAsBytes(trial.artefacts()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write into " + folder.path(), e);
        }
        results.add(new TrialResult(point.name(), seed, trial.evaluate(), trial.isolation()));
    }

    private static String text(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalStateException("metadata is not JSON", e);
        }
    }

    private void conclude() {
        List<String> names = points.stream().map(Point::name).toList();
        RunSummary summary =
                new RunSummary(
                        experiment.name(),
                        request.preset(),
                        identity(data),
                        request.seeds(),
                        names);
        Map<String, RunSummary.Isolation> isolation = new LinkedHashMap<>();
        for (TrialResult r : results) {
            r.metrics().forEach((metric, v) -> summary.put(r.variant(), r.seed(), metric, v));
            RunSummary.Isolation one =
                    new RunSummary.Isolation(
                            r.isolation().claims(),
                            r.isolation().checkedSteps(),
                            r.isolation().violations());
            isolation.merge(r.variant(), one, RunSummary.Isolation::plus);
        }
        isolation.forEach(summary::put);
        for (Point p : points) {
            String control = p.name().replaceFirst("^[^@]+", experiment.control());
            if (!p.name().equals(control) && names.contains(control)) {
                summary.compare(p.name(), control);
            }
        }
        summary.status(Status.COMPLETE);
        chooseModel();
        folder.write(timing.timing());
        folder.write(summary);
        folder.write(folder.manifest().with(Status.COMPLETE));
    }

    private void chooseModel() {
        try {
            var chosen = folder.model(points.get(0).name(), request.seeds().get(0));
            if (points.size() * request.seeds().size() == 1) {
                if (Files.exists(chosen)) {
                    Files.move(chosen, folder.model(), StandardCopyOption.ATOMIC_MOVE);
                }
                Files.deleteIfExists(chosen.toAbsolutePath().getParent());
            } else {
                AtomicFiles.write(
                        folder.model(),
                        out -> out.write(java.nio.ByteBuffer.wrap(Files.readAllBytes(chosen))));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + folder.model(), e);
        }
    }
}
