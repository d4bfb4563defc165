package dev.sluice.engine.layer;

import dev.sluice.engine.DType;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.PositionMasks;
import dev.sluice.engine.Tensor;

/**
 * One term for each unit of the last axis, for a bias that no map has. Parameter {@code bias} [d],
 * starts at 0. A point contributes δ.
 */
public final class Offset extends Layer {
    private final Parameter bias;

    /** Terms over an axis of this name and size. */
    public Offset(String axis, long size, DType dtype) {
        bias = parameter("bias", Tensor.zeros(dtype, size), axis);
    }

    /** Adds to the last axis. */
    public Tensor forward(Tensor x) {
        PositionMasks masks = bias.masks();
        if (masks == null) {
            return x.add(bias.value());
        }
        Tensor y = x.add(bias.value().detach());
        return Masked.tap(
                y,
                x,
                Masked.points(y),
                (delta, input) -> {
                    Tensor weighed = masks.weigh(delta, 0);
                    Masked.add(bias, weighed.reshape(-1, bias.value().size(0)).sum(false, 0));
                },
                bias);
    }

    @Override
    public boolean masksPositions(Parameter parameter, int axis) {
        return true;
    }
}
