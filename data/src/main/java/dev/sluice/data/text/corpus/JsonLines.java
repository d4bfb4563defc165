package dev.sluice.data.text.corpus;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.data.DataException;
import dev.sluice.data.JsonComplaint;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One document a line: an object with its text and perhaps its label. Blank lines are nothing. */
final class JsonLines implements FileDocuments.Entries {
    private static final int LONGEST = 1 << 28;
    private static final ObjectMapper JSON =
            new ObjectMapper(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxStringLength(LONGEST)
                                                    .build())
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final Path file;
    private final Utf8Source source;
    private final TextFormat format;
    private final StringBuilder text = new StringBuilder();
    private int start;
    private long line;

    JsonLines(Path file, Utf8Source source, TextFormat format) {
        this.file = file;
        this.source = source;
        this.format = format;
    }

    @Override
    public FileDocuments.@Nullable Entry next() {
        for (String read = line(); read != null; read = line()) {
            if (!read.isBlank()) {
                return entry(read);
            }
        }
        return null;
    }

    private @Nullable String line() {
        int from = start;
        while (true) {
            int end = text.indexOf("\n", from);
            if (end >= 0) {
                String found = text.substring(start, end);
                start = end + 1;
                line++;
                return found;
            }
            text.delete(0, start);
            start = 0;
            from = text.length();
            if (from > LONGEST) {
                throw wrong("a line of at most " + LONGEST + " characters", "a longer one");
            }
            if (!source.read(text)) {
                return last();
            }
        }
    }

    private @Nullable String last() {
        if (text.isEmpty()) {
            return null;
        }
        String found = text.toString();
        text.setLength(0);
        line++;
        return found;
    }

    private FileDocuments.Entry entry(String read) {
        JsonNode object;
        try {
            object = JSON.readTree(read);
        } catch (JsonProcessingException e) {
            throw wrong("a JSON object", JsonComplaint.inWords(e));
        }
        JsonNode content = object.path(format.textField());
        if (!content.isTextual()) {
            throw wrong(
                    "a text in the field \"" + format.textField() + "\"",
                    content.isMissingNode() ? found(object) : JsonComplaint.kind(content));
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(content.textValue())) {
            throw wrong(
                    "Unicode in the field \"" + format.textField() + "\"",
                    "half of a pair of surrogates alone");
        }
        JsonNode label = object.path(format.labelField());
        if (label.isContainerNode()) {
            throw wrong("a text or number as \"" + format.labelField() + "\"", "" + label);
        }
        boolean none = label.isMissingNode() || label.isNull();
        return new FileDocuments.Entry(
                content.textValue(), none ? Optional.empty() : Optional.of(label.asText()));
    }

    private static String found(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return object.isObject() ? "the fields " + names : "no object";
    }

    private DataException wrong(String expected, String found) {
        return new DataException(file, "line " + line, expected, found);
    }
}
