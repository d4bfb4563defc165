package dev.sluice.models.pretrained;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.models.transformer.RotaryScaling;
import dev.sluice.models.transformer.TransformerConfig.Rotary;
import java.util.List;

/** Rotary positions in a {@code config.json}, under the older keys and the newer one. */
final class RotaryKeys {
    private static final String SCALING = "rope_scaling";
    private static final String PARAMETERS = "rope_parameters";
    private static final String THETA = "rope_theta";
    private static final String TYPE = "rope_type";
    private static final String PARTIAL = "partial_rotary_factor";
    private static final String FACTOR = "factor";
    private static final String LOW = "low_freq_factor";
    private static final String HIGH = "high_freq_factor";
    private static final String CONTEXT = "original_max_position_embeddings";

    private RotaryKeys() {}

    /**
     * Positions that turn all of a head of size {@code dHead}. As with Hugging Face the older key
     * counts where both are there, and what is missing in it may stand beside it.
     */
    static Rotary read(JsonFile file, int dHead) {
        JsonFile said = file;
        RotaryScaling scaling = RotaryScaling.NONE;
        if (file.has(SCALING) || file.has(PARAMETERS)) {
            said = file.object(file.has(SCALING) ? SCALING : PARAMETERS);
            scaling = scaling(said);
        }
        for (JsonFile place : List.of(file, said)) {
            double partial = place.number(PARTIAL, 1);
            place.refuse(PARTIAL, partial != 1, "1");
        }
        double base = said.number(THETA, file.number(THETA, 10000));
        return new Rotary(dHead, base, false, scaling);
    }

    private static RotaryScaling scaling(JsonFile said) {
        String key = said.has(TYPE) ? TYPE : "type";
        String type = said.text(key, "default");
        return switch (type) {
            case "default" -> RotaryScaling.NONE;
            case "linear" -> new RotaryScaling.Linear(factor(said));
            case "llama3" -> {
                double low = said.number(LOW, 0);
                double high = said.number(HIGH, 0);
                said.refuse(LOW, low <= 0, "a number above 0");
                said.refuse(HIGH, high <= low, "a number above " + LOW + ", " + low);
                yield new RotaryScaling.ByBand(factor(said), low, high, said.size(CONTEXT));
            }
            default -> throw said.wrong(key, List.of("default", "linear", "llama3"), type);
        };
    }

    private static double factor(JsonFile said) {
        double factor = said.number(FACTOR, 0);
        said.refuse(FACTOR, factor < 1, "a number from 1 on");
        return factor;
    }

    static void write(Rotary rotary, ObjectNode keys) {
        keys.remove(List.of(SCALING, PARAMETERS));
        keys.put(THETA, rotary.base());
        if (rotary.scaling() instanceof RotaryScaling.ByBand bands) {
            keys.putObject(SCALING)
                    .put(TYPE, "llama3")
                    .put(FACTOR, bands.factor())
                    .put(LOW, bands.low())
                    .put(HIGH, bands.high())
                    .put(CONTEXT, bands.context());
        } else if (rotary.scaling() instanceof RotaryScaling.Linear linear
                && linear.factor() != 1) {
            keys.putObject(SCALING).put(TYPE, "linear").put(FACTOR, linear.factor());
        }
    }
}
