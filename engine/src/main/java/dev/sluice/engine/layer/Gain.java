package dev.sluice.engine.layer;

import dev.sluice.engine.DType;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.PositionMasks;
import dev.sluice.engine.Tensor;

/**
 * One factor for each unit of the last axis, such as the gain of a root-mean-square norm. Parameter
 * {@code weight} [d], starts at 1. A point contributes δ·x.
 */
public final class Gain extends Layer {
    private final Parameter weight;

    /** Factors over an axis of this name and size. */
    public Gain(String axis, long size, DType dtype) {
        weight = parameter("weight", Tensor.ones(dtype, size), axis);
    }

    /** Multiplies the last axis. */
    public Tensor forward(Tensor x) {
        PositionMasks masks = weight.masks();
        if (masks == null) {
            return x.mul(weight.value());
        }
        Tensor y = x.mul(weight.value().detach());
        return Masked.tap(
                y,
                x,
                Masked.points(y),
                (delta, input) -> {
                    Tensor weighed = masks.weigh(delta.mul(input), 0);
                    Masked.add(weight, weighed.reshape(-1, weight.value().size(0)).sum(false, 0));
                },
                weight);
    }

    @Override
    public boolean masksPositions(Parameter parameter, int axis) {
        return true;
    }
}
