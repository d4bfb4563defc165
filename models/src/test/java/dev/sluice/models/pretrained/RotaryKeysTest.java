package dev.sluice.models.pretrained;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.models.transformer.RotaryScaling;
import dev.sluice.models.transformer.TransformerConfig.Rotary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scaled rotary positions, as configurations name them. */
final class RotaryKeysTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir private Path folder = Path.of("");

    private Rotary read(ObjectNode keys, int dHead) throws IOException {
        Path file = folder.resolve("config.json");
        Files.write(file, MAPPER.writeValueAsBytes(keys));
        return RotaryKeys.read(JsonFile.read(file, 10_000), dHead);
    }

    private static ObjectNode scaling(String type, double factor) {
        return MAPPER.createObjectNode()
                .put("rope_type", type)
                .put("rope_theta", 500000.0)
                .put("factor", factor)
                .put("low_freq_factor", 1.0)
                .put("high_freq_factor", 4.0)
                .put("original_max_position_embeddings", 8192);
    }

    /** The frequencies are those of transformers 4.56, which computes them in single precision. */
    @ParameterizedTest
    @CsvSource({
        "llama3, 8, 128, 0, 1.0",
        "llama3, 8, 128, 10, 0.12868738174438477",
        "llama3, 8, 128, 28, 0.0032114461064338684",
        "llama3, 8, 128, 29, 0.0021665706299245358",
        "llama3, 8, 128, 33, 0.0003126936499029398",
        "llama3, 8, 128, 35, 9.556212171446532e-05",
        "llama3, 8, 128, 36, 7.784655463183299e-05",
        "llama3, 8, 128, 63, 3.068925877869333e-07",
        "llama3, 32, 64, 14, 0.0032114461064338684",
        "llama3, 32, 64, 15, 0.0012905480107292533",
        "llama3, 32, 64, 17, 9.708286233944818e-05",
        "llama3, 32, 64, 31, 9.418306490260875e-08",
        "linear, 4, 64, 0, 0.25",
        "linear, 4, 64, 1, 0.16590031981468201",
        "default, 4, 64, 1, 0.663601279258728"
    })
    void frequencies_are_scaled_as_either_key_says(
            String type, double factor, int dHead, int pair, double expected) throws IOException {
        for (String key : List.of("rope_scaling", "rope_parameters")) {
            for (boolean within : new boolean[] {true, false}) {
                ObjectNode said = scaling(type, factor);
                ObjectNode keys = MAPPER.createObjectNode();
                keys.set(key, said);
                keys.put("rope_theta", 77.0);
                if (!within) {
                    said.remove("rope_theta");
                    keys.put("rope_theta", 500000.0);
                }
                if (key.equals("rope_scaling")) {
                    keys.putObject("rope_parameters").put("rope_type", "default");
                }
                assertEquals(1, read(keys, dHead).frequency(pair) / expected, 3e-6, key);
            }
        }
    }

    @Test
    void what_is_written_is_read_again() throws IOException {
        for (RotaryScaling scaling :
                List.of(
                        RotaryScaling.NONE,
                        new RotaryScaling.Linear(2.5),
                        new RotaryScaling.ByBand(8, 1, 4, 30))) {
            Rotary rotary = new Rotary(4, 100, false, scaling);
            ObjectNode keys = MAPPER.createObjectNode();
            keys.set("rope_scaling", scaling("llama3", 8));
            keys.set("rope_parameters", scaling("linear", 3));
            RotaryKeys.write(rotary, keys);
            assertEquals(scaling != RotaryScaling.NONE, keys.has("rope_scaling"));
            assertEquals(rotary, read(keys, 4));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "rope_type, \"yarn\"",
        "factor, 0.5",
        "factor, \"8\"",
        "factor, null",
        "low_freq_factor, 0",
        "low_freq_factor, 5",
        "high_freq_factor, null",
        "original_max_position_embeddings, 0",
        "original_max_position_embeddings, null"
    })
    void scaling_that_says_nothing_sound_is_refused_by_key(String key, String value)
            throws IOException {
        ObjectNode said = scaling("llama3", 8);
        said.set(key, MAPPER.readTree(value));
        ObjectNode keys = MAPPER.createObjectNode();
        keys.set("rope_scaling", said);
        CheckpointException refused = assertThrows(CheckpointException.class, () -> read(keys, 4));
        String named =
                key.equals("low_freq_factor") && value.equals("5") ? "high_freq_factor" : key;
        assertTrue(
                ("" + refused.getMessage()).contains("rope_scaling." + named + ":"), "" + refused);
    }
}
