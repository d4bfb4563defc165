package dev.sluice.experiments.language;

import dev.sluice.data.DataException;
import dev.sluice.data.text.corpus.TextFormat;
import dev.sluice.data.text.tokenizer.Tokenizer;
import dev.sluice.data.text.tokenizer.TokenizerFolder;
import dev.sluice.engine.DType;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.Weights;
import dev.sluice.experiments.text.TokenizerSource;
import dev.sluice.models.pretrained.PretrainedWeights;
import dev.sluice.models.transformer.Tokens;
import dev.sluice.models.transformer.Transformer;
import dev.sluice.routing.Batch;
import dev.sluice.routing.PlanReport;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.Router;
import dev.sluice.routing.plan.PlanFiles;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One forward and backward pass of a checkpoint over given tokens, with everything on the way: for
 * anyone who wants to check Sluice from outside, or to look into a model.
 *
 * <p>The model reads all columns but the last. The file holds {@code logits} [batch, pos, vocab];
 * {@code loss} [1], the mean over the places where token and target are real, in nats; {@code
 * hook/NAME} for every hook point, after what a plan does there; {@code grad/NAME} for every
 * parameter, under the name and in the layout of the checkpoint. Where a token is padding, and at
 * scores and patterns of queries that are, there is 0.
 */
public final class ModelTrace {
    private final Path model;
    private final Path tokens;
    private final @Nullable Path plan;
    private final DType dtype;
    private final Consumer<String> notes;

    /**
     * A trace to make.
     *
     * @param model the folder of a checkpoint
     * @param tokens see {@code TokensFile}: {@code input_ids} and {@code attention_mask}
     * @param plan in force during the pass, or null
     * @param dtype what is computed in and written, f32 or f64
     * @param notes takes what is worth knowing, line by line
     */
    public ModelTrace(
            Path model, Path tokens, @Nullable Path plan, DType dtype, Consumer<String> notes) {
        this.model = model;
        this.tokens = tokens;
        this.plan = plan;
        this.dtype = dtype;
        this.notes = notes;
    }

    /**
     * Runs the pass and writes the file.
     *
     * @throws DataException if the tokens are malformed or not of the model's vocabulary
     * @throws dev.sluice.models.pretrained.CheckpointException if the model cannot be read
     * @throws dev.sluice.routing.plan.PlanException if the plan cannot be read, or does not fit the
     *     model
     */
    public void write(Path out) {
        Tokens whole = TokensFile.read(tokens);
        if (whole.length() < 2) {
            throw new DataException(tokens, "input_ids", "at least two tokens a sequence", "one");
        }
        RoutePlan<Batch.Sequences> routes =
                plan == null ? new RoutePlan<>(List.of(), List.of(), List.of()) : plan(plan);
        try (TensorScope scope = TensorScope.open();
                PretrainedWeights weights = PretrainedWeights.open(model);
                Transformer transformer = weights.load(dtype)) {
            PlanReport report = routes.check(transformer);
            if (plan != null) {
                PlanFiles.requireFit(plan, report);
            }
            report.warnings().forEach(warning -> notes.accept(warning.toString()));
            Map<String, Tensor> all = new LinkedHashMap<>();
            try {
                trace(weights, transformer, whole, routes, all);
                Weights.write(out, all, Map.of("format", "pt"));
            } finally {
                all.values().forEach(Tensor::close);
            }
        }
    }

    /** The plan, whose rules may be on text if the checkpoint has a tokenizer. */
    private RoutePlan<Batch.Sequences> plan(Path file) {
        if (!TokenizerFolder.here(model)) {
            return PlanFiles.read(file, Batch.Sequences.class);
        }
        try (Tokenizer tokenizer = TokenizerFolder.open(model)) {
            TokenizerSource text = new TokenizerSource(tokenizer, TextFormat.standard());
            return PlanFiles.read(file, Batch.Sequences.class, text);
        }
    }

    private void trace(
            PretrainedWeights weights,
            Transformer transformer,
            Tokens whole,
            RoutePlan<Batch.Sequences> routes,
            Map<String, Tensor> all) {
        Tokens inputs = whole.inputs();
        List<HookPoint.Interception> open = new ArrayList<>();
        try (Router router = Router.open(transformer, routes, TextBatch.of(whole))) {
            for (HookPoint hook : transformer.hooks().values()) {
                open.add(hook.intercept(x -> seen(all, hook, x, inputs)));
            }
            Tensor logits = logits(transformer, inputs);
            Tensor loss = loss(logits, whole);
            loss.backward();
            router.finish();
            all.put("logits", atReal(logits.detach(), inputs, List.of("batch", "pos", "vocab")));
            all.put("loss", loss.detach().reshape(1));
            notes.accept(
                    transformer.hooks().size()
                            + " hook points, "
                            + transformer.parameterCount()
                            + " parameters, loss "
                            + loss.item());
        } finally {
            open.forEach(HookPoint.Interception::close);
        }
        weights.stored(transformer, ModelTrace::gradient)
                .forEach((name, g) -> all.put("grad/" + name, g));
    }

    private Tensor logits(Transformer transformer, Tokens inputs) {
        try {
            return transformer.logits(inputs);
        } catch (IllegalArgumentException e) {
            throw new DataException(
                    tokens, "input_ids", "tokens of the model", String.valueOf(e.getMessage()));
        }
    }

    private Tensor loss(Tensor logits, Tokens whole) {
        try {
            return Transformer.loss(logits, whole);
        } catch (IllegalArgumentException e) {
            throw new DataException(
                    tokens, "tokens", "targets of the model", String.valueOf(e.getMessage()));
        }
    }

    private static Tensor seen(Map<String, Tensor> all, HookPoint hook, Tensor x, Tokens inputs) {
        Tensor kept = atReal(x.detach(), inputs, hook.axes()).contiguous().copy();
        Tensor before = all.put("hook/" + hook.name(), kept.retain());
        if (before != null) {
            before.close();
        }
        return x;
    }

    /** {@code x} with 0 where the data point is padding. */
    private static Tensor atReal(Tensor x, Tokens inputs, List<String> axes) {
        if (!inputs.padded()) {
            return x;
        }
        byte[] real = new byte[inputs.rows() * inputs.length()];
        for (int i = 0; i < real.length; i++) {
            real[i] = (byte) (inputs.real(i / inputs.length(), i % inputs.length()) ? 1 : 0);
        }
        long[] shape = new long[axes.size()];
        Arrays.fill(shape, 1);
        shape[axes.indexOf("batch")] = inputs.rows();
        shape[axes.indexOf("pos")] = inputs.length();
        Tensor condition = Tensor.ofBytes(ByteBuffer.wrap(real), DType.BOOL, shape);
        return x.where(condition, Tensor.zeros(x.dtype()));
    }

    private static Tensor gradient(Parameter p) {
        Tensor g = p.grad();
        return g == null ? Tensor.zeros(p.value().dtype(), p.value().shape()) : g;
    }
}
