package dev.sluice.engine.layer;

import dev.sluice.engine.AxisUse;
import dev.sluice.engine.DType;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.PositionMasks;
import dev.sluice.engine.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
        PositionMasks ofGain = weight.masks();
        PositionMasks ofOffset = bias.masks();
        if (ofGain == null && ofOffset == null) {
            return x.layerNorm(weight.value(), bias.value(), eps);
        }
        Tensor y = x.layerNorm(weight.value().detach(), bias.value().detach(), eps);
        return tapped(y, x.detach().normalized(eps), ofGain, ofOffset);
    }

    /**
     * Gain and offset alone: gain · {@code normalized} + offset. For models that show what was
     * normalised on the way.
     */
    public Tensor affine(Tensor normalized) {
        PositionMasks ofGain = weight.masks();
        PositionMasks ofOffset = bias.masks();
        if (ofGain == null && ofOffset == null) {
            return normalized.mul(weight.value()).add(bias.value());
        }
        Tensor y = normalized.mul(weight.value().detach()).add(bias.value().detach());
        return tapped(y, normalized, ofGain, ofOffset);
    }

    private Tensor tapped(
            Tensor y,
            Tensor normalized,
            @Nullable PositionMasks ofGain,
            @Nullable PositionMasks ofOffset) {
        return Masked.tap(
                y,
                normalized,
                Masked.points(y),
                (delta, x) -> {
                    add(weight, ofGain, delta.mul(x));
                    add(bias, ofOffset, delta);
                },
                weight,
                bias);
    }

    private static void add(Parameter p, @Nullable PositionMasks masks, Tensor perPoint) {
        Tensor weighed = Masked.weigh(masks, perPoint, 0);
        Masked.add(p, weighed.reshape(-1, p.value().size(0)).sum(false, 0));
    }

    @Override
    protected List<AxisUse> ownAxisUses() {
        return List.of(new AxisUse.Mean("", weight.axes().get(0)));
    }

    @Override
    public boolean masksPositions(Parameter parameter, int axis) {
        return true;
    }
}
