package dev.sluice.data;

import com.fasterxml.jackson.core.JsonProcessingException;
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
}
