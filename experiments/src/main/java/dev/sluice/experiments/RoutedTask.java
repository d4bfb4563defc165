package dev.sluice.experiments;

import dev.sluice.engine.Layer;
import dev.sluice.engine.Optimizer;
import dev.sluice.engine.Rng;
import dev.sluice.routing.Batch;
import dev.sluice.routing.Perturbation;
import dev.sluice.routing.RoutePlan;
import dev.sluice.training.TrialState;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * What is an experiment's own in a training that routes gradients: data, model, plan, loss and
 * evaluation. {@link RoutedTrial} does the rest. For use by one thread.
 *
 * @param <B> what a step is trained on, and what rules may know of it
 */
public interface RoutedTask<B extends Batch> extends Perturbation<B>, AutoCloseable {
    /** The model in training. */
    Layer model();

    /** The optimiser of all its parameters. */
    Optimizer optimizer();

    /** The number of steps of the whole training. */
    long steps();

    /** Steps from one verification of the plan's claims to the next; 0: never. */
    int verifyEvery();

    /**
     * The plan of a step, which may change on the way; without routes where nothing is routed.
     *
     * @param done steps done before it
     */
    RoutePlan<B> plan(long done);

    /** Whether the last step has another plan than the first, or another loss. */
    boolean changes();

    /** The names of all terms that the loss may have. */
    Set<String> terms();

    /**
     * The next step, with the learning rate set; in the current scope. It moves the streams.
     *
     * @param done steps done before it
     */
    RoutedStep<B> next(long done);

    /**
     * A step on training data of no particular place; it leaves the streams alone.
     *
     * @param done steps done before it, as plan and loss may depend on them
     * @param draws what is random in it
     * @param most examples at most
     */
    RoutedStep<B> sample(long done, Rng draws, int most);

    /** The norm that gradients are clipped to, over all that the optimiser touches; 0: never. */
    default double clipNorm() {
        return 0;
    }

    /**
     * Looks at the model after a step, at the steps that the task wants to; what it gives is logged
     * at that step. Draws of its own must not touch the training's.
     *
     * @param done steps done, this one among them
     */
    default Map<String, Double> observe(long done) {
        return Map.of();
    }

    /** Writes the model in a form that other programs read, if it has one; see {@code Trial}. */
    default void publish(Path folder) {}

    /** Where the streams and generators stand, as JSON values. */
    Map<String, Object> streams();

    /** Sets the streams and generators to what {@link #streams} gave. */
    void restoreStreams(TrialState state);

    /** The final metrics by their public names, in a fixed order. */
    Map<String, Double> evaluate();

    /** What pictures are drawn from, as JSON values. */
    Map<String, Object> artefacts();

    /** What the weights file says of regions and plan. */
    Map<String, String> weightsMetadata();

    /** Frees the model, the optimiser and the data. */
    @Override
    void close();
}
