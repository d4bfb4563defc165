package dev.sluice.studio;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;

/** Bodies in and out. */
final class Json {
    /**
     * The longest body that is read where none is long; the largest is a drawing of 784 numbers.
     */
    static final int LONGEST_BODY = 1 << 20;

    private static final ObjectMapper MAPPER =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private Json() {}

    /** Answers with a value as JSON. */
    static void answer(Context ctx, Object value) {
        ctx.contentType("application/json; charset=utf-8");
        ctx.result(bytes(value));
    }

    /** A value as JSON. */
    static byte[] bytes(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a value has no JSON: " + value.getClass(), e);
        }
    }

    /**
     * The body of a request.
     *
     * @throws RequestException if it is too long, not declared as JSON, or not JSON of this type
     */
    static <T> T body(Context ctx, Class<T> type) throws IOException {
        return body(ctx, type, LONGEST_BODY);
    }

    /** The same of a body of at most so many bytes. */
    static <T> T body(Context ctx, Class<T> type, int longest) throws IOException {
        String declared = ctx.contentType();
        if (declared == null || !declared.startsWith("application/json")) {
            throw RequestException.of(415, "expected a body of type application/json");
        }
        byte[] bytes;
        try (InputStream in = ctx.bodyInputStream()) {
            bytes = in.readNBytes(longest + 1);
        }
        if (bytes.length > longest) {
            throw RequestException.of(413, "expected a body of at most " + longest + " bytes");
        }
        T value = MAPPER.readValue(bytes, type);
        if (value == null) {
            throw RequestException.bad("expected a JSON object, found null");
        }
        return value;
    }

    /** A line of JSON. */
    static JsonNode tree(String text) throws JsonProcessingException {
        return MAPPER.readTree(text);
    }
}
