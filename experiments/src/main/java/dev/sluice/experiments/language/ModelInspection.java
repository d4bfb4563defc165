package dev.sluice.experiments.language;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.sluice.engine.GradMode;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.TensorScope;
import dev.sluice.models.transformer.Tokens;
import dev.sluice.models.transformer.Transformer;
import dev.sluice.models.transformer.TransformerConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a language model is made of: for plans, and for the memory that it needs.
 *
 * @param bytes of the weights as they were loaded
 * @param trainingBytes of weights, gradients and both moments of AdamW in f32, without activations
 * @param plan what it was trained under; null: nothing that is known
 */
@JsonNaming(SnakeCaseStrategy.class)
public record ModelInspection(
        int vocabulary,
        int context,
        int dModel,
        List<BlockLine> blocks,
        boolean tied,
        long parameterCount,
        long bytes,
        long trainingBytes,
        List<HookLine> hooks,
        List<ParameterLine> parameters,
        @Nullable TrainedPlan plan) {
    /** The sizes of a block. */
    @JsonNaming(SnakeCaseStrategy.class)
    public record BlockLine(int heads, int kvHeads, int dHead, int dMlp, int window) {}

    /** A hook point: its axes, and their sizes, of which those of the text go by their name. */
    public record HookLine(String name, List<String> axes, List<String> shape) {}

    /** A parameter. */
    public record ParameterLine(String name, List<String> axes, List<Long> shape, long count) {}

    /** Looks into a model; runs it once over two tokens. */
    public static ModelInspection of(Transformer model, @Nullable TrainedPlan plan) {
        TransformerConfig config = model.config();
        List<ParameterLine> parameters = new ArrayList<>();
        model.parameters()
                .forEach(
                        (name, p) -> {
                            List<Long> shape = new ArrayList<>();
                            for (long size : p.value().shape()) {
                                shape.add(size);
                            }
                            parameters.add(
                                    new ParameterLine(name, p.axes(), shape, p.value().count()));
                        });
        long count = model.parameterCount();
        return new ModelInspection(
                config.vocabulary(),
                config.context(),
                config.dModel(),
                config.blocks().stream()
                        .map(
                                b ->
                                        new BlockLine(
                                                b.heads(),
                                                b.kvHeads(),
                                                b.dHead(),
                                                b.dMlp(),
                                                b.window()))
                        .toList(),
                config.output().tied(),
                count,
                count * model.dtype().bytes(),
                count * 16,
                hooks(model),
                parameters,
                plan);
    }

    private static List<HookLine> hooks(Transformer model) {
        Map<String, long[]> shapes = new HashMap<>();
        List<HookPoint.Interception> open = new ArrayList<>();
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.off()) {
            for (HookPoint hook : model.hooks().values()) {
                open.add(
                        hook.intercept(
                                x -> {
                                    shapes.put(hook.name(), x.shape());
                                    return x;
                                }));
            }
            int length = Math.min(2, model.config().context());
            model.logits(Tokens.of(new int[1][length]));
        } finally {
            open.forEach(HookPoint.Interception::close);
        }
        List<HookLine> lines = new ArrayList<>();
        model.hooks()
                .forEach(
                        (name, hook) ->
                                lines.add(line(hook, Objects.requireNonNull(shapes.get(name)))));
        return lines;
    }

    private static HookLine line(HookPoint hook, long[] sizes) {
        List<String> shape = new ArrayList<>();
        for (int i = 0; i < sizes.length; i++) {
            String axis = hook.axes().get(i);
            boolean ofText = List.of("batch", "pos", "key").contains(axis);
            shape.add(ofText ? axis : Long.toString(sizes[i]));
        }
        return new HookLine(hook.name(), hook.axes(), shape);
    }
}
