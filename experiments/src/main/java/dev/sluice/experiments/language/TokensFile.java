package dev.sluice.experiments.language;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sluice.data.DataException;
import dev.sluice.data.JsonComplaint;
import dev.sluice.engine.FileProblem;
import dev.sluice.models.transformer.Tokens;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads {@code {"input_ids": [[…]], "attention_mask": [[…]]}}, one list for each sequence; without
 * a mask every token is real. Other keys are not looked at.
 */
final class TokensFile {
    private static final int LARGEST = 1 << 28;
    private static final ObjectMapper MAPPER =
            JsonMapper.builder().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION).build();

    private final Path file;

    private TokensFile(Path file) {
        this.file = file;
    }

    /**
     * The sequences of a file.
     *
     * @throws DataException if it is missing, or holds no sequences of one length
     */
    static Tokens read(Path file) {
        return new TokensFile(file).tokens();
    }

    private Tokens tokens() {
        JsonNode root = root();
        int[][] ids = rows(root, "input_ids");
        try {
            return root.hasNonNull("attention_mask")
                    ? Tokens.of(ids, rows(root, "attention_mask"))
                    : Tokens.of(ids);
        } catch (IllegalArgumentException e) {
            throw new DataException(
                    file, "input_ids", "sequences of one length", String.valueOf(e.getMessage()));
        }
    }

    private JsonNode root() {
        if (!Files.isRegularFile(file)) {
            String found = Files.isDirectory(file) ? "a folder" : FileProblem.missing(file);
            throw new DataException(file, "file", "a JSON file of tokens", found);
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw new DataException(file, "file", "at most " + LARGEST + " bytes", "more");
            }
            return MAPPER.readTree(bytes);
        } catch (JsonProcessingException e) {
            long line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw new DataException(file, "line " + line, "valid JSON", JsonComplaint.inWords(e));
        } catch (IOException e) {
            throw FileProblem.of("cannot read " + file, e);
        }
    }

    private int[][] rows(JsonNode root, String key) {
        JsonNode list = root.path(key);
        if (list.isMissingNode()) {
            throw new DataException(file, "top level", "the key \"" + key + "\"", keys(root));
        }
        if (!list.isArray()) {
            String found = JsonComplaint.kind(list);
            throw new DataException(file, key, "a list of lists of numbers", found);
        }
        int[][] rows = new int[list.size()][];
        Arrays.setAll(rows, i -> row(list.get(i), key + "[" + i + "]"));
        return rows;
    }

    private static String keys(JsonNode root) {
        List<String> names = new ArrayList<>();
        root.fieldNames().forEachRemaining(names::add);
        return root.isObject() ? "the keys " + names : JsonComplaint.kind(root);
    }

    private int[] row(JsonNode list, String place) {
        if (!list.isArray()) {
            throw new DataException(file, place, "a list of numbers", JsonComplaint.kind(list));
        }
        int[] row = new int[list.size()];
        for (int i = 0; i < row.length; i++) {
            JsonNode number = list.get(i);
            if (!number.isIntegralNumber() || !number.canConvertToInt()) {
                String found = number.isNumber() ? "" + number : JsonComplaint.kind(number);
                throw new DataException(
                        file, place + "[" + i + "]", "a whole number below 2^31", found);
            }
            row[i] = number.intValue();
        }
        return row;
    }
}
