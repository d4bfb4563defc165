package dev.sluice.models.pretrained;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sluice.engine.FileProblem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** The object that a JSON file holds, with checked access to its keys. */
final class JsonFile {
    private static final ObjectMapper MAPPER =
            JsonMapper.builder()
                    .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private final Path path;
    private final JsonNode root;
    private final String within;

    JsonFile(Path path, JsonNode root) {
        this(path, root, "");
    }

    private JsonFile(Path path, JsonNode root, String within) {
        this.path = path;
        this.root = root;
        this.within = within;
    }

    /**
     * Reads a file of at most {@code most} bytes.
     *
     * @throws CheckpointException if it is missing, larger, or holds no JSON object
     */
    static JsonFile read(Path path, int most) {
        if (!Files.isRegularFile(path)) {
            String found = Files.isDirectory(path) ? "a folder" : "no such file";
            throw new CheckpointException(path, "file", "a JSON file", found);
        }
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(most + 1);
            if (bytes.length > most) {
                throw new CheckpointException(path, "file", "at most " + most + " bytes", "more");
            }
            JsonNode root = MAPPER.readTree(bytes);
            if (root == null || !root.isObject()) {
                throw new CheckpointException(path, "file", "a JSON object", kind(root));
            }
            return new JsonFile(path, root);
        } catch (JsonProcessingException e) {
            long line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw new CheckpointException(path, "line " + line, "valid JSON", inWords(e));
        } catch (IOException e) {
            throw FileProblem.of("cannot read " + path, e);
        }
    }

    /** Without what Jackson says in brackets of where the file came from. */
    private static String inWords(JsonProcessingException e) {
        String complaint = Objects.requireNonNullElse(e.getOriginalMessage(), "something else");
        return complaint.replaceFirst("(?s) \\([^()]*\\[Source: .*", "");
    }

    private static String kind(@org.jspecify.annotations.Nullable JsonNode node) {
        return node == null ? "nothing" : node.getNodeType().name();
    }

    Path path() {
        return path;
    }

    JsonNode root() {
        return root;
    }

    /** Whether a key is there with a value other than null. */
    boolean has(String key) {
        return root.hasNonNull(key);
    }

    JsonFile object(String key) {
        JsonNode node = root.path(key);
        if (!node.isObject()) {
            throw wrong(key, "an object", node);
        }
        return new JsonFile(path, node, within + key + ".");
    }

    /** A whole number from 1 to 2^31 − 1. */
    int size(String key) {
        return whole(key, 1);
    }

    int size(String key, int absent) {
        return has(key) ? size(key) : absent;
    }

    int whole(String key, int least) {
        JsonNode node = root.path(key);
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < least) {
            throw wrong(key, "a whole number from " + least + " to 2147483647", node);
        }
        return node.intValue();
    }

    double number(String key, double absent) {
        if (!has(key)) {
            return absent;
        }
        JsonNode node = root.path(key);
        if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
            throw wrong(key, "a number", node);
        }
        return node.doubleValue();
    }

    boolean flag(String key, boolean absent) {
        if (!has(key)) {
            return absent;
        }
        JsonNode node = root.path(key);
        if (!node.isBoolean()) {
            throw wrong(key, "true or false", node);
        }
        return node.booleanValue();
    }

    String text(String key, String absent) {
        if (!has(key)) {
            return absent;
        }
        JsonNode node = root.path(key);
        if (!node.isTextual()) {
            throw wrong(key, "a text", node);
        }
        return node.textValue();
    }

    /** Refuses a key whose value asks for what Sluice does not do. */
    void refuse(String key, boolean asked, String expected) {
        if (asked) {
            throw wrong(key, expected, root.path(key));
        }
    }

    CheckpointException wrong(String key, String expected, JsonNode found) {
        String shown = found.isMissingNode() ? "nothing" : found.toString();
        return new CheckpointException(path, within + key, expected, shown);
    }

    CheckpointException wrong(String key, List<String> expected, String found) {
        return new CheckpointException(
                path, within + key, "one of " + String.join(", ", expected), "'" + found + "'");
    }
}
