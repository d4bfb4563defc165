package dev.sluice.engine.layer;

import dev.sluice.engine.GradMode;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.PositionMasks;
import dev.sluice.engine.TapSet;
import dev.sluice.engine.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The backward half of a layer under position masks: the output was computed with detached
 * parameters, and when its gradient δ arrives, {@code contribute} adds the weighted contributions
 * to the parameters' gradients itself. One forward and one product per gradient, as without masks.
 */
final class Masked {
    private Masked() {}

    /**
     * Calls {@code contribute(δ, x)} during backward; {@code x} has the type of δ. What is returned
     * has the values of {@code y}: taps put on it run before, so that δ is what they let through.
     * Whoever contributes uses the masks in force during this forward pass, not those of later.
     *
     * @param points the shape of the data points
     */
    static Tensor tap(
            Tensor y,
            Tensor x,
            long[] points,
            BiConsumer<Tensor, Tensor> contribute,
            @Nullable Parameter... parameters) {
        List<PositionMasks> inForce = inForce(points, parameters);
        inForce.forEach(m -> m.onForward().run());
        if (!GradMode.recording()) {
            return y;
        }
        TapSet taps = inForce.get(0).taps();
        Tensor input = taps.retain(x.detach());
        if (!y.requiresGrad()) {
            y.requireGrad();
        }
        taps.tap(
                y,
                delta -> {
                    inForce.forEach(m -> m.onBackward().run());
                    contribute.accept(
                            delta, input.dtype().floating() ? input.to(delta.dtype()) : input);
                    return delta;
                });
        return y.reshape(y.shape());
    }

    private static List<PositionMasks> inForce(long[] points, @Nullable Parameter... parameters) {
        List<PositionMasks> inForce = new ArrayList<>();
        for (Parameter p : parameters) {
            PositionMasks masks = of(p);
            if (p != null && masks != null) {
                p.checkPoints(points);
                inForce.add(masks);
            }
        }
        return inForce;
    }

    /** The data points of an output [points…, units]. */
    static long[] points(Tensor y) {
        return Arrays.copyOf(y.shape(), y.rank() - 1);
    }

    static @Nullable PositionMasks of(@Nullable Parameter p) {
        return p == null ? null : p.masks();
    }

    static Tensor weigh(@Nullable PositionMasks masks, Tensor x, int axis) {
        return masks == null ? x : masks.weigh(x, axis);
    }

    static void add(Parameter p, Tensor contribution) {
        p.value().addGrad(contribution.to(p.value().dtype()));
    }
}
