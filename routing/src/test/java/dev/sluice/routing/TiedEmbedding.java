package dev.sluice.routing;

import dev.sluice.engine.DType;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.layer.Embedding;
import dev.sluice.engine.layer.Linear;
import java.util.Map;
import java.util.Objects;

/** Tokens in, tokens out, with one table for both: {@code embed.weight} [vocabulary, d_model]. */
final class TiedEmbedding extends Layer {
    private static final int VOCABULARY = 11;

    private final Embedding embed;
    private final Linear map;

    TiedEmbedding(Rng rng) {
        embed =
                child(
                        "embed",
                        new Embedding("vocabulary", VOCABULARY, "d_model", 6, 1, DType.F32, rng));
        map = child("map", new Linear("d_model", 6, "d_model", 6, true, DType.F32, rng));
    }

    /** Each example's first feature, as a token, is asked for the token after it. */
    Map<String, Tensor> loss(LabelledVectors batch, boolean tied) {
        int features = (int) batch.x().size(1);
        float[] x = batch.x().toFloats();
        long[] ids = new long[batch.size()];
        long[] next = new long[ids.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = Math.floorMod(Float.floatToIntBits(x[i * features]), VOCABULARY);
            next[i] = (ids[i] + 1) % VOCABULARY;
        }
        Tensor h = map.forward(embed.forward(Tensor.of(ids, ids.length))).tanh();
        Tensor table = Objects.requireNonNull(parameters().get("embed.weight")).value();
        Tensor out = tied ? table : table.detach();
        return Map.of(
                "next",
                h.matmul(out.transpose(0, 1)).crossEntropy(Tensor.of(next, next.length)).mean());
    }
}
