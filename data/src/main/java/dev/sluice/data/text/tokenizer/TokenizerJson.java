package dev.sluice.data.text.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.data.DataException;
import dev.sluice.data.JsonComplaint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A {@code tokenizer.json}, checked before native code sees it, since what that code does not
 * expect ends the process. Truncation, padding, post-processing and dropout are taken out: a
 * tokenizer adds and drops nothing.
 *
 * @param json what native code gets
 * @param vocabulary largest id + 1
 * @param ids the ids of the vocabulary and of added tokens by their text in the file
 * @param unknown the id of what the vocabulary cannot express
 */
record TokenizerJson(String json, int vocabulary, Map<String, Integer> ids, OptionalInt unknown) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_ID = 1 << 24;

    /**
     * Reads {@code bytes} of {@code file}.
     *
     * @throws DataException if it is no tokenizer that Sluice reads
     */
    static TokenizerJson parse(Path file, byte[] bytes) {
        try {
            JsonNode root = JSON.readTree(bytes);
            if (!(root instanceof ObjectNode whole) || !root.path("model").isObject()) {
                throw new DataException(
                        file, "top level", "an object with a \"model\"", kind(root));
            }
            Map<String, Integer> ids = ids(file, whole);
            new TokenizerParts(file).check(whole);
            ((ObjectNode) whole.get("model")).remove("dropout");
            whole.putNull("truncation").putNull("padding").putNull("post_processor");
            int largest = ids.values().stream().mapToInt(Integer::intValue).max().orElse(-1);
            return new TokenizerJson(
                    JSON.writeValueAsString(whole),
                    largest + 1,
                    ids,
                    unknown(whole.path("model"), ids));
        } catch (JsonProcessingException e) {
            String place =
                    e.getLocation() == null ? "content" : "line " + e.getLocation().getLineNr();
            throw new DataException(file, place, "JSON", JsonComplaint.inWords(e));
        } catch (IOException e) {
            throw new DataException(file, "content", "JSON", JsonComplaint.inWords(e));
        }
    }

    private static OptionalInt unknown(JsonNode model, Map<String, Integer> ids) {
        Integer id = ids.get(model.path("unk_token").asText());
        JsonNode number = model.path("unk_id");
        return id != null
                ? OptionalInt.of(id)
                : number.isInt() ? OptionalInt.of(number.intValue()) : OptionalInt.empty();
    }

    /** The text of the end-of-text token: as the configuration beside the file says, else usual. */
    static Optional<String> endOfText(Path config, byte[] bytes) {
        try {
            JsonNode token = JSON.readTree(bytes).path("eos_token");
            JsonNode text = token.isObject() ? token.path("content") : token;
            return text.isTextual() ? Optional.of(text.textValue()) : Optional.empty();
        } catch (IOException e) {
            throw new DataException(config, "content", "JSON", JsonComplaint.inWords(e));
        }
    }

    private static Map<String, Integer> ids(Path file, ObjectNode whole) {
        Map<String, Integer> ids = new HashMap<>();
        JsonNode vocabulary = whole.path("model").path("vocab");
        if (vocabulary.isArray()) {
            for (int i = 0; i < vocabulary.size(); i++) {
                ids.put(vocabulary.get(i).path(0).asText(), i);
            }
        } else if (vocabulary.isObject()) {
            vocabulary
                    .fields()
                    .forEachRemaining(e -> ids.put(e.getKey(), id(file, e.getKey(), e.getValue())));
        } else {
            throw new DataException(
                    file, "model.vocab", "an object or a list of tokens", kind(vocabulary));
        }
        for (JsonNode added : whole.path("added_tokens")) {
            String text = added.path("content").asText();
            ids.put(text, id(file, text, added.path("id")));
        }
        if (ids.isEmpty()) {
            throw new DataException(file, "model.vocab", "at least one token", "none");
        }
        return ids;
    }

    private static int id(Path file, String token, JsonNode id) {
        if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0) {
            throw new DataException(
                    file, "id of token \"" + token + "\"", "0 or more", String.valueOf(id));
        }
        if (id.intValue() >= MAX_ID) {
            throw new DataException(
                    file, "id of token \"" + token + "\"", "below " + MAX_ID, "" + id);
        }
        return id.intValue();
    }

    static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case MISSING -> "nothing";
            case NULL -> "null";
            case OBJECT -> "an object";
            case ARRAY -> "a list";
            default -> String.valueOf(node);
        };
    }
}
