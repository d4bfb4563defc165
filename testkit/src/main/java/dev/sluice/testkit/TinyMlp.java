package dev.sluice.testkit;

import dev.sluice.engine.DType;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.layer.Linear;

/**
 * {@code x [points…, in]} → linear1 → ReLU → linear2 → GELU → linear3 → {@code [points…, out]}.
 * Hook points {@code input}, {@code pre1}, {@code hidden1}, {@code pre2}, {@code hidden2}, {@code
 * output}; axes {@code in}, {@code h1}, {@code h2}, {@code out} after {@code batch} or {@code
 * batch, pos}.
 */
public final class TinyMlp extends Layer {
    private final Linear linear1;
    private final Linear linear2;
    private final Linear linear3;
    private final HookPoint input;
    private final HookPoint pre1;
    private final HookPoint hidden1;
    private final HookPoint pre2;
    private final HookPoint hidden2;
    private final HookPoint output;
    private final boolean tanhGelu;

    /** The widths of the layers. */
    public record Sizes(long in, long h1, long h2, long out) {}

    /**
     * Weights drawn from {@code rng}.
     *
     * @param tokens whether inputs are [batch, pos, in] instead of [batch, in]
     * @param tanhGelu whether GELU is its tanh approximation
     */
    public TinyMlp(Sizes sizes, boolean tokens, boolean tanhGelu, DType dtype, Rng rng) {
        this.tanhGelu = tanhGelu;
        linear1 = child("linear1", new Linear("in", sizes.in, "h1", sizes.h1, true, dtype, rng));
        linear2 = child("linear2", new Linear("h1", sizes.h1, "h2", sizes.h2, true, dtype, rng));
        linear3 = child("linear3", new Linear("h2", sizes.h2, "out", sizes.out, true, dtype, rng));
        input = place("input", tokens, "in");
        pre1 = place("pre1", tokens, "h1");
        hidden1 = place("hidden1", tokens, "h1");
        pre2 = place("pre2", tokens, "h2");
        hidden2 = place("hidden2", tokens, "h2");
        output = place("output", tokens, "out");
    }

    private HookPoint place(String name, boolean tokens, String axis) {
        return tokens ? hook(name, "batch", "pos", axis) : hook(name, "batch", axis);
    }

    /** [points…, in] → [points…, out]. */
    public Tensor forward(Tensor x) {
        Tensor h1 = hidden1.apply(pre1.apply(linear1.forward(input.apply(x))).relu());
        Tensor h2 = hidden2.apply(pre2.apply(linear2.forward(h1)).gelu(tanhGelu));
        return output.apply(linear3.forward(h2));
    }

    boolean tanhGelu() {
        return tanhGelu;
    }
}
