package dev.sluice.models.pretrained;

import dev.sluice.models.transformer.Activation;
import dev.sluice.models.transformer.TransformerConfig;
import dev.sluice.models.transformer.TransformerConfig.BlockSizes;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** What the files of several families say in the same way. */
final class Sizes {
    private static final Map<String, Activation> ACTIVATIONS =
            Collections.unmodifiableMap(
                    new TreeMap<>(
                            Map.of(
                                    "gelu_new", Activation.GELU_TANH,
                                    "gelu_pytorch_tanh", Activation.GELU_TANH,
                                    "gelu_fast", Activation.GELU_TANH,
                                    "gelu", Activation.GELU,
                                    "relu", Activation.RELU,
                                    "silu", Activation.SILU,
                                    "swish", Activation.SILU)));

    private Sizes() {}

    /** A number of layers that the checkpoint can hold. */
    static int layers(JsonFile file, String key, int most) {
        int layers = file.size(key);
        if (layers > most) {
            throw file.wrong(key, "at most the number of tensors, " + most, file.root().path(key));
        }
        return layers;
    }

    /** The width of a head where all heads together are as wide as the model. */
    static int head(JsonFile file, int model, String heads) {
        int count = file.size(heads);
        if (model % count != 0) {
            throw file.wrong(heads, "a divisor of " + model, file.root().path(heads));
        }
        return model / count;
    }

    /** A number of key-value heads that serve {@code heads} query heads. */
    static int kvHeads(JsonFile file, String key, int heads) {
        int count = file.size(key, heads);
        if (heads % count != 0) {
            throw file.wrong(key, "a divisor of " + heads, file.root().path(key));
        }
        return count;
    }

    static Activation activation(JsonFile file, String key, String absent) {
        String name = file.text(key, absent);
        Activation activation = ACTIVATIONS.get(name);
        if (activation == null) {
            throw file.wrong(key, List.copyOf(ACTIVATIONS.keySet()), name);
        }
        return activation;
    }

    static String name(Activation activation) {
        return switch (activation) {
            case GELU_TANH -> "gelu_new";
            case GELU -> "gelu";
            case RELU -> "relu";
            case SILU -> "silu";
        };
    }

    static List<BlockSizes> blocks(int layers, int heads, int kvHeads, int dHead, int dMlp) {
        return Collections.nCopies(layers, new BlockSizes(heads, kvHeads, dHead, dMlp, 0));
    }

    static double rootScale(int dHead) {
        return 1 / Math.sqrt(dHead);
    }

    static BlockSizes first(TransformerConfig config) {
        return Objects.requireNonNull(config.blocks().get(0));
    }
}
