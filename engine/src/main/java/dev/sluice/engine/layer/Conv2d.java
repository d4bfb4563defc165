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
 * Two-dimensional convolution. Parameters {@code weight} [out, in, kernel_h, kernel_w] and, if
 * wanted, {@code bias} [out]; input [n, in, h, w], output [n, out, h', w'].
 *
 * <p>A data point is an example, [n], or an output position, [n, h', w']. Masks along {@code out}
 * weigh the rows of its contribution, masks along {@code in} and the kernel axes its columns.
 */
public final class Conv2d extends Layer {
    private final Parameter weight;
    private final @Nullable Parameter bias;
    private final long stride;
    private final long padding;

    /** Weights and bias uniform in ±1/√(in·kernel²), PyTorch's default. */
    public Conv2d(
            String inAxis,
            long in,
            String outAxis,
            long out,
            long kernel,
            long stride,
            long padding,
            boolean bias,
            DType dtype,
            Rng rng) {
        double bound = 1 / Math.sqrt((double) in * kernel * kernel);
        this.stride = stride;
        this.padding = padding;
        weight =
                parameter(
                        "weight",
                        Tensor.uniform(rng, -bound, bound, dtype, out, in, kernel, kernel),
                        outAxis,
                        inAxis,
                        "kernel_h",
                        "kernel_w");
        this.bias =
                bias
                        ? parameter("bias", Tensor.uniform(rng, -bound, bound, dtype, out), outAxis)
                        : null;
    }

    /** Convolves the last two axes. */
    public Tensor forward(Tensor x) {
        PositionMasks ofWeight = weight.masks();
        PositionMasks ofBias = Masked.of(bias);
        Tensor b = bias == null ? null : bias.value();
        if (ofWeight == null && ofBias == null) {
            return x.conv2d(weight.value(), b, stride, padding);
        }
        Tensor y =
                x.conv2d(weight.value().detach(), b == null ? null : b.detach(), stride, padding);
        return Masked.tap(
                y,
                x,
                new long[] {y.size(0), y.size(2), y.size(3)},
                (delta, input) -> contribute(delta, input, ofWeight, ofBias),
                weight,
                bias);
    }

    private void contribute(
            Tensor delta,
            Tensor x,
            @Nullable PositionMasks ofWeight,
            @Nullable PositionMasks ofBias) {
        long[] w = weight.value().shape();
        Tensor perPosition = delta.permute(0, 2, 3, 1);
        long n = perPosition.size(0);
        long h = perPosition.size(1);
        long width = perPosition.size(2);
        Tensor rows = Masked.weigh(ofWeight, perPosition, 0).reshape(-1, w[0]);
        Tensor patches =
                x.patches(w[2], w[3], stride, padding)
                        .transpose(1, 2)
                        .reshape(n, h, width, w[1], w[2], w[3]);
        for (int axis = 1; axis <= 3; axis++) {
            int last = axis + 2;
            patches = Masked.weigh(ofWeight, patches.transpose(last, 5), axis).transpose(last, 5);
        }
        Tensor columns = patches.reshape(n * h * width, w[1] * w[2] * w[3]);
        Masked.add(weight, rows.transpose(0, 1).matmul(columns).reshape(w));
        if (bias != null) {
            Masked.add(bias, Masked.weigh(ofBias, perPosition, 0).reshape(-1, w[0]).sum(false, 0));
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
