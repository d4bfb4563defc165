package dev.sluice.experiments;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.data.TrainingData;
import dev.sluice.engine.AtomicFiles;
import dev.sluice.engine.Engine;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorException;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.Weights;
import dev.sluice.experiments.RunRequest.Point;
import dev.sluice.training.Checkpoint;
import dev.sluice.training.CheckpointStore;
import dev.sluice.training.DataIdentity;
import dev.sluice.training.Interruption;
import dev.sluice.training.MetricsLog;
import dev.sluice.training.ProgressBar;
import dev.sluice.training.RunException;
import dev.sluice.training.RunFolder;
import dev.sluice.training.RunManifest.Status;
import dev.sluice.training.RunSummary;
import dev.sluice.training.Timing;
import dev.sluice.training.Trial;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Carries out a run: every variant with every seed, with checkpoints from which it goes on to the
 * same bytes after a stop at any moment. What a run is stands in its folder's manifest; this class
 * only needs the folder, the data and somewhere to talk to.
 */
public final class Runner {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long LOG_LINES = 200;
    private static final long CHECKPOINT_NANOS = 60_000_000_000L;
    private static final int MOST_ABREAST = 8;

    private final RunFolder folder;
    private final RunRequest request;
    private final Experiment experiment;
    private final List<Point> points;
    private final List<Training> trainings = new ArrayList<>();
    private final TrainingData data;
    private final RunConsole console;
    private final Interruption interruption;
    private final List<TrialResult> results = new ArrayList<>();
    private final Timing.Collector timing = new Timing.Collector();

    /**
     * A run in a folder whose manifest is written.
     *
     * @param data the data that the request names
     * @throws UsageException if the request does not fit the experiment
     */
    public Runner(
            RunFolder folder,
            RunRequest request,
            TrainingData data,
            RunConsole console,
            Interruption interruption) {
        this.folder = folder;
        this.request = request;
        this.data = data;
        this.console = console;
        this.interruption = interruption;
        experiment = Catalogue.experiment(request.experiment());
        points = request.points(experiment);
        for (Point point : points) {
            request.seeds().forEach(seed -> trainings.add(new Training(point, seed)));
        }
    }

