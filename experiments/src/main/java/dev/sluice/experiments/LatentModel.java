package dev.sluice.experiments;

import dev.sluice.engine.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A trained model seen as its code: pictures become codes, and codes become pictures in one or more
 * ways. What an experiment gives for people to play with; open one with {@link Experiment#latents}.
 * For one thread at a time, gradients off.
 *
 * <p>Pictures are [n, pixels] in [0, 1], whatever range the model was trained in; codes are [n,
 * units].
 */
public interface LatentModel extends AutoCloseable {
    /**
     * A unit of the code.
     *
     * @param label what it is called, such as the class it stands for
     * @param group units of the same group belong together
     */
    record Unit(String label, String group) {}

    /**
     * A way to make a picture of a code.
     *
     * @param id its key in {@link #decode}
     * @param label for people
     */
    record View(String id, String label) {}

    /** The units, in the order of the code. */
    List<Unit> units();

    /** The ways to see a code, the model's own first. */
    List<View> views();

    /** The codes of pictures; of a model that samples, the means. In the caller's scope. */
    Tensor encode(Tensor pictures);

    /**
     * What each view makes of codes, with some units put out of action; in the caller's scope.
     *
     * @param off units that count as zero
     */
    Map<String, Tensor> decode(Tensor codes, Set<Integer> off);

    /** Frees the weights. */
    @Override
    void close();
}
