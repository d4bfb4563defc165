package dev.sluice.models.transformer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What a decoder transformer is made of. Every family is one setting of these; for the settings of
 * a checkpoint see {@code PretrainedWeights}, for a small one to train from scratch {@link #gpt2}.
 *
 * @param vocabulary number of tokens
 * @param dModel width of the residual stream
 * @param context longest sequence the model is meant for
 * @param blocks the sizes of each block
 * @param norm before each part of a block, and at the end
 * @param positions how the model knows them
 * @param attention what all attention layers share
 * @param feedForward what all feed-forward layers share
 * @param output the map to logits
 */
public record TransformerConfig(
        int vocabulary,
        int dModel,
        int context,
        List<BlockSizes> blocks,
        Norm norm,
        Positions positions,
        Attention attention,
        FeedForward feedForward,
        Output output) {
    /** Copies the list and refuses what no model can be made of. */
    public TransformerConfig {
        blocks = List.copyOf(blocks);
        require(vocabulary >= 1, "vocabulary", "at least 1", vocabulary);
        require(dModel >= 1, "d_model", "at least 1", dModel);
        require(context >= 1, "context", "at least 1", context);
        if (positions instanceof Rotary rotary) {
            for (BlockSizes b : blocks) {
                require(
                        rotary.dimensions <= b.dHead,
                        "rotary dimensions",
                        "at most the head's " + b.dHead,
                        rotary.dimensions);
            }
        }
    }

    static void require(boolean holds, String what, String expected, Object found) {
        if (!holds) {
            throw new IllegalArgumentException(
                    what + ": expected " + expected + ", found " + found);
        }
    }

    /**
     * The sizes of one block.
     *
     * @param heads of queries
     * @param kvHeads of keys and values; query head h reads key-value head ⌊h · kvHeads / heads⌋
     * @param dHead width of a head
     * @param dMlp width of the feed-forward layer
     * @param window how many tokens back a query sees, itself included; 0: all
     */
    public record BlockSizes(int heads, int kvHeads, int dHead, int dMlp, int window) {
        /** Refuses sizes below one, and heads that the key-value heads do not divide. */
        public BlockSizes {
            require(heads >= 1, "heads", "at least 1", heads);
            require(
                    kvHeads >= 1 && heads % Math.max(1, kvHeads) == 0,
                    "key-value heads",
                    "a divisor of " + heads,
                    kvHeads);
            require(dHead >= 1, "d_head", "at least 1", dHead);
            require(dMlp >= 1, "d_mlp", "at least 1", dMlp);
            require(window >= 0, "window", "at least 0", window);
        }

        private BlockSizes resized(String block, AxisSizes sizes) {
            return new BlockSizes(
                    sizes.of(block + ".attn.q.weight", "head", heads),
                    sizes.of(block + ".attn.k.weight", "kv_head", kvHeads),
                    sizes.of(block + ".attn.q.weight", "d_head", dHead),
                    sizes.of(block + ".mlp.in.weight", "d_mlp", dMlp),
                    window);
        }
    }

    /**
     * A norm over the residual stream.
     *
     * @param rootMeanSquare x/√(mean x² + epsilon); else the mean is taken off first
     * @param gain whether it has a gain, and, where the mean is taken off, an offset
     */
    public record Norm(boolean rootMeanSquare, double epsilon, boolean gain) {
        /** With a gain. */
        public Norm(boolean rootMeanSquare, double epsilon) {
            this(rootMeanSquare, epsilon, true);
        }

        /** Refuses an epsilon that is not a number above 0. */
        public Norm {
            require(
                    epsilon > 0 && epsilon < Double.POSITIVE_INFINITY,
                    "epsilon",
                    "a number above 0",
                    epsilon);
        }
    }

    /** How the model knows where a token stands. */
    public sealed interface Positions {}

    /**
     * A table of vectors added to the embeddings.
     *
     * @param count of its rows; no sequence can be longer
     */
    public record Learned(int count) implements Positions {
        /** Refuses an empty table. */
        public Learned {
            require(count >= 1, "positions", "at least 1", count);
        }
    }

    /**
     * Queries and keys are turned by angles position · frequency(i), i counting pairs.
     *
     * @param dimensions the first of each head that are turned; even
     * @param base of the angles
     * @param interleaved whether pairs are (0, 1), (2, 3), …; else (i, i + dimensions/2)
     * @param scaling of the frequencies
     */
    public record Rotary(int dimensions, double base, boolean interleaved, RotaryScaling scaling)
            implements Positions {
        /** Refuses an odd or empty number of dimensions. */
        public Rotary {
            require(
                    dimensions >= 2 && dimensions % 2 == 0,
                    "rotary dimensions",
                    "an even number from 2 on",
                    dimensions);
            require(
                    base > 0 && base < Double.POSITIVE_INFINITY,
                    "rotary base",
                    "a number above 0",
                    base);
        }

        /** Unscaled. */
        public Rotary(int dimensions, double base, boolean interleaved) {
            this(dimensions, base, interleaved, RotaryScaling.NONE);
        }

        /** base^(−2·pair/dimensions), scaled; radians a token. */
        public double frequency(int pair) {
            return scaling.apply(StrictMath.pow(base, -2.0 * pair / dimensions));
        }
    }

    /**
     * What attention layers share.
     *
     * @param scale that products of queries and keys are multiplied with: 1/√d_head, or 1
     * @param inputBias whether the maps to queries, keys and values have a bias
     * @param outputBias whether the map back has one
     */
    public record Attention(double scale, boolean inputBias, boolean outputBias) {
        /** Refuses a scale that is not finite. */
        public Attention {
            require(Double.isFinite(scale), "attention scale", "a finite number", scale);
        }
    }

    /**
     * What feed-forward layers share.
     *
     * @param gated act(x·W_gate) ⊙ (x·W_in) instead of act(x·W_in)
     * @param bias whether each map has one
     * @param productBias gated: in place of the biases of its two factors, the product has one
     */
    public record FeedForward(
            Activation activation, boolean gated, boolean bias, boolean productBias) {
        /** With a bias for each map or none. */
        public FeedForward(Activation activation, boolean gated, boolean bias) {
            this(activation, gated, bias, false);
        }

        /** Refuses a bias of a product where there is no product, or no other bias. */
        public FeedForward {
            require(
                    !productBias || (gated && bias),
                    "bias of the product",
                    "a gated layer with biases",
                    gated ? "no biases" : "no gate");
        }
    }

    /**
     * The map to logits.
     *
     * @param tied whether it is the table of embeddings, which then has no bias
     */
    public record Output(boolean tied, boolean bias) {
        /** Refuses a bias of a tied output. */
        public Output {
            require(!(tied && bias), "output", "no bias where it is tied", "one");
        }
    }

    /** A GPT-2 of these sizes: the usual choice for a model trained from scratch. */
    public static TransformerConfig gpt2(
            int vocabulary, int context, int layers, int dModel, int heads, int dMlp) {
        require(
                heads >= 1 && dModel % Math.max(1, heads) == 0,
                "heads",
                "a divisor of d_model " + dModel,
                heads);
        int dHead = dModel / heads;
        return new TransformerConfig(
                vocabulary,
                dModel,
                context,
                Collections.nCopies(layers, new BlockSizes(heads, heads, dHead, dMlp, 0)),
                new Norm(false, 1e-5),
                new Learned(context),
                new Attention(1 / Math.sqrt(dHead), true, true),
                new FeedForward(Activation.GELU_TANH, false, true),
                new Output(true, false));
    }

    /** Says how many units an axis has in another model. */
    @FunctionalInterface
    public interface AxisSizes {
        /**
         * The units of an axis of the other model.
         *
         * @param parameter one that has the axis
         * @param size the units it has in this one
         */
        int of(String parameter, String axis, int size);
    }

    /**
     * The same with other sizes of axes: that of a wider model, or of a smaller one. The scale of
     * attention and the number of turned units are kept as they are, so that units appended to a
     * head as zeros change nothing.
     */
    public TransformerConfig resized(AxisSizes sizes) {
        List<BlockSizes> others = new ArrayList<>();
        for (int i = 0; i < blocks.size(); i++) {
            others.add(blocks.get(i).resized("blocks." + i, sizes));
        }
        int longer =
                positions instanceof Learned learned
                        ? sizes.of("pos_embed.weight", "pos", learned.count) - learned.count
                        : 0;
        return new TransformerConfig(
                sizes.of("embed.weight", "vocab", vocabulary),
                sizes.of("embed.weight", "d_model", dModel),
                context + longer,
                others,
                norm,
                positions instanceof Learned learned
                        ? new Learned(learned.count + longer)
                        : positions,
                attention,
                feedForward,
                output);
    }
}
