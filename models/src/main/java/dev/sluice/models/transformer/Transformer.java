package dev.sluice.models.transformer;

import dev.sluice.engine.AxisUse;
import dev.sluice.engine.DType;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.layer.Embedding;
import dev.sluice.engine.layer.Projection;
import dev.sluice.models.transformer.TransformerConfig.Learned;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A decoder transformer: embeddings, blocks of attention and feed-forward layers around a residual
 * stream, a last norm, and logits for the token that follows each position.
 *
 * <p>Hook points have the names of TransformerLens: {@code hook_embed}, {@code hook_pos_embed}
 * (learned positions), in block i under {@code blocks.i.}: {@code hook_resid_pre}, {@code
 * ln1.hook_scale}, {@code ln1.hook_normalized}, {@code attn.hook_q|k|v} (before the rotation),
 * {@code attn.hook_rot_q|rot_k} (rotary positions), {@code attn.hook_attn_scores}, {@code
 * attn.hook_pattern}, {@code attn.hook_z}, {@code hook_attn_out}, {@code hook_resid_mid}, {@code
 * ln2.…}, {@code mlp.hook_pre}, {@code mlp.hook_pre_linear} (gated), {@code mlp.hook_post}, {@code
 * hook_mlp_out}, {@code hook_resid_post}; then {@code ln_final.…}. What passes a hook point of a
 * block is freed with the block: whoever keeps it calls {@link Tensor#retain}.
 *
 * <p>Parameters: {@code embed.weight} [vocab, d_model], {@code pos_embed.weight} [pos, d_model],
 * {@code blocks.i.attn.q|k|v.weight} [head or kv_head, d_head, d_model], {@code
 * blocks.i.attn.o.weight} [d_model, head, d_head], {@code blocks.i.mlp.in|gate.weight} [d_mlp,
 * d_model], {@code blocks.i.mlp.out.weight} [d_model, d_mlp], {@code ln1|ln2|ln_final.weight}
 * [d_model], {@code unembed.weight} [vocab, d_model] where it is not the embedding; {@code bias}
 * beside them where there is one, and {@code blocks.i.mlp.product.bias} [d_mlp] where the product
 * of a gated layer has one.
 */
public final class Transformer extends Layer {
    private static final List<String> VOCABULARY = List.of("vocab");
    private static final List<String> MODEL = List.of("d_model");
    private static final String[] STREAM = {"batch", "pos", "d_model"};

    /** 8 MB in f32. */
    private static final long LOGITS_AT_ONCE = 1L << 21;

    private final TransformerConfig config;
    private final DType dtype;
    private final Embedding embed;
    private final @Nullable Embedding positions;
    private final HookPoint embedded;
    private final @Nullable HookPoint positioned;
    private final List<Block> blocks = new ArrayList<>();
    private final Norm last;
    private final @Nullable Projection unembed;

    /**
     * A new model: matrices normal with mean 0, biases 0, gains 1.
     *
     * @param deviation of the matrices, such as 0.02
     * @param outputDeviation of those that add to the residual stream; the published models take
     *     deviation / √(2 · layers)
     */
    public Transformer(
            TransformerConfig config,
            double deviation,
            double outputDeviation,
            DType dtype,
            Rng rng) {
        this(config, new Start(dtype, rng, deviation, outputDeviation));
    }

    /** A model whose matrices are all zero, to {@link #load} weights into. */
    public static Transformer blank(TransformerConfig config, DType dtype) {
        return new Transformer(config, new Start(dtype, null, 0, 0));
    }

    private Transformer(TransformerConfig config, Start start) {
        this.config = config;
        dtype = start.dtype();
        embed = child("embed", table("vocab", "embed", config.vocabulary(), start));
        embedded = hook("hook_embed", STREAM);
        if (config.positions() instanceof Learned learned) {
            positions = child("pos_embed", table("pos", "pos_embed", learned.count(), start));
            positioned = hook("hook_pos_embed", STREAM);
        } else {
            positions = null;
            positioned = null;
        }
        for (int i = 0; i < config.blocks().size(); i++) {
            blocks.add(child("blocks." + i, new Block(config, config.blocks().get(i), start)));
        }
        Layer norm = child("ln_final", Norm.parameters(config.norm(), config.dModel(), dtype));
        last =
                new Norm(
                        config.norm(),
                        norm,
                        hook("ln_final.hook_scale", "batch", "pos", "1"),
                        hook("ln_final.hook_normalized", STREAM));
        unembed = config.output().tied() ? null : child("unembed", output(start));
    }

    @Override
    protected List<AxisUse> ownAxisUses() {
        List<AxisUse> uses = new ArrayList<>(Norm.axisUses(config.norm(), "ln_final"));
        uses.add(new AxisUse.Result("unembed", "vocab"));
        return uses;
    }

    private Embedding table(String axis, String name, long rows, Start start) {
        return new Embedding(axis, "d_model", start.matrix(name, rows, config.dModel()));
    }

    private Projection output(Start start) {
        return start.projection(
                "unembed",
                VOCABULARY,
                new long[] {config.vocabulary()},
                MODEL,
                new long[] {config.dModel()},
                config.output().bias(),
                false);
    }

    /** What it is made of. */
    public TransformerConfig config() {
        return config;
    }

    /** The number type of its parameters. */
    public DType dtype() {
        return dtype;
    }

    /**
     * For every position the logits of the token after it: [batch, pos, vocab]. At padding they
     * mean nothing.
     *
     * @throws IllegalArgumentException if a token is not of the vocabulary, or there are more than
     *     the learned positions
     */
    public Tensor logits(Tokens tokens) {
        return logits(tokens, null);
    }

    /** The same for the columns that {@code cache} has not seen yet. */
    Tensor logits(Tokens tokens, @Nullable KeyValueCache cache) {
        try (TensorScope scope = TensorScope.open()) {
            return scope.keep(output(read(tokens, cache)));
        }
    }

    private Tensor output(Tensor read) {
        return unembed == null ? embed.products(read) : unembed.forward(read);
    }

    /** What the logits are computed from: [batch, pos, d_model]. */
    private Tensor read(Tokens tokens, @Nullable KeyValueCache cache) {
        check(tokens);
        try (TensorScope scope = TensorScope.open();
                Pass pass = new Pass(tokens, config, dtype, cache)) {
            Tensor x = embed(tokens, pass);
            for (int i = 0; i < blocks.size(); i++) {
                x = blocks.get(i).forward(x, pass, i);
            }
            if (cache != null) {
                cache.advance(pass.queries());
            }
            return scope.keep(last.forward(x));
        }
    }

    private void check(Tokens tokens) {
        tokens.checkWithin(config.vocabulary());
        if (config.positions() instanceof Learned learned && tokens.length() > learned.count()) {
            throw new IllegalArgumentException(
                    "tokens: expected sequences of at most "
                            + learned.count()
                            + ", for so many positions were learned, found "
                            + tokens.length());
        }
    }

    private Tensor embed(Tokens tokens, Pass pass) {
        int n = pass.queries();
        Tensor ids = tokens.ids().narrow(1, tokens.length() - n, n);
        Tensor x = embedded.apply(embed.forward(ids));
        if (positions == null || positioned == null) {
            return x;
        }
        boolean masked = positions.parameters().values().stream().anyMatch(p -> p.masks() != null);
        Tensor at = positions.forward(pass.positionIds(masked));
        if (tokens.padded()) {
            at = at.mul(pass.realQueries(dtype));
        }
        return x.add(positioned.apply(at.expand(tokens.rows(), n, config.dModel())));
    }

    /**
     * How badly logits predict each next token, in nats: [batch, pos], for {@code logits} of {@code
     * whole.inputs()}. Where the token or its target is padding the value means nothing.
     *
     * @throws IllegalArgumentException if a target is not of the vocabulary
     */
    public static Tensor tokenLosses(Tensor logits, Tokens whole) {
        Tensor targets = targets(whole, logits.size(-1));
        Tensor rows = logits.reshape(targets.count(), logits.size(-1));
        return rows.crossEntropy(targets).reshape(whole.rows(), whole.length() - 1);
    }

    private static Tensor targets(Tokens whole, long vocabulary) {
        whole.checkWithin(vocabulary);
        int n = whole.length() - 1;
        return whole.ids().narrow(1, 1, n).reshape((long) whole.rows() * n);
    }

    /**
     * The mean of {@link #tokenLosses} over the places where both the token and its target are
     * real.
     *
     * @throws IllegalArgumentException if there is no such place, or a target is not of the
     *     vocabulary
     */
    public static Tensor loss(Tensor logits, Tokens whole) {
        return mean(tokenLosses(logits, whole), whole);
    }

    /**
     * {@code loss(logits(inputs), whole)} but for rounding, with the logits of a part of the places
     * at a time: for training, where a vocabulary's worth of numbers for every token is most of the
     * memory, and goes past the processor's caches.
     *
     * @param inputs what the model reads
     * @param whole what it is to predict, one column longer
     * @throws IllegalArgumentException as {@link #logits(Tokens)} and {@link #loss(Tensor, Tokens)}
     */
    public Tensor loss(Tokens inputs, Tokens whole) {
        long vocabulary = config.vocabulary();
        long each = Math.max(2L * config.dModel(), LOGITS_AT_ONCE / vocabulary);
        if ((long) inputs.rows() * inputs.length() <= each || outputMasked()) {
            return loss(logits(inputs), whole);
        }
        try (TensorScope scope = TensorScope.open()) {
            List<Tensor> targets = targets(whole, vocabulary).split(0, each);
            List<Tensor> read = read(inputs, null).reshape(-1, config.dModel()).split(0, each);
            List<Tensor> losses = new ArrayList<>();
            for (int i = 0; i < read.size(); i++) {
                losses.add(partLosses(read.get(i), targets.get(i)));
            }
            Tensor all = Tensor.concat(losses, 0).reshape(whole.rows(), whole.length() - 1);
            return scope.keep(mean(all, whole));
        }
    }

    private Tensor partLosses(Tensor read, Tensor targets) {
        try (TensorScope scope = TensorScope.open()) {
            return scope.keep(output(read).crossEntropy(targets));
        }
    }

    /** Whether masks of each place are on the parameters of the output: they want all places. */
    private boolean outputMasked() {
        Layer output = unembed == null ? embed : unembed;
        return output.parameters().values().stream().anyMatch(p -> p.masks() != null);
    }

    private static Tensor mean(Tensor losses, Tokens whole) {
        if (!whole.padded()) {
            return losses.mean();
        }
        int n = whole.length() - 1;
        float[] counts = new float[whole.rows() * n];
        int count = 0;
        for (int i = 0; i < counts.length; i++) {
            boolean both = whole.real(i / n, i % n) && whole.real(i / n, i % n + 1);
            counts[i] = both ? 1 : 0;
            count += both ? 1 : 0;
        }
        if (count == 0) {
            throw new IllegalArgumentException("loss: no real token follows a real token");
        }
        Tensor weights = Tensor.of(counts, whole.rows(), n).to(losses.dtype());
        return losses.mul(weights).sum().div(count);
    }
}
