package dev.sluice.experiments;

import com.google.errorprone.annotations.MustBeClosed;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Names;
import dev.sluice.engine.SafetensorsFile;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorException;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.Weights;
import dev.sluice.models.Exportable;
import dev.sluice.training.RunException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One model that a run trained, with its final weights, in f32. Use it to compute with a finished
 * run: to export it, or to decode codes for a page.
 */
public final class TrainedModel implements AutoCloseable {
    private final String variant;
    private final long seed;
    private final Map<String, String> metadata;
    private final Layer layer;

    private TrainedModel(String variant, long seed, Map<String, String> metadata, Layer layer) {
        this.variant = variant;
        this.seed = seed;
        this.metadata = metadata;
        this.layer = layer;
    }

    /**
     * Loads one.
     *
     * @param variant null: the experiment's headline, or the first that the run has
     * @param seed null: the run's first
     * @throws UsageException if the run has no such variant or seed, or the experiment no model
     *     that can be shown
     * @throws RunException if the weights are missing or of another model
     */
    @MustBeClosed
    public static TrainedModel open(RunView run, @Nullable String variant, @Nullable Long seed) {
        Experiment experiment = Catalogue.experiment(run.manifest().experiment());
        String chosen = variant(run, experiment, variant);
        long one = seed(run, seed);
        Settings settings =
                run.request().points(experiment).stream()
                        .filter(p -> p.name().equals(chosen))
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        new RunException(
                                                run.folder(),
                                                "manifest.json",
                                                "variant " + chosen,
                                                "a run without it"))
                        .settings();
        Path file = run.weights(chosen, one);
        if (!Files.exists(file)) {
            throw new RunException(file, "file", "the weights of the run", "no such file");
        }
        try (TensorScope scope = TensorScope.open();
                SafetensorsFile weights = SafetensorsFile.open(file)) {
            Layer layer = experiment.model(settings, Weights.read(weights));
            if (!(layer instanceof Exportable)) {
                throw new UsageException(
                        "export: a run of "
                                + experiment.name()
                                + " goes as csv or tensorboard"
                                + (Files.isDirectory(run.folder().resolve("model"))
                                        ? "; its model lies as Hugging Face has them in "
                                                + run.folder().resolve("model")
                                        : ""));
            }
            return new TrainedModel(chosen, one, weights.metadata(), layer);
        } catch (TensorException e) {
            throw new RunException(file, "content", "weights of " + chosen, "" + e.getMessage());
        }
    }

    private static String variant(RunView run, Experiment experiment, @Nullable String wanted) {
        List<String> known = run.variants();
        if (known.isEmpty()) {
            throw new RunException(run.folder(), "summary.json", "a variant", "none");
        }
        if (wanted == null) {
            String headline = experiment.variants().get(0).name();
            return known.contains(headline) ? headline : known.get(0);
        }
        if (!known.contains(wanted)) {
            throw new UsageException(Names.unknown("variant of the run", wanted, known));
        }
        return wanted;
    }

    private static long seed(RunView run, @Nullable Long wanted) {
        List<Long> known = run.manifest().seeds();
        if (wanted != null && !known.contains(wanted)) {
            throw new UsageException("seed " + wanted + ": the run has " + known);
        }
        return wanted == null ? known.get(0) : wanted;
    }

    /** The size of an axis of the weights of one parameter. */
    public static int size(Map<String, Tensor> weights, String parameter, int axis) {
        Tensor weight = weights.get(parameter);
        if (weight == null || weight.rank() <= axis) {
            throw new TensorException("weights do not fit the model: missing " + parameter);
        }
        return (int) weight.size(axis);
    }

    /** The model with these weights; closed if they do not fit. */
    public static <L extends Layer> L loaded(L model, Map<String, Tensor> weights) {
        try {
            model.load(weights);
            return model;
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    /** The variant, at its point of the sweep if the run was one. */
    public String variant() {
        return variant;
    }

    /** The seed. */
    public long seed() {
        return seed;
    }

    /** What its weights file says of it: regions, axes, plan and settings among others. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** The model. */
    public Layer layer() {
        return layer;
    }

    /** The model as it is told to other tools. */
    public Exportable exportable() {
        return (Exportable) layer;
    }

    @Override
    public void close() {
        layer.close();
    }
}
