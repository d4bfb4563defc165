package dev.sluice.engine.layer;

import dev.sluice.engine.AxisUse;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.PositionMasks;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A linear map between tensors with several feature axes, such as from {@code d_model} to {@code
 * head} × {@code d_head}. Parameters {@code weight} [out…, in…] and, if wanted, {@code bias}
 * [out…]; input [points…, in…], output [points…, out…].
 *
 * <p>A point contributes δ xᵀ to the weight and δ to the bias; position masks weigh it along any of
 * the axes.
 */
public final class Projection extends Layer {
    private final Parameter weight;
    private final @Nullable Parameter bias;
    private final int outRank;
    private final long[] outSizes;
    private final long[] inSizes;
    private final long out;
    private final long in;

    /**
     * A map with these starting values.
     *
     * @param weight [out…, in…]
     * @param bias [out…], or null for none
     */
    public Projection(
            List<String> outAxes, List<String> inAxes, Tensor weight, @Nullable Tensor bias) {
        outRank = outAxes.size();
        List<String> axes = new ArrayList<>(outAxes);
        axes.addAll(inAxes);
        this.weight = parameter("weight", weight, axes.toArray(String[]::new));
        this.bias = bias == null ? null : parameter("bias", bias, outAxes.toArray(String[]::new));
        outSizes = Arrays.copyOf(weight.shape(), outRank);
        inSizes = Arrays.copyOfRange(weight.shape(), outRank, weight.rank());
        out = product(outSizes);
        in = product(inSizes);
    }

    private static long product(long... sizes) {
        return Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
    }

    /**
     * Applies the map to the last axes.
     *
     * @throws TensorException if they are not those of the weight
     */
    public Tensor forward(Tensor x) {
        long[] points = points(x);
        Tensor flat = inSizes.length == 1 ? x : x.reshape(append(points, in));
        PositionMasks ofWeight = weight.masks();
        PositionMasks ofBias = Masked.of(bias);
        boolean masked = ofWeight != null || ofBias != null;
        Tensor w = masked ? weight.value().detach() : weight.value();
        Tensor b = bias == null ? null : masked ? bias.value().detach() : bias.value();
        Tensor y = flat.linear(w.reshape(out, in), b == null || outRank == 1 ? b : b.reshape(out));
        if (masked) {
            y =
                    Masked.tap(
                            y,
                            flat,
                            points,
                            (delta, input) -> contribute(delta, input, ofWeight, ofBias),
                            weight,
                            bias);
        }
        return outRank == 1 ? y : y.reshape(append(points, outSizes));
    }

    private long[] points(Tensor x) {
        long[] shape = x.shape();
        int points = shape.length - inSizes.length;
        if (points < 0
                || !Arrays.equals(inSizes, Arrays.copyOfRange(shape, points, shape.length))) {
            throw new TensorException(
                    "projection "
                            + weight
                            + ": expected an input that ends in "
                            + Arrays.toString(inSizes)
                            + ", found "
                            + x);
        }
        return Arrays.copyOf(shape, points);
    }

    private void contribute(
            Tensor delta,
            Tensor x,
            @Nullable PositionMasks ofWeight,
            @Nullable PositionMasks ofBias) {
        long[] shape = weight.value().shape();
        Tensor rows = weighed(ofWeight, delta, outSizes, 0).reshape(-1, out);
        Tensor columns = weighed(ofWeight, x, inSizes, outRank).reshape(-1, in);
        Masked.add(weight, rows.transpose(0, 1).matmul(columns).reshape(shape));
        if (bias != null) {
            Tensor weighed = weighed(ofBias, delta, outSizes, 0).reshape(-1, out);
            Masked.add(bias, weighed.sum(false, 0).reshape(outSizes));
        }
    }

    /** {@code x} [points…, n] times the masks along the parameter's axes from {@code first} on. */
    private static Tensor weighed(
            @Nullable PositionMasks masks, Tensor x, long[] sizes, int first) {
        if (masks == null) {
            return x;
        }
        int points = x.rank() - 1;
        Tensor split = x.reshape(append(Arrays.copyOf(x.shape(), points), sizes));
        for (int i = 0; i < sizes.length; i++) {
            int at = points + i;
            split = masks.weigh(split.transpose(at, -1), first + i).transpose(at, -1);
        }
        return split;
    }

    private static long[] append(long[] points, long... sizes) {
        long[] shape = Arrays.copyOf(points, points.length + sizes.length);
        System.arraycopy(sizes, 0, shape, points.length, sizes.length);
        return shape;
    }

    @Override
    protected List<AxisUse> ownAxisUses() {
        List<AxisUse> sums = new ArrayList<>();
        weight.axes()
                .subList(outRank, weight.axes().size())
                .forEach(axis -> sums.add(new AxisUse.Sum("", axis)));
        return sums;
    }

    @Override
    public boolean masksPositions(Parameter parameter, int axis) {
        return true;
    }
}
