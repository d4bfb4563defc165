package dev.sluice.models;

import dev.sluice.engine.DType;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.layer.Linear;
import java.util.List;

/**
 * A small encoder beside the one whose code says what an image is: it says how the image looks, in
 * numbers that raise the other units of the code and never above the strongest one. Who is largest
 * stays as it was, whatever the details learn and whoever teaches them.
 *
 * <p>Parameters {@code first} and {@code out} ({@code weight} and {@code bias}); hook points {@code
 * first} after the ReLU and {@code out} after the sigmoid.
 */
final class Details extends Layer {
    private final Linear first;
    private final HookPoint afterFirst;
    private final Linear out;
    private final HookPoint afterOut;

    Details(int pixels, int hidden, int latent, DType dtype, Rng rng) {
        first = child("first", new Linear("pixel", pixels, "detail", hidden, true, dtype, rng));
        afterFirst = hook("first", "batch", "detail");
        out = child("out", new Linear("detail", hidden, "latent", latent, true, dtype, rng));
        afterOut = hook("out", "batch", "latent");
    }

    /** [n, pixels] → [n, latent], each in (0, 1). */
    Tensor forward(Tensor images) {
        return afterOut.apply(
                out.forward(afterFirst.apply(first.forward(images).relu())).sigmoid());
    }

    /**
     * Every unit raised by a share of what it lacks to the largest of its image; what it lacks
     * counts as a constant, so that the code learns nothing through it.
     *
     * @param code r, [n, latent]
     * @param details s, [n, latent]
     * @param share how much of what is lacking a detail of 1 adds, at least 0 and below 1
     * @return r + share · s · (max r − r)
     */
    static Tensor lift(Tensor code, Tensor details, double share) {
        Tensor fixed = code.detach();
        return code.add(details.mul(fixed.max(true, 1).sub(fixed)).mul(share));
    }

    /** The values of {@link #lift}, the last named {@code name}. */
    List<Graph.Value> graph(String name, String images, String code, double share) {
        Graph.Step relu = new Graph.Apply(Graph.Function.RELU);
        return List.of(
                new Graph.Value("largest", code, List.of(new Graph.Largest())),
                new Graph.Value(
                        "lacking", code, List.of(new Graph.Scale(-1), new Graph.Plus("largest"))),
                new Graph.Value(
                        name,
                        images,
                        List.of(
                                Graph.Dense.of(first),
                                relu,
                                Graph.Dense.of(out),
                                new Graph.Apply(Graph.Function.SIGMOID),
                                new Graph.Scale(share),
                                new Graph.Times("lacking"),
                                new Graph.Plus(code))));
    }
}
