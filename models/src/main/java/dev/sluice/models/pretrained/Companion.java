package dev.sluice.models.pretrained;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.models.transformer.Activation;
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
 * The decoder in the companion repository of the gradient-routing paper: a nanoGPT with
 * root-mean-square norms, and interleaved rotary positions on the first half of each head.
 */
final class Companion implements Family {
    private static final String KV_HEADS = "n_key_value_head";

    @Override
    public String modelType() {
        return "nanogpt";
    }

    @Override
    public TransformerConfig read(JsonFile file, int mostLayers) {
        file.refuse("use_pos_emb", file.flag("use_pos_emb", false), "false");
        file.refuse("use_rope", !file.flag("use_rope", true), "true");
        int model = file.size("n_embd");
        int heads = file.size("n_head");
        int dHead = Sizes.head(file, model, "n_head");
        int layers = Sizes.layers(file, "n_layer", mostLayers);
        int kv = Sizes.kvHeads(file, KV_HEADS, heads);
        int mlp = file.size("mlp_width", Math.multiplyExact(4, model));
        return new TransformerConfig(
                file.size("vocab_size"),
                model,
                file.size("block_size"),
                Sizes.blocks(layers, heads, kv, dHead, mlp),
                new Norm(true, 1e-6),
                new Rotary(dHead / 2, 10000, true),
                new Attention(Sizes.rootScale(dHead), true, true),
                new FeedForward(Activation.GELU, false, true),
                new Output(file.flag("tie_weights", true), false));
    }

    @Override
    public void write(TransformerConfig config, ObjectNode keys) {
        BlockSizes block = Sizes.first(config);
        keys.put("block_size", config.context());
        keys.put("vocab_size", config.vocabulary());
        keys.put("n_layer", config.blocks().size());
        keys.put("n_head", block.heads());
        if (block.kvHeads() != block.heads()) {
            keys.put(KV_HEADS, block.kvHeads());
        }
        keys.put("n_embd", config.dModel());
        keys.put("mlp_width", block.dMlp());
        keys.put("tie_weights", config.output().tied());
        keys.put("use_pos_emb", false);
        keys.put("use_rope", true);
    }

    @Override
    public List<StoredTensor> tensors(TransformerConfig config) {
        long d = config.dModel();
        TensorList list = new TensorList(false);
        list.table("transformer.wte.weight", config.vocabulary(), d, "embed.weight");
        for (int i = 0; i < config.blocks().size(); i++) {
            block(list, config, i);
        }
        list.gain("transformer.ln_f", "ln_final", d);
        if (!config.output().tied()) {
            list.table("lm_head.weight", config.vocabulary(), d, "unembed.weight");
        }
        return list.all();
    }

    private static void block(TensorList list, TransformerConfig config, int i) {
        String stored = "transformer.h." + i + ".";
        String ours = "blocks." + i + ".";
        String attn = ours + "attn.";
        BlockSizes b = config.blocks().get(i);
        long d = config.dModel();
        long kv = (long) b.kvHeads() * b.dHead();
        list.gain(stored + "rmsnorm_1", ours + "ln1", d);
        if (b.kvHeads() == b.heads()) {
            list.map(stored + "attn.c_attn", 3 * d, d, true, attn + "q", attn + "k", attn + "v");
        } else {
            list.map(stored + "attn.c_attn_q", d, d, true, attn + "q");
            list.map(stored + "attn.c_attn_kv", 2 * kv, d, true, attn + "k", attn + "v");
        }
        list.map(stored + "attn.c_proj", d, d, true, attn + "o")
                .gain(stored + "rmsnorm_2", ours + "ln2", d)
                .map(stored + "mlp.c_fc", b.dMlp(), d, true, ours + "mlp.in")
                .map(stored + "mlp.c_proj", d, b.dMlp(), true, ours + "mlp.out");
    }

    @Override
    public String prefix() {
        return "transformer.";
    }

    @Override
    public Pattern ignored() {
        return Pattern.compile("(transformer\\.)?h\\.\\d+\\.attn\\.bias");
    }
}
