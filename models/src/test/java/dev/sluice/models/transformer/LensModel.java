package dev.sluice.models.transformer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.engine.DType;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.testing.GoldenTensors;
import dev.sluice.models.transformer.TransformerConfig.Attention;
import dev.sluice.models.transformer.TransformerConfig.BlockSizes;
import dev.sluice.models.transformer.TransformerConfig.FeedForward;
import dev.sluice.models.transformer.TransformerConfig.Learned;
import dev.sluice.models.transformer.TransformerConfig.Norm;
import dev.sluice.models.transformer.TransformerConfig.Output;
import dev.sluice.models.transformer.TransformerConfig.Positions;
import dev.sluice.models.transformer.TransformerConfig.Rotary;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A model of an index of {@code expansion}: names and axes of its weights are TransformerLens's.
 */
record LensModel(JsonNode index) {
    private static final Map<String, String> AXES =
            new TreeMap<>(Map.of("vocabulary", "vocab", "position", "pos"));

    private JsonNode architecture() {
        return index.get("architecture");
    }

    private int size(String name) {
        return architecture().get(name).asInt();
    }

    TransformerConfig config() {
        boolean gated = architecture().get("gated_mlp").asBoolean();
        int heads = size("n_heads");
        JsonNode kv = architecture().get("n_key_value_heads");
        BlockSizes block =
                new BlockSizes(
                        heads, kv.isNull() ? heads : kv.asInt(), size("d_head"), size("d_mlp"), 0);
        if (!architecture().get("final_norm").asBoolean()) {
            throw new AssertionError("a model without a last norm");
        }
        return new TransformerConfig(
                size("vocabulary"),
                size("d_model"),
                size("n_ctx"),
                Collections.nCopies(size("n_layers"), block),
                norm(),
                positions(),
                new Attention(1 / architecture().get("attn_scale").asDouble(), true, true),
                new FeedForward(
                        Activation.valueOf(
                                architecture().get("activation").asText().toUpperCase(Locale.ROOT)),
                        gated,
                        true,
                        gated),
                new Output(false, true));
    }

    private Norm norm() {
        double epsilon = architecture().get("eps").asDouble();
        return switch (architecture().get("normalization").asText()) {
            case "LN" -> new Norm(false, epsilon);
            case "LNPre" -> new Norm(false, epsilon, false);
            case "RMS" -> new Norm(true, epsilon);
            case "RMSPre" -> new Norm(true, epsilon, false);
            default -> throw new AssertionError(architecture().get("normalization"));
        };
    }

    private Positions positions() {
        return architecture().get("positions").asText().equals("rotary")
                ? new Rotary(
                        size("rotary_dim"), architecture().get("rotary_base").asDouble(), false)
                : new Learned(size("n_ctx"));
    }

    /** The names of all tensors. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        index.get("axes").fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** What Sluice calls a tensor: {@code blocks.0.attn._W_K} is {@code blocks.0.attn.k.weight}. */
    String ours(String theirs) {
        int dot = theirs.lastIndexOf('.');
        String part = theirs.substring(0, dot);
        String last = theirs.substring(dot + 1);
        if (last.equals("w") || last.equals("b")) {
            return part + (last.equals("w") ? ".weight" : ".bias");
        }
        boolean weight = last.contains("W_");
        String map = last.substring(last.lastIndexOf('_') + 1).toLowerCase(Locale.ROOT);
        if (!part.contains(".")) {
            return part + (weight ? ".weight" : ".bias");
        }
        if (last.equals("b_in") && architecture().get("gated_mlp").asBoolean()) {
            map = "product";
        }
        return part + "." + map + (weight ? ".weight" : ".bias");
    }

    private List<String> axes(String theirs) {
        List<String> axes = new ArrayList<>();
        index.get("axes")
                .get(theirs)
                .forEach(a -> axes.add(AXES.getOrDefault(a.asText(), a.asText())));
        return axes;
    }

    /** A tensor with its axes in Sluice's order. */
    Tensor ours(String theirs, Tensor value, Transformer model) {
        List<String> wanted = parameter(theirs, model).axes();
        List<String> given = axes(theirs);
        given.replaceAll(a -> a.equals("head") && !wanted.contains(a) ? "kv_head" : a);
        if (given.size() != wanted.size() || !given.containsAll(wanted)) {
            throw new AssertionError(theirs + " has " + given + ", expected " + wanted);
        }
        return value.permute(wanted.stream().mapToLong(given::indexOf).toArray()).contiguous();
    }

    Parameter parameter(String theirs, Transformer model) {
        return Objects.requireNonNull(model.parameters().get(ours(theirs)), ours(theirs));
    }

    /** Overwrites the parameters of which a file has tensors with this prefix. */
    void load(Transformer model, GoldenTensors weights, String prefix) {
        for (String name : names()) {
            if (weights.has(prefix + name)) {
                Tensor value = ours(name, weights.get(prefix + name), model);
                parameter(name, model).value().copyFrom(value);
            }
        }
    }

    /** The model itself. */
    Transformer original(GoldenTensors weights) {
        Transformer model = Transformer.blank(config(), DType.F32);
        for (String name : names()) {
            if (!weights.has("original/" + name)) {
                throw new AssertionError("no tensor original/" + name);
            }
        }
        load(model, weights, "original/");
        return model;
    }
}
