package dev.sluice.testkit;

import dev.sluice.engine.DType;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.layer.Embedding;
import dev.sluice.engine.layer.LayerNorm;
import dev.sluice.engine.layer.Linear;

/**
 * {@code ids [batch, pos]} → embedding → norm → linear1 → GELU → mixing along the sequence →
 * linear2 → {@code [batch, pos, vocabulary]}. The mixing lets the loss at a token depend on earlier
 * tokens, as attention does. Hook points {@code embedding}, {@code norm}, {@code pre}, {@code
 * hidden}, {@code mixed}, {@code output}; axes {@code vocabulary}, {@code d}, {@code h} after
 * {@code batch, pos}.
 */
public final class TinyTokens extends Layer {
    private final Embedding embedding;
    private final LayerNorm norm;
    private final Linear linear1;
    private final Linear linear2;
    private final HookPoint embedded;
    private final HookPoint normed;
    private final HookPoint pre;
    private final HookPoint hidden;
    private final HookPoint mixed;
    private final HookPoint output;
    private final double eps;
    private final boolean tanhGelu;

    /** The sizes of the layers. */
    public record Sizes(long vocabulary, long d, long h) {}

    /**
     * Weights drawn from {@code rng}; the norm's gain is 1 and its offset 0.
     *
     * @param tanhGelu whether GELU is its tanh approximation
     */
    public TinyTokens(Sizes sizes, double eps, boolean tanhGelu, DType dtype, Rng rng) {
        this.eps = eps;
        this.tanhGelu = tanhGelu;
        embedding =
                child(
                        "embedding",
                        new Embedding("vocabulary", sizes.vocabulary, "d", sizes.d, 1, dtype, rng));
        norm = child("norm", new LayerNorm("d", sizes.d, eps, dtype));
        linear1 = child("linear1", new Linear("d", sizes.d, "h", sizes.h, true, dtype, rng));
        linear2 =
                child(
                        "linear2",
                        new Linear("h", sizes.h, "vocabulary", sizes.vocabulary, true, dtype, rng));
        embedded = hook("embedding", "batch", "pos", "d");
        normed = hook("norm", "batch", "pos", "d");
        pre = hook("pre", "batch", "pos", "h");
        hidden = hook("hidden", "batch", "pos", "h");
        mixed = hook("mixed", "batch", "pos", "h");
        output = hook("output", "batch", "pos", "vocabulary");
    }

    /**
     * The logits.
     *
     * @param ids [batch, pos] of indices
     * @param mix [pos, pos], lower triangular: mixed[b,t] = Σᵤ mix[t,u]·hidden[b,u]
     */
    public Tensor forward(Tensor ids, Tensor mix) {
        Tensor x = normed.apply(norm.forward(embedded.apply(embedding.forward(ids))));
        Tensor h = hidden.apply(pre.apply(linear1.forward(x)).gelu(tanhGelu));
        return output.apply(linear2.forward(mixed.apply(mix.matmul(h))));
    }

    double eps() {
        return eps;
    }

    boolean tanhGelu() {
        return tanhGelu;
    }
}
