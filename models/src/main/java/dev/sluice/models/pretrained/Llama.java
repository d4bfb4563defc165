package dev.sluice.models.pretrained;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.models.transformer.TransformerConfig;
import dev.sluice.models.transformer.TransformerConfig.Attention;
import dev.sluice.models.transformer.TransformerConfig.BlockSizes;
import dev.sluice.models.transformer.TransformerConfig.FeedForward;
import dev.sluice.models.transformer.TransformerConfig.Norm;
import dev.sluice.models.transformer.TransformerConfig.Output;
import dev.sluice.models.transformer.TransformerConfig.Rotary;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Llama, and Qwen2, which differs in its biases: queries, keys and values have one, the map back
 * has none.
 */
final class Llama implements Family {
    private final boolean qwen;

    Llama(boolean qwen) {
        this.qwen = qwen;
    }

    @Override
    public String modelType() {
        return qwen ? "qwen2" : "llama";
    }

    @Override
    public TransformerConfig read(JsonFile file, int mostLayers) {
        file.refuse("use_sliding_window", file.flag("use_sliding_window", false), "false");
        int model = file.size("hidden_size");
        int heads = file.size("num_attention_heads");
        int dHead =
                file.has("head_dim")
                        ? file.size("head_dim")
                        : Sizes.head(file, model, "num_attention_heads");
        int layers = Sizes.layers(file, "num_hidden_layers", mostLayers);
        boolean bias = !qwen && file.flag("attention_bias", false);
        return new TransformerConfig(
                file.size("vocab_size"),
                model,
                file.size("max_position_embeddings", 2048),
                Sizes.blocks(
                        layers,
                        heads,
                        Sizes.kvHeads(file, "num_key_value_heads", heads),
                        dHead,
                        file.size("intermediate_size")),
                new Norm(true, file.number("rms_norm_eps", 1e-6)),
                RotaryKeys.read(file, dHead),
                new Attention(Sizes.rootScale(dHead), qwen || bias, bias),
                new FeedForward(
                        Sizes.activation(file, "hidden_act", "silu"),
                        true,
                        !qwen && file.flag("mlp_bias", false)),
                new Output(file.flag("tie_word_embeddings", false), false));
    }

    @Override
    public void write(TransformerConfig config, ObjectNode keys) {
        BlockSizes block = Sizes.first(config);
        keys.putArray("architectures").add(qwen ? "Qwen2ForCausalLM" : "LlamaForCausalLM");
        keys.put("vocab_size", config.vocabulary());
        keys.put("max_position_embeddings", config.context());
        keys.put("hidden_size", config.dModel());
        keys.put("intermediate_size", block.dMlp());
        keys.put("num_hidden_layers", config.blocks().size());
        keys.put("num_attention_heads", block.heads());
        keys.put("num_key_value_heads", block.kvHeads());
        keys.put("head_dim", block.dHead());
        keys.put("hidden_act", Sizes.name(config.feedForward().activation()));
        keys.put("rms_norm_eps", config.norm().epsilon());
        if (config.positions() instanceof Rotary rotary) {
            RotaryKeys.write(rotary, keys);
        }
        keys.put("tie_word_embeddings", config.output().tied());
        if (qwen) {
            keys.put("use_sliding_window", false);
        } else {
            keys.put("attention_bias", config.attention().inputBias());
            keys.put("mlp_bias", config.feedForward().bias());
        }
    }

    @Override
    public List<StoredTensor> tensors(TransformerConfig config) {
        long d = config.dModel();
        TensorList list = new TensorList(false);
        list.table("model.embed_tokens.weight", config.vocabulary(), d, "embed.weight");
        for (int i = 0; i < config.blocks().size(); i++) {
            block(list, config, i);
        }
        list.gain("model.norm", "ln_final", d);
        if (!config.output().tied()) {
            list.table("lm_head.weight", config.vocabulary(), d, "unembed.weight");
        }
        return list.all();
    }

    private static void block(TensorList list, TransformerConfig config, int i) {
        String stored = "model.layers." + i + ".";
        String ours = "blocks." + i + ".";
        BlockSizes b = config.blocks().get(i);
        long d = config.dModel();
        long heads = (long) b.heads() * b.dHead();
        long kv = (long) b.kvHeads() * b.dHead();
        boolean in = config.attention().inputBias();
        boolean bias = config.feedForward().bias();
        list.gain(stored + "input_layernorm", ours + "ln1", d)
                .map(stored + "self_attn.q_proj", heads, d, in, ours + "attn.q")
                .map(stored + "self_attn.k_proj", kv, d, in, ours + "attn.k")
                .map(stored + "self_attn.v_proj", kv, d, in, ours + "attn.v")
                .map(
                        stored + "self_attn.o_proj",
                        d,
                        heads,
                        config.attention().outputBias(),
                        ours + "attn.o")
                .gain(stored + "post_attention_layernorm", ours + "ln2", d)
                .map(stored + "mlp.gate_proj", b.dMlp(), d, bias, ours + "mlp.gate")
                .map(stored + "mlp.up_proj", b.dMlp(), d, bias, ours + "mlp.in")
                .map(stored + "mlp.down_proj", d, b.dMlp(), bias, ours + "mlp.out");
    }

    @Override
    public String prefix() {
        return "model.";
    }

    @Override
    public Pattern ignored() {
        return Pattern.compile("(model\\.)?layers\\.\\d+\\.self_attn\\.rotary_emb\\.inv_freq");
    }
}
