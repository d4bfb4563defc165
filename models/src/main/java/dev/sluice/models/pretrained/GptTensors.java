package dev.sluice.models.pretrained;

import dev.sluice.models.transformer.TransformerConfig;
import java.util.List;

/** The tensors that GPT-2 and GPT-Neo name alike; how they store attention is their own. */
final class GptTensors {
    private GptTensors() {}

    /** The tensors of the attention of one layer. */
    @FunctionalInterface
    interface Attention {
        /**
         * Adds them to {@code list}.
         *
         * @param stored the layer in the file, such as {@code transformer.h.0.attn.}
         * @param parameter the same in the model, such as {@code blocks.0.attn.}
         */
        void list(TensorList list, String stored, String parameter);
    }

    static List<StoredTensor> of(TransformerConfig config, boolean turned, Attention attention) {
        long d = config.dModel();
        TensorList list = new TensorList(turned);
        list.table("transformer.wte.weight", config.vocabulary(), d, "embed.weight");
        list.table("transformer.wpe.weight", config.context(), d, "pos_embed.weight");
        for (int i = 0; i < config.blocks().size(); i++) {
            String stored = "transformer.h." + i + ".";
            String block = "blocks." + i + ".";
            long mlp = config.blocks().get(i).dMlp();
            list.norm(stored + "ln_1", block + "ln1", d);
            attention.list(list, stored + "attn.", block + "attn.");
            list.norm(stored + "ln_2", block + "ln2", d)
                    .map(stored + "mlp.c_fc", mlp, d, true, block + "mlp.in")
                    .map(stored + "mlp.c_proj", d, mlp, true, block + "mlp.out");
        }
        list.norm("transformer.ln_f", "ln_final", d);
        if (!config.output().tied()) {
            list.table("lm_head.weight", config.vocabulary(), d, "unembed.weight");
        }
        return list.all();
    }
}
