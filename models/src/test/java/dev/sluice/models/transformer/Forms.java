package dev.sluice.models.transformer;

import dev.sluice.engine.DType;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.models.transformer.TransformerConfig.Attention;
import dev.sluice.models.transformer.TransformerConfig.BlockSizes;
import dev.sluice.models.transformer.TransformerConfig.FeedForward;
import dev.sluice.models.transformer.TransformerConfig.Learned;
import dev.sluice.models.transformer.TransformerConfig.Norm;
import dev.sluice.models.transformer.TransformerConfig.Output;
import dev.sluice.models.transformer.TransformerConfig.Rotary;
import java.util.List;

/** A tiny model of every form, in which every term counts. */
enum Forms {
    GPT2(
            new TransformerConfig(
                    11,
                    6,
                    16,
                    List.of(new BlockSizes(2, 2, 3, 7, 0), new BlockSizes(2, 2, 3, 7, 0)),
                    new Norm(false, 1e-5),
                    new Learned(16),
                    new Attention(1 / Math.sqrt(3), true, true),
                    new FeedForward(Activation.GELU_TANH, false, true),
                    new Output(true, false))),
    GPT_NEO(
            new TransformerConfig(
                    11,
                    6,
                    16,
                    List.of(new BlockSizes(3, 3, 2, 5, 0), new BlockSizes(3, 3, 2, 5, 3)),
                    new Norm(false, 1e-5),
                    new Learned(16),
                    new Attention(1, false, true),
                    new FeedForward(Activation.GELU_TANH, false, true),
                    new Output(true, false))),
    LLAMA(
            new TransformerConfig(
                    11,
                    6,
                    16,
                    List.of(new BlockSizes(4, 2, 4, 5, 0), new BlockSizes(4, 2, 4, 5, 0)),
                    new Norm(true, 1e-5),
                    new Rotary(4, 10000, false),
                    new Attention(0.5, false, false),
                    new FeedForward(Activation.SILU, true, false),
                    new Output(false, false))),
    QWEN2(
            new TransformerConfig(
                    11,
                    6,
                    16,
                    List.of(new BlockSizes(3, 1, 2, 5, 0)),
                    new Norm(true, 1e-6),
                    new Rotary(2, 1e6, false),
                    new Attention(1 / Math.sqrt(2), true, false),
                    new FeedForward(Activation.SILU, true, false),
                    new Output(true, false))),
    COMPANION(
            new TransformerConfig(
                    11,
                    16,
                    16,
                    List.of(new BlockSizes(2, 1, 8, 64, 0), new BlockSizes(2, 1, 8, 64, 0)),
                    new Norm(true, 1e-6),
                    new Rotary(4, 10000, true),
                    new Attention(1 / Math.sqrt(8), true, true),
                    new FeedForward(Activation.GELU, false, true),
                    new Output(true, false))),
    /** As TransformerLens has Qwen2: norms without gain, and a bias on the gated product. */
    LENS(
            new TransformerConfig(
                    11,
                    6,
                    16,
                    List.of(new BlockSizes(4, 2, 4, 5, 0)),
                    new Norm(true, 1e-6, false),
                    new Rotary(2, 1e6, false),
                    new Attention(1 / Math.sqrt(6), true, true),
                    new FeedForward(Activation.SILU, true, true, true),
                    new Output(false, true))),
    /** Of no family: blocks of several sizes, biases everywhere. */
    MIXED(
            new TransformerConfig(
                    11,
                    6,
                    16,
                    List.of(new BlockSizes(4, 2, 6, 3, 2), new BlockSizes(1, 1, 4, 9, 0)),
                    new Norm(false, 1e-3),
                    new Rotary(4, 100, false),
                    new Attention(0.3, true, true),
                    new FeedForward(Activation.RELU, true, true),
                    new Output(false, true)));

    @SuppressWarnings("ImmutableEnumChecker") // a record of numbers
    private final TransformerConfig config;

    Forms(TransformerConfig config) {
        this.config = config;
    }

    TransformerConfig config() {
        return config;
    }

    /** Matrices, gains and biases drawn at random; the caller closes it. */
    Transformer model(DType dtype, long seed) {
        try (TensorScope scope = TensorScope.open()) {
            Transformer model = new Transformer(config, 0.4, 0.3, dtype, Rng.of(seed));
            for (Parameter p : model.parameters().values()) {
                if (p.axes().size() == 1 || p.name().endsWith("bias")) {
                    Rng rng = Rng.of(seed, p.name());
                    double mean = p.name().endsWith("bias") ? 0 : 1;
                    p.value().copyFrom(Tensor.normal(rng, 0.3, dtype, p.value().shape()).add(mean));
                }
            }
            return model;
        }
    }

    /** Token sequences of these lengths, padded to the longest on one side. */
    Tokens tokens(Rng rng, boolean left, int... lengths) {
        int longest = java.util.Arrays.stream(lengths).max().orElseThrow();
        int[][] ids = new int[lengths.length][longest];
        int[][] mask = new int[lengths.length][longest];
        for (int row = 0; row < lengths.length; row++) {
            int from = left ? longest - lengths[row] : 0;
            for (int i = 0; i < lengths[row]; i++) {
                ids[row][from + i] = rng.nextInt(config.vocabulary());
                mask[row][from + i] = 1;
            }
        }
        return Tokens.of(ids, mask);
    }
}
