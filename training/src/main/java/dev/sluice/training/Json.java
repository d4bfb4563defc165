package dev.sluice.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.PrettyPrinter;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.sluice.data.JsonComplaint;
import dev.sluice.engine.FileProblem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/**
 * JSON with the same bytes everywhere: line feeds on every system, numbers in the shortest form
 * that reads back as the same number on every JDK.
 */
final class Json {
    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build();

    private Json() {}

    static JsonMapper mapper() {
        return MAPPER;
    }

    /** Several lines, with a line feed at the end. */
    static byte[] pretty(JsonNode tree) {
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        PrettyPrinter printer = new DefaultPrettyPrinter().withObjectIndenter(indenter);
        try {
            String text = MAPPER.writer(printer).writeValueAsString(tree);
            return (text + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One line, without a line feed. */
    static String line(JsonNode tree) {
        try {
            return MAPPER.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads {@code file} as a {@code type}.
     *
     * @param absent what stands for keys that older files lack
     * @throws RunException if it is missing, not JSON, or lacks what the type asks for
     */
    static <T> T read(Path file, Class<T> type, String expected, Map<String, String> absent) {
        try {
            JsonNode tree = MAPPER.readTree(Files.readAllBytes(file));
            if (tree instanceof ObjectNode object) {
                absent.forEach((key, value) -> object.putIfAbsent(key, TextNode.valueOf(value)));
            }
            return MAPPER.treeToValue(tree, type);
        } catch (NoSuchFileException e) {
            throw new RunException(file, "file", expected, "no such file");
        } catch (JsonProcessingException e) {
            throw new RunException(file, place(e), expected, JsonComplaint.inWords(e));
        } catch (IOException e) {
            throw FileProblem.of("cannot read " + file, e);
        }
    }

    static String place(JsonProcessingException e) {
        var at = e.getLocation();
        return at == null || at.getLineNr() < 1
                ? "file"
                : "line " + at.getLineNr() + ", column " + at.getColumnNr();
    }
}
