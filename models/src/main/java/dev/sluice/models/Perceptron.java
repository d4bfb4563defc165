package dev.sluice.models;

import dev.sluice.engine.DType;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.layer.Linear;
import java.util.List;

/**
 * Three linear maps with ReLU between them and nothing at the end: the shape of every part of the
 * split autoencoder. Parameters {@code first}, {@code second}, {@code out} ({@code weight} and
 * {@code bias}); hook points {@code first} and {@code second} after each ReLU, and {@code out},
 * which the model applies where it wants it.
 */
public final class Perceptron extends Layer {
    private final Linear first;
    private final Linear second;
    private final Linear out;
    private final HookPoint afterFirst;
    private final HookPoint afterSecond;

    /** The names and sizes of the axes between and around the maps. */
    public record Axes(
            String in,
            long inSize,
            String first,
            long firstSize,
            String second,
            long secondSize,
            String out,
            long outSize) {}

    /** PyTorch's default initialisation, drawn map by map from {@code rng}. */
    public Perceptron(Axes a, boolean outBias, DType dtype, Rng rng) {
        first = child("first", new Linear(a.in, a.inSize, a.first, a.firstSize, true, dtype, rng));
        second =
                child(
                        "second",
                        new Linear(a.first, a.firstSize, a.second, a.secondSize, true, dtype, rng));
        out =
                child(
                        "out",
                        new Linear(a.second, a.secondSize, a.out, a.outSize, outBias, dtype, rng));
        afterFirst = hook("first", "batch", a.first);
        afterSecond = hook("second", "batch", a.second);
    }

    /** [n, in] → [n, out]. */
    public Tensor forward(Tensor x) {
        Tensor h = afterFirst.apply(first.forward(x).relu());
        return out.forward(afterSecond.apply(second.forward(h).relu()));
    }

    /** What {@link #forward} does, but for hook points. */
    List<Graph.Step> steps() {
        Graph.Step relu = new Graph.Apply(Graph.Function.RELU);
        return List.of(
                Graph.Dense.of(first), relu, Graph.Dense.of(second), relu, Graph.Dense.of(out));
    }
}
