package dev.sluice.engine.layer;

import dev.sluice.engine.DType;
import dev.sluice.engine.Layer;
import dev.sluice.engine.PositionMasks.AxisMask;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A layer with an input, and the same map as a plain function of its parameters. */
final class LayerCase implements AutoCloseable {
    /** What the layer computes, of explicit parameters. */
    @FunctionalInterface
    interface Plain {
        Tensor apply(Tensor x, Tensor weight, @Nullable Tensor bias);
    }

    /** Draws a case of some kind; sizes up to {@code largest}. */
    @FunctionalInterface
    interface Maker {
        LayerCase make(Rng rng, DType dtype, int largest);
    }

    private final Layer layer;
    private final UnaryOperator<Tensor> forward;
    private final Plain plain;
    private final Tensor input;
    private final long[] points;

    private LayerCase(
            Layer layer, UnaryOperator<Tensor> forward, Plain plain, Tensor input, long... points) {
        this.layer = layer;
        this.forward = forward;
        this.plain = plain;
        this.input = input;
        this.points = points;
    }

    private static final double[] WEIGHTS = {0, 0, 1, 1, 0.5, -2, 0.3, -0.01};

    static LayerCase linear(Rng rng, DType dtype, int largest) {
        long in = size(rng, largest);
        long out = size(rng, largest);
        boolean bias = rng.nextInt(3) > 0;
        long[] points = points(rng, largest);
        Linear layer = new Linear("i", in, "o", out, bias, dtype, rng);
        Tensor x = Tensor.normal(rng, 1, dtype, append(points, in));
        return new LayerCase(layer, layer::forward, Tensor::linear, leaf(x), points);
    }

    static LayerCase embedding(Rng rng, DType dtype, int largest) {
        long rows = size(rng, largest);
        long d = size(rng, largest);
        long[] points = points(rng, largest);
        Embedding layer = new Embedding("v", rows, "d", d, 0.5, dtype, rng);
        Tensor ids = ids(rng, rows, points);
        return new LayerCase(layer, layer::forward, (x, w, b) -> w.embed(x), ids, points);
    }

    static LayerCase layerNorm(Rng rng, DType dtype, int largest) {
        long d = 1 + size(rng, largest);
        long[] points = points(rng, largest);
        LayerNorm layer = new LayerNorm("d", d, 1e-5, dtype);
        layer.parameters()
                .values()
                .forEach(p -> p.value().copyFrom(Tensor.normal(rng, 1, dtype, d)));
        Tensor x = Tensor.normal(rng, 1, dtype, append(points, d));
        LayerCase.Plain plain = (in, w, b) -> in.layerNorm(w, b == null ? w : b, 1e-5);
        return new LayerCase(layer, layer::forward, plain, leaf(x), points);
    }

    static LayerCase conv2d(Rng rng, DType dtype, int largest) {
        long in = 1L + rng.nextInt(3);
        long out = 1L + rng.nextInt(3);
        long kernel = 1L + rng.nextInt(3);
        long stride = 1L + rng.nextInt(2);
        long padding = rng.nextInt(2);
        long n = 1L + rng.nextInt(Math.min(3, largest));
        long h = kernel + rng.nextInt(2);
        long w = kernel + rng.nextInt(2);
        Conv2d layer =
                new Conv2d(
                        "i", in, "o", out, kernel, stride, padding, rng.nextInt(3) > 0, dtype, rng);
        Tensor x = Tensor.normal(rng, 1, dtype, n, in, h, w);
        LayerCase.Plain plain = (i, k, b) -> i.conv2d(k, b, stride, padding);
        long[] y = layer.forward(x).shape();
        return new LayerCase(layer, layer::forward, plain, leaf(x), n, y[2], y[3]);
    }

    /** One or two axes in and out. */
    static LayerCase projection(Rng rng, DType dtype, int largest) {
        long[] in = axes(rng, largest);
        long[] out = axes(rng, largest);
        long[] points = points(rng, largest);
        Tensor bias = rng.nextInt(3) > 0 ? Tensor.normal(rng, 1, dtype, out) : null;
        Projection layer =
                new Projection(
                        List.of("o", "p").subList(0, out.length),
                        List.of("i", "j").subList(0, in.length),
                        Tensor.normal(rng, 1, dtype, append(out, in)),
                        bias);
        Tensor x = Tensor.normal(rng, 1, dtype, append(points, in));
        LayerCase.Plain plain =
                (t, w, b) -> {
                    Tensor flat = t.reshape(append(points, -1));
                    Tensor y = flat.matmul(w.reshape(size(out), -1).transpose(0, 1));
                    Tensor split = y.reshape(append(points, out));
                    return b == null ? split : split.add(b);
                };
        return new LayerCase(layer, layer::forward, plain, leaf(x), points);
    }

    private static long[] axes(Rng rng, int largest) {
        return rng.nextInt(2) == 0
                ? new long[] {size(rng, largest)}
                : new long[] {1 + rng.nextInt(3), size(rng, largest)};
    }