    /** The data of a request as manifests and summaries name it. */
    public static DataIdentity identity(TrainingData data) {
        return new DataIdentity(
                data.name(), data.generated(), data.trainingSize(), data.testSize(), data.sha256());
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
            while (results.size() < trainings.size()) {
                if (!train(last, store, metrics)) {
                    folder.write(folder.manifest().with(Status.STOPPED));
                    return Status.STOPPED;
                }
            }
        }
        conclude();
        return Status.COMPLETE;
    }

    /**
     * The trainings that come next: as many side by side as there are threads where there are that
     * many left, else one with all threads.
     */
    private List<Training> next() {
        int from = results.size();
        int abreast = Math.min(request.threads(), MOST_ABREAST);
        return trainings.subList(from, from + (trainings.size() - from >= abreast ? abreast : 1));
    }

    /** Runs the next trainings to their end; false if stopped, with a checkpoint written. */
    private boolean train(
            CheckpointStore.@org.jspecify.annotations.Nullable Loaded last,
            CheckpointStore store,
            MetricsLog metrics) {
        List<Training> next = next();
        int threadsEach = request.threads() / next.size();
        try (TrainingGroup group =
                new TrainingGroup(next, experiment, data, request.dtype(), threadsEach)) {
            if (last != null) {
                restore(group, last);
            }
            if (results.isEmpty() && group.done() == 0) {
                console.cost(group.members().get(0).trial(), trainings.size(), next.size(), data);
            }
            long each = group.steps() / next.size();
            long before = each * results.size();
            long total = each * (trainings.size() - next.size()) + group.steps();
            try (ProgressBar bar = console.bar(title(next), before + group.done(), total)) {
                if (!steps(group, store, metrics, bar, before)) {
                    return false;
                }
            }
            finish(group);
            save(store, group, metrics, false);
            return true;
        }
    }

    private static String title(List<Training> trainings) {
        return trainings.size() == 1
                ? trainings.get(0).title()
                : trainings.get(0).title() + " and " + (trainings.size() - 1) + " more";
    }

    private boolean steps(
            TrainingGroup group,
            CheckpointStore store,
            MetricsLog metrics,
            ProgressBar bar,
            long before) {
        long saved = System.nanoTime();
        long rounds = 0;
        String loss = "";
        BusyCores cores = new BusyCores(request.threads());
        while (group.unfinished()) {
            long examples = group.examples();
            long start = System.nanoTime();
            int made = group.step(LOG_LINES);
            timing.round(made, group.examples() - examples, System.nanoTime() - start);
            log(group, metrics);
            loss = RunConsole.loss(group.members().get(0).logged()).orElse(loss);
            bar.update(before + group.done(), loss);
            console.notice(bar, cores.notice());
            rounds++;
            boolean stop = interruption.requested();
            boolean due =
                    request.checkpointEvery() > 0
                            ? rounds % request.checkpointEvery() == 0
                            : System.nanoTime() - saved > CHECKPOINT_NANOS;
            if (stop || (due && group.unfinished())) {
                save(store, group, metrics, true);
                saved = System.nanoTime();
            }
            if (stop) {
                return false;
            }
        }
        return true;
    }

    private static void log(TrainingGroup group, MetricsLog metrics) {
        for (TrainingGroup.Member m : group.members()) {
            if (!m.logged().isEmpty()) {
                metrics.append(
                        new MetricsLog.Line(
                                m.training().point().name(),
                                m.training().seed(),
                                m.trial().done() - 1,
                                m.trial().examples(),
                                m.seconds(),
                                m.logged()));
            }
        }
    }

    private void save(
            CheckpointStore store, TrainingGroup group, MetricsLog metrics, boolean unfinished) {
        ObjectNode details = JSON.createObjectNode();
        details.set("results", JSON.valueToTree(results));
        Training first = group.members().get(0).training();
        try (TensorScope scope = TensorScope.open()) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            if (unfinished) {
                details.set("trainings", JSON.valueToTree(group.save(tensors)));
            }
            store.save(
                    new Checkpoint(
                            first.point().name(),
                            first.seed(),
                            group.done(),
                            metrics.offset(),
                            Double.NaN,
                            details),
                    Weights.parts(tensors));
        }
    }

    private void readResults(Checkpoint state) {
        for (var node : state.details().path("results")) {
            results.add(JSON.convertValue(node, TrialResult.class));
        }
    }

    /** Goes to the checkpoint if it was written in the middle of these trainings. */
    private static void restore(TrainingGroup group, CheckpointStore.Loaded last) {
        List<TrainingGroup.Saved> saved = new ArrayList<>();
        for (var node : last.state().details().path("trainings")) {
            saved.add(JSON.convertValue(node, TrainingGroup.Saved.class));
        }
        if (saved.isEmpty() || !group.holds(saved)) {
            return;
        }
        try {
            group.restore(saved, last.tensors());
        } catch (TensorException | IllegalArgumentException e) {
            throw new RunException(
                    last.path(),
                    "content",
                    "the state of these trainings",
                    String.valueOf(e.getMessage()));
        }
    }

    private void finish(TrainingGroup group) {
        List<Map<String, Double>> metrics = group.evaluate();
        for (int i = 0; i < metrics.size(); i++) {
            TrainingGroup.Member m = group.members().get(i);
            write(m);
            results.add(
                    new TrialResult(
                            m.training().point().name(),
                            m.training().seed(),
                            metrics.get(i),
                            m.trial().isolation()));
        }
    }

    private void write(TrainingGroup.Member m) {
        Trial trial = m.trial();
        String variant = m.training().point().name();
        long seed = m.training().seed();
        Map<String, String> metadata = new TreeMap<>(trial.weightsMetadata());
        metadata.put("format", "sluice");
        metadata.put("experiment", experiment.name());
        metadata.put("variant", variant);
        metadata.put("seed", Long.toString(seed));
        metadata.put("settings", text(m.training().point().settings().ordered()));
        Map<String, List<String>> axes = new LinkedHashMap<>();
        trial.model().parameters().forEach((name, p) -> axes.put(name, p.axes()));
        metadata.put("axes", text(axes));
        try {
            Weights.write(folder.model(variant, seed), trial.model().state(), metadata);
            trial.publish(folder.publishedModel(variant, seed));
            if (seed == request.seeds().get(0)) {
                var file = RunView.artefactFile(folder.path(), variant, seed);
                Files.createDirectories(file.toAbsolutePath().getParent());
                AtomicFiles.write(file, JSON.writeValueAsBytes(trial.artefacts()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write into " + folder.path(), e);
        }
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
        String variant = points.get(0).name();
        long seed = request.seeds().get(0);
        Path chosen = folder.model(variant, seed);
        Path published = folder.publishedModel(variant, seed);
        try {
            if (points.size() * request.seeds().size() == 1) {
                move(chosen, folder.model());
                move(published, folder.publishedModel());
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

    /** Unless a process that was killed has done it already. */
    private static void move(Path from, Path to) throws IOException {
        if (Files.exists(from)) {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }
    }
}
