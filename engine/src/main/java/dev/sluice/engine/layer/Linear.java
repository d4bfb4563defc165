package dev.sluice.engine.layer;

import dev.sluice.engine.AxisUse;
import dev.sluice.engine.DType;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.PositionMasks;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * y = x·Wᵀ + b. Parameters {@code weight} [out, in] and, if wanted, {@code bias} [out]; input
 * [points…, in], output [points…, out].
 *
 * <p>Position masks along {@code out} multiply the rows of a point's contribution δ xᵀ (and δ for
 * the bias), masks along {@code in} its columns.
 */
public final class Linear extends Layer {
    private final Parameter weight;
    private final @Nullable Parameter bias;

    /**
     * Weights and bias uniform in ±1/√in, PyTorch's default; without inputs the bias is zero.
     *
     * @param inAxis the name of the input's last axis
     * @param outAxis the name of the output's last axis
     */
    public Linear(
            String inAxis, long in, String outAxis, long out, boolean bias, DType dtype, Rng rng) {
        double bound = in == 0 ? 0 : 1 / Math.sqrt((double) in);
        weight =
                parameter(
                        "weight",
                        Tensor.uniform(rng, -bound, bound, dtype, out, in),
                        outAxis,
                        inAxis);
        this.bias =
                bias
                        ? parameter("bias", Tensor.uniform(rng, -bound, bound, dtype, out), outAxis)
                        : null;
    }

    /** Applies the map to the last axis. */
    public Tensor forward(Tensor x) {
        PositionMasks ofWeight = weight.masks();
        PositionMasks ofBias = Masked.of(bias);
        if (ofWeight == null && ofBias == null) {
            return x.linear(weight.value(), bias == null ? null : bias.value());
        }
        Tensor y = x.linear(weight.value().detach(), bias == null ? null : bias.value().detach());
        return Masked.tap(
                y,
                x,
                Masked.points(y),
                (delta, input) -> contribute(delta, input, ofWeight, ofBias),
                weight,
                bias);
    }

    private void contribute(
            Tensor delta,
            Tensor x,
            @Nullable PositionMasks ofWeight,
            @Nullable PositionMasks ofBias) {
        long out = weight.value().size(0);
        long in = weight.value().size(1);
        Tensor rows = Masked.weigh(ofWeight, delta, 0).reshape(-1, out);
        Tensor columns = Masked.weigh(ofWeight, x, 1).reshape(-1, in);
        Masked.add(weight, rows.transpose(0, 1).matmul(columns));
        if (bias != null) {
            Masked.add(bias, Masked.weigh(ofBias, delta, 0).reshape(-1, out).sum(false, 0));
        }
    }

    @Override
    protected List<AxisUse> ownAxisUses() {
        return List.of(new AxisUse.Sum("", weight.axes().get(1)));
    }

    @Override
    public boolean masksPositions(Parameter parameter, int axis) {
        return true;
    }
}