    private static long size(long... sizes) {
        return java.util.Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
    }

    /** A table as the output of a model. */
    static LayerCase products(Rng rng, DType dtype, int largest) {
        long d = size(rng, largest);
        long[] points = points(rng, largest);
        Embedding layer = new Embedding("v", size(rng, largest), "d", d, 0.5, dtype, rng);
        Tensor x = Tensor.normal(rng, 1, dtype, append(points, d));
        LayerCase.Plain plain = (t, w, b) -> t.linear(w, null);
        return new LayerCase(layer, layer::products, plain, leaf(x), points);
    }

    static LayerCase gain(Rng rng, DType dtype, int largest) {
        long d = size(rng, largest);
        long[] points = points(rng, largest);
        Gain layer = new Gain("d", d, dtype);
        Tensor x = Tensor.normal(rng, 1, dtype, append(points, d));
        return new LayerCase(layer, layer::forward, (t, w, b) -> t.mul(w), leaf(x), points);
    }

    static LayerCase offset(Rng rng, DType dtype, int largest) {
        long d = size(rng, largest);
        long[] points = points(rng, largest);
        Offset layer = new Offset("d", d, dtype);
        Tensor x = Tensor.normal(rng, 1, dtype, append(points, d));
        return new LayerCase(layer, layer::forward, (t, w, b) -> t.add(w), leaf(x), points);
    }

    /** Gain and offset of a layer norm alone. */
    static LayerCase affine(Rng rng, DType dtype, int largest) {
        long d = size(rng, largest);
        long[] points = points(rng, largest);
        LayerNorm layer = new LayerNorm("d", d, 1e-5, dtype);
        Tensor x = Tensor.normal(rng, 1, dtype, append(points, d));
        LayerCase.Plain plain = (t, w, b) -> t.mul(w).add(b == null ? w : b);
        return new LayerCase(layer, layer::affine, plain, leaf(x), points);
    }

    static Tensor ids(Rng rng, long rows, long... points) {
        int n = 1;
        for (long p : points) {
            n *= (int) p;
        }
        long[] ids = new long[n];
        for (int i = 0; i < n; i++) {
            ids[i] = rng.nextInt((int) rows);
        }
        return Tensor.of(ids, points);
    }

    private static long size(Rng rng, int largest) {
        return 1L + rng.nextInt(largest);
    }

    private static long[] points(Rng rng, int largest) {
        return rng.nextInt(2) == 0
                ? new long[] {size(rng, largest)}
                : new long[] {1 + rng.nextInt(3), size(rng, largest)};
    }

    private static Tensor leaf(Tensor x) {
        return x.requireGrad();
    }

    static long[] append(long[] points, long... size) {
        long[] shape = java.util.Arrays.copyOf(points, points.length + size.length);
        System.arraycopy(size, 0, shape, points.length, size.length);
        return shape;
    }

    Layer layer() {
        return layer;
    }

    Tensor forward(Tensor x) {
        return forward.apply(x);
    }

    Plain plain() {
        return plain;
    }

    Tensor input() {
        return input;
    }

    /** The sizes of the axes of the output that count data points. */
    long[] points() {
        return points.clone();
    }

    /** The name of its weight, or of what it has alone. */
    String first() {
        return layer.parameters().containsKey("weight") ? "weight" : "bias";
    }

    Tensor weight() {
        return value(first());
    }

    @Nullable Tensor bias() {
        return layer.parameters().size() > 1 ? value("bias") : null;
    }

    private Tensor value(String name) {
        var p = layer.parameters().get(name);
        if (p == null) {
            throw new IllegalStateException(name);
        }
        return p.value();
    }

    /** One or two masks along random axes, over the points or the first of their axes. */
    List<AxisMask> masks(Rng rng, Tensor parameter) {
        List<AxisMask> masks = new ArrayList<>();
        for (int i = rng.nextInt(2); i < 2; i++) {
            int axis = rng.nextInt(parameter.rank());
            long[] over = java.util.Arrays.copyOf(points, pointAxes(rng));
            masks.add(new AxisMask(axis, weights(rng, append(over, parameter.size(axis)))));
        }
        return masks;
    }

    private int pointAxes(Rng rng) {
        return points.length == 3 ? (rng.nextInt(2) == 0 ? 1 : 3) : 1 + rng.nextInt(points.length);
    }

    private static Tensor weights(Rng rng, long... shape) {
        double[] w = new double[(int) Tensor.zeros(DType.U8, shape).count()];
        int mood = rng.nextInt(6);
        for (int i = 0; i < w.length; i++) {
            w[i] =
                    mood == 0
                            ? 0
                            : mood == 1 ? rng.nextInt(2) : WEIGHTS[rng.nextInt(WEIGHTS.length)];
        }
        return Tensor.of(w, shape);
    }

    @Override
    public void close() {
        layer.close();
    }
}
