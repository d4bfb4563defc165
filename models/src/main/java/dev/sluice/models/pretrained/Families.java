package dev.sluice.models.pretrained;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.models.transformer.TransformerConfig;
import java.nio.file.Path;
import java.util.List;

/** The kinds of models that there are checkpoints of. */
final class Families {
    private static final List<Family> ALL =
            List.of(new Gpt2(), new GptNeo(), new Llama(false), new Llama(true), new Companion());

    private Families() {}

    /**
     * The family that a file says it is of. The companion repository's says nothing, and is known
     * by its {@code block_size}.
     */
    static Family of(JsonFile file) {
        String absent = file.has("block_size") ? "nanogpt" : "";
        String type = file.text("model_type", absent);
        List<String> known = ALL.stream().map(Family::modelType).toList();
        if (!known.contains(type)) {
            throw file.wrong("model_type", known, type);
        }
        return ALL.get(known.indexOf(type));
    }

    /**
     * The first family whose file can say all of {@code config}.
     *
     * @throws IllegalArgumentException if there is none
     */
    static Family of(TransformerConfig config) {
        for (Family family : ALL) {
            if (!config.blocks().isEmpty() && says(family, config)) {
                return family;
            }
        }
        throw new IllegalArgumentException(
                "no kind of checkpoint can hold a model of this form: "
                        + String.join(", ", ALL.stream().map(Family::modelType).toList())
                        + " have other sizes, biases or norms; the model is "
                        + config);
    }

    private static boolean says(Family family, TransformerConfig config) {
        ObjectNode keys = JsonNodeFactory.instance.objectNode();
        family.write(config, keys);
        try {
            JsonFile file = new JsonFile(Path.of("config.json"), keys);
            return family.read(file, config.blocks().size()).equals(config);
        } catch (CheckpointException | IllegalArgumentException e) {
            return false;
        }
    }
}
