package dev.sluice.models.pretrained;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.models.transformer.TransformerConfig;
import dev.sluice.models.transformer.TransformerConfig.Attention;
import dev.sluice.models.transformer.TransformerConfig.BlockSizes;
import dev.sluice.models.transformer.TransformerConfig.FeedForward;
import dev.sluice.models.transformer.TransformerConfig.Learned;
import dev.sluice.models.transformer.TransformerConfig.Norm;
import dev.sluice.models.transformer.TransformerConfig.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** GPT-Neo: scores are not scaled, and some layers see only so many tokens back. */
final class GptNeo implements Family {
    private static final String LAYERS = "attention_layers";
    private static final String TYPES = "attention_types";

    @Override
    public String modelType() {
        return "gpt_neo";
    }

    @Override
    public TransformerConfig read(JsonFile file, int mostLayers) {
        int model = file.size("hidden_size");
        int heads = file.size("num_heads");
        int dHead = Sizes.head(file, model, "num_heads");
        int layers = Sizes.layers(file, "num_layers", mostLayers);
        int mlp = file.size("intermediate_size", Math.multiplyExact(4, model));
        List<BlockSizes> blocks = new ArrayList<>();
        for (boolean local : locals(file, layers)) {
            int window = local ? file.size("window_size", 256) : 0;
            blocks.add(new BlockSizes(heads, heads, dHead, mlp, window));
        }
        int positions = file.size("max_position_embeddings");
        return new TransformerConfig(
                file.size("vocab_size"),
                model,
                positions,
                blocks,
                new Norm(false, file.number("layer_norm_epsilon", 1e-5)),
                new Learned(positions),
                new Attention(1, false, true),
                new FeedForward(
                        Sizes.activation(file, "activation_function", "gelu_new"), false, true),
                new Output(file.flag("tie_word_embeddings", true), false));
    }

    /** Which layers are local: a list of them, or repeated patterns. */
    private static List<Boolean> locals(JsonFile file, int layers) {
        List<Boolean> locals = new ArrayList<>();
        if (file.has(LAYERS)) {
            file.root().path(LAYERS).forEach(kind -> locals.add(local(file, LAYERS, kind)));
        } else {
            for (JsonNode pattern : file.root().path(TYPES)) {
                int times = pattern.path(1).asInt(0);
                for (int i = 0; i < times && locals.size() <= layers; i++) {
                    pattern.path(0).forEach(kind -> locals.add(local(file, TYPES, kind)));
                }
            }
        }
        if (locals.size() != layers) {
            String key = file.has(LAYERS) ? LAYERS : TYPES;
            throw file.wrong(key, layers + " kinds of layers", file.root().path(key));
        }
        return locals;
    }

    private static boolean local(JsonFile file, String key, JsonNode kind) {
        List<String> kinds = List.of("global", "local");
        if (!kinds.contains(kind.asText())) {
            throw file.wrong(key, kinds, kind.toString());
        }
        return kind.asText().equals("local");
    }

    @Override
    public void write(TransformerConfig config, ObjectNode keys) {
        BlockSizes block = Sizes.first(config);
        keys.putArray("architectures").add("GPTNeoForCausalLM");
        keys.put("vocab_size", config.vocabulary());
        keys.put("max_position_embeddings", config.context());
        keys.put("hidden_size", config.dModel());
        keys.put("num_layers", config.blocks().size());
        keys.put("num_heads", block.heads());
        keys.put("intermediate_size", block.dMlp());
        ArrayNode types = keys.putArray(TYPES);
        ArrayNode layers = keys.putArray(LAYERS);
        for (BlockSizes b : config.blocks()) {
            String kind = b.window() > 0 ? "local" : "global";
            layers.add(kind);
            ArrayNode pattern = types.addArray();
            pattern.addArray().add(kind);
            pattern.add(1);
        }
        config.blocks().stream()
                .mapToInt(BlockSizes::window)
                .filter(w -> w > 0)
                .findFirst()
                .ifPresent(w -> keys.put("window_size", w));
        keys.put("activation_function", Sizes.name(config.feedForward().activation()));
        keys.put("layer_norm_epsilon", config.norm().epsilon());
        keys.put("tie_word_embeddings", config.output().tied());
    }

    @Override
    public List<StoredTensor> tensors(TransformerConfig config) {
        long d = config.dModel();
        return GptTensors.of(
                config,
                false,
                (list, stored, attn) ->
                        list.map(stored + "attention.q_proj", d, d, false, attn + "q")
                                .map(stored + "attention.k_proj", d, d, false, attn + "k")
                                .map(stored + "attention.v_proj", d, d, false, attn + "v")
                                .map(stored + "attention.out_proj", d, d, true, attn + "o"));
    }

    @Override
    public String prefix() {
        return "transformer.";
    }

    @Override
    public Pattern ignored() {
        return Pattern.compile("(transformer\\.)?h\\.\\d+\\.attn\\.attention\\.(masked_)?bias");
    }
}
