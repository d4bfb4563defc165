package dev.sluice.models.transformer;

import dev.sluice.engine.DType;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.models.transformer.TransformerConfig.Attention;
import dev.sluice.models.transformer.TransformerConfig.BlockSizes;
import dev.sluice.models.transformer.TransformerConfig.FeedForward;
import dev.sluice.models.transformer.TransformerConfig.Learned;
import dev.sluice.models.transformer.TransformerConfig.Norm;
import dev.sluice.models.transformer.TransformerConfig.Output;
import dev.sluice.models.transformer.TransformerConfig.Rotary;
import dev.sluice.routing.Expansion;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/** Small models of any form, and what is appended to them, drawn at random. */
final class DrawnExpansion {
    private static final int CONTEXT = 7;

    private DrawnExpansion() {}

    static TransformerConfig drawn(Rng rng) {
        int kv = 1 + rng.nextInt(3);
        int dHead = 2 + rng.nextInt(3);
        boolean gated = rng.nextInt(2) == 0;
        boolean bias = rng.nextInt(2) == 0;
        boolean tied = rng.nextInt(2) == 0;
        BlockSizes block =
                new BlockSizes(kv * (1 + rng.nextInt(3)), kv, dHead, 1 + rng.nextInt(6), 0);
        return new TransformerConfig(
                9,
                2 + rng.nextInt(6),
                CONTEXT,
                Collections.nCopies(2, block),
                new Norm(rng.nextInt(2) == 0, 1e-5, rng.nextInt(2) == 0),
                rng.nextInt(2) == 0 ? new Learned(CONTEXT) : new Rotary(2, 100, false),
                new Attention(1 / Math.sqrt(dHead), bias, bias),
                new FeedForward(
                        Activation.values()[rng.nextInt(Activation.values().length)],
                        gated,
                        bias,
                        gated && bias && rng.nextInt(2) == 0),
                new Output(tied, !tied && bias));
    }

    /** What is appended: more often what keeps the model than not. */
    static Expansion appended(Rng rng, TransformerConfig config) {
        Expansion expansion = Expansion.none();
        BlockSizes block = Objects.requireNonNull(config.blocks().get(0));
        int group = block.heads() / block.kvHeads();
        if (rng.nextInt(2) == 0) {
            expansion = expansion.and("head", group * (1 + rng.nextInt(2)));
        }
        if (rng.nextInt(6) == 0) {
            expansion = expansion.and("kv_head", block.heads() - block.kvHeads() + 1);
        }
        if (rng.nextInt(2) == 0) {
            expansion = expansion.and("d_mlp", 1 + rng.nextInt(4));
        }
        if (rng.nextInt(3) == 0) {
            expansion = expansion.and("d_mlp", 2, "blocks.1.**");
        }
        if (rng.nextInt(3) == 0) {
            expansion = expansion.and("d_head", 1 + rng.nextInt(3));
        }
        if (rng.nextInt(8) == 0) {
            expansion = expansion.and("d_model", 1 + rng.nextInt(3));
        }
        return config.positions() instanceof Learned && rng.nextInt(3) == 0
                ? expansion.and("pos", 2)
                : expansion;
    }

    static Expansion started(Rng rng, Expansion expansion) {
        List<String> starts =
                List.of(
                        "**",
                        "blocks.0.**",
                        "blocks.*.attn.**",
                        "blocks.*.attn.v.*",
                        "blocks.*.attn.q.*",
                        "blocks.*.mlp.**",
                        "pos_embed.*");
        Expansion started = expansion;
        for (int i = rng.nextInt(3); i > 0; i--) {
            started = started.fresh(starts.get(rng.nextInt(starts.size())), 0.5 + i);
        }
        return started;
    }

    /** Now and then what an expansion must not change is made anew from the wider sizes. */
    static TransformerConfig wider(Rng rng, TransformerConfig config, Expansion expansion) {
        TransformerConfig wider = config.resized(expansion::size);
        int dHead = Objects.requireNonNull(wider.blocks().get(0)).dHead();
        Attention attention = wider.attention();
        TransformerConfig.Positions positions = wider.positions();
        if (rng.nextInt(6) == 0) {
            attention =
                    new Attention(
                            1 / Math.sqrt(dHead), attention.inputBias(), attention.outputBias());
        }
        if (positions instanceof Rotary rotary && rng.nextInt(6) == 0) {
            positions =
                    new Rotary(
                            dHead / 2 * 2, rotary.base(), rotary.interleaved(), rotary.scaling());
        }
        return new TransformerConfig(
                wider.vocabulary(),
                wider.dModel(),
                wider.context(),
                wider.blocks(),
                wider.norm(),
                positions,
                attention,
                wider.feedForward(),
                wider.output());
    }

    /** Everything drawn at random, biases and norms too; the caller closes it. */
    static Transformer model(TransformerConfig config, DType dtype, Rng rng) {
        Transformer model = Transformer.blank(config, dtype);
        for (Parameter p : model.parameters().values()) {
            Tensor value = Tensor.normal(rng, 0.5, dtype, p.value().shape());
            boolean gain = p.name().matches("(.*\\.)?ln\\w+\\.weight");
            p.value().copyFrom(gain ? value.add(1) : value);
        }
        return model;
    }

    static Tokens tokens(Rng rng) {
        int[][] ids = new int[2][CONTEXT];
        for (int[] row : ids) {
            for (int i = 0; i < CONTEXT; i++) {
                row[i] = rng.nextInt(9);
            }
        }
        return Tokens.of(ids);
    }

    static boolean fits(TransformerConfig config, Expansion expansion) {
        return config.blocks().stream()
                .allMatch(
                        b ->
                                expansion.size("blocks.0.attn.q.weight", "head", b.heads())
                                                % expansion.size(
                                                        "blocks.0.attn.k.weight",
                                                        "kv_head",
                                                        b.kvHeads())
                                        == 0);
    }
}
