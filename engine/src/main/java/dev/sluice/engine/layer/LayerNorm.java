package dev.sluice.engine.layer;

import dev.sluice.engine.DType;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.Tensor;

/**
 * gain · (x − mean)/√(variance + eps) + offset over the last axis, with the biased variance.
 * Parameters {@code weight} (gain, starts at 1) and {@code bias} (offset, starts at 0), both [d].
 *
 * <p>A point contributes δ·x̂ to the gain and δ to the offset.
 */
public final class LayerNorm extends Layer {
    private final Parameter weight;
    private final Parameter bias;
    private final double eps;

    /** A norm over an axis of this name and size. */
    public LayerNorm(String axis, long size, double eps, DType dtype) {
        this.eps = eps;
        weight = parameter("weight", Tensor.ones(dtype, size), axis);
        bias = parameter("bias", Tensor.zeros(dtype, size), axis);
    }

    /** Normalises the last axis. */
    public Tensor forward(Tensor x) {
        if (weight.masks() == null && bias.masks() == null) {
            return x.layerNorm(weight.value(), bias.value(), eps);
        }
        Tensor y = x.layerNorm(weight.value().detach(), bias.value().detach(), eps);
        Masked.tap(y, x.detach().normalized(eps), this::contribute, weight, bias);
        return y;
    }

    private void contribute(Tensor delta, Tensor normalized) {
        long size = weight.value().size(0);
        Masked.add(
                weight,
                Masked.weigh(weight, delta.mul(normalized), 0).reshape(-1, size).sum(false, 0));
        Masked.add(bias, Masked.weigh(bias, delta, 0).reshape(-1, size).sum(false, 0));
    }

    @Override
    public boolean masksPositions(Parameter parameter, int axis) {
        return true;
    }
}
