package dev.sluice.engine.layer;

import dev.sluice.engine.GradMode;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.PositionMasks;
import dev.sluice.engine.TapSet;
import dev.sluice.engine.Tensor;
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
     */
    static Tensor tap(
            Tensor y,
            Tensor x,
            BiConsumer<Tensor, Tensor> contribute,
            @Nullable PositionMasks... masks) {
        if (!GradMode.recording()) {
            return y;
        }
        TapSet taps = owner(masks);
        Tensor input = taps.retain(x.detach());
        if (!y.requiresGrad()) {
            y.requireGrad();
        }
        taps.tap(
                y,
                delta -> {
                    contribute.accept(
                            delta, input.dtype().floating() ? input.to(delta.dtype()) : input);
                    return delta;
                });
        return y.reshape(y.shape());
    }

    private static TapSet owner(@Nullable PositionMasks... masks) {
        for (PositionMasks m : masks) {
            if (m != null) {
                return m.taps();
            }
        }
        throw new IllegalStateException("no masks in force");
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
