package dev.sluice.models.pretrained;

import dev.sluice.engine.DType;
import dev.sluice.engine.Rng;
import dev.sluice.engine.TensorScope;
import dev.sluice.models.transformer.Activation;
import dev.sluice.models.transformer.Transformer;
import dev.sluice.models.transformer.TransformerConfig;
import dev.sluice.models.transformer.TransformerConfig.Attention;
import dev.sluice.models.transformer.TransformerConfig.BlockSizes;
import dev.sluice.models.transformer.TransformerConfig.FeedForward;
import dev.sluice.models.transformer.TransformerConfig.Learned;
import dev.sluice.models.transformer.TransformerConfig.Norm;
import dev.sluice.models.transformer.TransformerConfig.Output;
import dev.sluice.models.transformer.TransformerConfig.Rotary;
import java.util.List;

/** A small model of every family that there are checkpoints of. */
enum TinyCheckpoint {
    GPT2(TransformerConfig.gpt2(13, 10, 2, 6, 3, 8)),
    GPT_NEO(
            new TransformerConfig(
                    13,
                    6,
                    10,
                    List.of(new BlockSizes(3, 3, 2, 5, 0), new BlockSizes(3, 3, 2, 5, 4)),
                    new Norm(false, 1e-5),
                    new Learned(10),
                    new Attention(1, false, true),
                    new FeedForward(Activation.GELU_TANH, false, true),
                    new Output(true, false))),
    LLAMA(
            new TransformerConfig(
                    13,
                    6,
                    10,
                    List.of(new BlockSizes(4, 2, 4, 5, 0), new BlockSizes(4, 2, 4, 5, 0)),
                    new Norm(true, 1e-5),
                    new Rotary(4, 50000, false),
                    new Attention(0.5, true, true),
                    new FeedForward(Activation.SILU, true, true),
                    new Output(false, false))),
    QWEN2(
            new TransformerConfig(
                    13,
                    6,
                    10,
                    List.of(new BlockSizes(3, 1, 2, 5, 0)),
                    new Norm(true, 1e-6),
                    new Rotary(2, 1e6, false),
                    new Attention(1 / Math.sqrt(2), true, false),
                    new FeedForward(Activation.SILU, true, false),
                    new Output(true, false))),
    COMPANION(
            new TransformerConfig(
                    13,
                    16,
                    10,
                    List.of(new BlockSizes(2, 1, 8, 20, 0)),
                    new Norm(true, 1e-6),
                    new Rotary(4, 10000, true),
                    new Attention(1 / Math.sqrt(8), true, true),
                    new FeedForward(Activation.GELU, false, true),
                    new Output(true, false)));

    @SuppressWarnings("ImmutableEnumChecker") // a record of numbers
    private final TransformerConfig config;

    TinyCheckpoint(TransformerConfig config) {
        this.config = config;
    }

    TransformerConfig config() {
        return config;
    }

    /** Random weights; the caller closes it. */
    Transformer model(DType dtype) {
        try (TensorScope scope = TensorScope.open()) {
            return new Transformer(config, 0.4, 0.3, dtype, Rng.of(6));
        }
    }
}
