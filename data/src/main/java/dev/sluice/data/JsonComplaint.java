package dev.sluice.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;

/** What a JSON reader complains of, as one line for a person. */
public final class JsonComplaint {
    private JsonComplaint() {}

    /** Without what Jackson says in brackets of where the file came from: that is ours to say. */
    public static String inWords(IOException e) {
        String complaint =
                e instanceof JsonProcessingException json
                        ? json.getOriginalMessage()
                        : String.valueOf(e.getMessage());
        return complaint
                .replaceFirst("(?s) \\([^()]*\\[Source: .*", "")
                .strip()
                .lines()
                .findFirst()
                .orElse("something else");
    }

    /** What kind of value there is in place of the one that was expected. */
    public static String kind(JsonNode found) {
        return switch (found.getNodeType()) {
            case ARRAY -> "a list";
            case BOOLEAN -> "true or false";
            case MISSING -> "nothing";
            case NULL -> "null";
            case NUMBER -> "a number";
            case STRING -> "a text";
            default -> "an object";
        };
    }
}
