package dev.sluice.engine.layer;

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

    /** Calls {@code contribute(δ, x)} during backward; {@code x} has the type of δ. */
    static void tap(
            Tensor y,
            Tensor x,
            BiConsumer<Tensor, Tensor> contribute,
            @Nullable Parameter... parameters) {
        TapSet taps = owner(parameters);
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
    }

    private static TapSet owner(@Nullable Parameter... parameters) {
        for (Parameter p : parameters) {
            PositionMasks masks = p == null ? null : p.masks();
            if (masks != null) {
                return masks.taps();
            }
        }
        throw new IllegalStateException("no masks in force");
    }

    static Tensor weigh(Parameter p, Tensor x, int axis) {
        PositionMasks masks = p.masks();
        return masks == null ? x : masks.weigh(x, axis);
    }

    static void add(Parameter p, Tensor contribution) {
        p.value().addGrad(contribution.to(p.value().dtype()));
    }
}
