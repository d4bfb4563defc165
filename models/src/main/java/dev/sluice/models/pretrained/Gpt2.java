package dev.sluice.models.pretrained;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.models.transformer.TransformerConfig;
import dev.sluice.models.transformer.TransformerConfig.Attention;
import dev.sluice.models.transformer.TransformerConfig.BlockSizes;
import dev.sluice.models.transformer.TransformerConfig.FeedForward;
import dev.sluice.models.transformer.TransformerConfig.Learned;
import dev.sluice.models.transformer.TransformerConfig.Norm;
import dev.sluice.models.transformer.TransformerConfig.Output;
import java.util.List;
import java.util.regex.Pattern;

/** GPT-2: queries, keys and values in one matrix, and all matrices stored [in, out]. */
final class Gpt2 implements Family {
    @Override
    public String modelType() {
        return "gpt2";
    }

    @Override
    public TransformerConfig read(JsonFile file, int mostLayers) {
        String byLayer = "scale_attn_by_inverse_layer_idx";
        file.refuse(byLayer, file.flag(byLayer, false), "false");
        file.refuse("add_cross_attention", file.flag("add_cross_attention", false), "false");
        int model = file.size("n_embd");
        int heads = file.size("n_head");
        int dHead = Sizes.head(file, model, "n_head");
        int layers = Sizes.layers(file, "n_layer", mostLayers);
        int positions = file.size("n_positions");
        boolean scaled = file.flag("scale_attn_weights", true);
        return new TransformerConfig(
                file.size("vocab_size"),
                model,
                positions,
                Sizes.blocks(
                        layers,
                        heads,
                        heads,
                        dHead,
                        file.size("n_inner", Math.multiplyExact(4, model))),
                new Norm(false, file.number("layer_norm_epsilon", 1e-5)),
                new Learned(positions),
                new Attention(scaled ? Sizes.rootScale(dHead) : 1, true, true),
                new FeedForward(
                        Sizes.activation(file, "activation_function", "gelu_new"), false, true),
                new Output(file.flag("tie_word_embeddings", true), false));
    }

    @Override
    public void write(TransformerConfig config, ObjectNode keys) {
        BlockSizes block = Sizes.first(config);
        keys.putArray("architectures").add("GPT2LMHeadModel");
        keys.put("vocab_size", config.vocabulary());
        keys.put("n_positions", config.context());
        keys.put("n_ctx", config.context());
        keys.put("n_embd", config.dModel());
        keys.put("n_layer", config.blocks().size());
        keys.put("n_head", block.heads());
        keys.put("n_inner", block.dMlp());
        keys.put("activation_function", Sizes.name(config.feedForward().activation()));
        keys.put("layer_norm_epsilon", config.norm().epsilon());
        keys.put("scale_attn_weights", config.attention().scale() != 1 || block.dHead() == 1);
        keys.put("tie_word_embeddings", config.output().tied());
    }

    @Override
    public List<StoredTensor> tensors(TransformerConfig config) {
        long d = config.dModel();
        return GptTensors.of(
                config,
                true,
                (list, stored, attn) ->
                        list.map(
                                        stored + "c_attn",
                                        3 * d,
                                        d,
                                        true,
                                        attn + "q",
                                        attn + "k",
                                        attn + "v")
                                .map(stored + "c_proj", d, d, true, attn + "o"));
    }

    @Override
    public String prefix() {
        return "transformer.";
    }

    @Override
    public Pattern ignored() {
        return Pattern.compile("(transformer\\.)?h\\.\\d+\\.attn\\.(masked_)?bias");
    }
}
