package dev.sluice.training;

import dev.sluice.engine.Layer;
import java.nio.file.Path;
import java.util.Map;

/**
 * One training from start to end: one variant of an experiment with one seed. A trial is driven by
 * {@link Trainer}; it can be saved after any step and restored in another process, and then goes on
 * to the same bytes.
 */
public interface Trial extends AutoCloseable {
    /** The number of steps of the whole training. */
    long steps();

    /** Steps done so far. */
    long done();

    /**
     * Does the next step.
     *
     * @return the scalars to log, the total under {@code loss}; empty unless {@code log}
     */
    Map<String, Double> step(boolean log);

    /** Training examples seen so far. */
    long examples();

    /** Everything that a byte-identical continuation needs. */
    TrialState save();

    /**
     * Goes to where {@link #save} was called.
     *
     * @throws dev.sluice.engine.TensorException if the state is of another model
     */
    void restore(TrialState state);

    /** The final metrics by their public names, in a fixed order. */
    Map<String, Double> evaluate();

    /** What the verifier found so far about the plan's claims. */
    Isolation isolation();

    /**
     * What pictures are drawn from, as JSON values ({@code Map}, {@code List}, numbers, strings).
     */
    Map<String, Object> artefacts();

    /** The model, for writing its weights. */
    Layer model();

    /**
     * Writes the model once more, in a form that other programs read; the folder need not be there
     * and may hold what a killed process left. A trial whose model has no such form does nothing.
     */
    default void publish(Path folder) {}

    /** What the weights file says of regions, axes and plan, as metadata. */
    Map<String, String> weightsMetadata();

    @Override
    void close();

    /**
     * Counts of a plan's verification.
     *
     * @param claims claims of the plan
     * @param checkedSteps steps at which all of them were tried
     * @param violations how many tries failed
     */
    record Isolation(int claims, long checkedSteps, long violations) {}
}
