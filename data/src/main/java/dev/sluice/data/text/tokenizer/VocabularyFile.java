package dev.sluice.data.text.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.sluice.data.DataException;
import dev.sluice.data.JsonComplaint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** The small JSON files of vocabularies of our own: one object with a {@code format}. */
final class VocabularyFile {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

    private VocabularyFile() {}

    static byte[] bytes(Map<String, ?> content) {
        try {
            return JSON.writeValueAsBytes(content);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts and numbers can be written as JSON", e);
        }
    }

    /**
     * The object in {@code file}.
     *
     * @throws DataException if it is not of this {@code format}
     */
    static JsonNode read(Path file, String format) {
        try {
            JsonNode root = JSON.readTree(HuggingFaceTokenizer.bytes(file));
            String found = root == null ? "nothing" : root.path("format").asText("nothing");
            if (!found.equals(format)) {
                throw new DataException(file, "format", format, found);
            }
            return root;
        } catch (IOException e) {
            throw new DataException(file, "content", "JSON", JsonComplaint.inWords(e));
        }
    }
}
