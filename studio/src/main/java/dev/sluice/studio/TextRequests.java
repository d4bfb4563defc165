package dev.sluice.studio;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sluice.data.text.corpus.Document;
import dev.sluice.data.text.corpus.Documents;
import dev.sluice.data.text.corpus.TextCorpus;
import dev.sluice.data.text.corpus.TextFormat;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the page for rules on text sends, and the documents that it means. */
final class TextRequests {
    /** The longest text, in bytes. */
    static final int LONGEST_TEXT = 1 << 20;

    /** The longest body: three texts and what JSON adds to them. */
    static final int LONGEST_BODY = 4 << 20;

    private static final int LONGEST_RULE = 1 << 16;
    private static final int LONGEST_PAGE = 64;

    private TextRequests() {}

    /** A rule to look at. {@code page} names the open page that asks. */
    record Preview(
            @JsonProperty("page") @Nullable String page,
            @JsonProperty("rule") @Nullable String rule,
            @JsonProperty("text") @Nullable Text text,
            @JsonProperty("pair") @Nullable Pair pair) {
        String asking() {
            return TextRequests.page(page);
        }

        String checkedRule() {
            return bounded("rule", given("rule", rule), LONGEST_RULE);
        }

        List<Document> documents() {
            return given("text", text).documents("text");
        }

        Optional<ForgetRetain> compared() {
            return Optional.ofNullable(pair).map(Pair::compared);
        }
    }

    /** Two texts to tell apart. */
    record Suggest(
            @JsonProperty("page") @Nullable String page,
            @JsonProperty("pair") @Nullable Pair pair) {
        String asking() {
            return TextRequests.page(page);
        }

        ForgetRetain compared() {
            return given("pair", pair).compared();
        }
    }

    /** A text: typed by a person, or the name of a generated corpus. */
    record Text(
            @JsonProperty("typed") @Nullable String typed,
            @JsonProperty("corpus") @Nullable String corpus) {
        List<Document> documents(String name) {
            if (corpus == null) {
                return TextRequests.documents(name, given(name + ".typed", typed));
            }
            if (typed != null) {
                throw RequestException.bad(name + ": expected typed or corpus, found both");
            }
            return GeneratedTexts.named(corpus).documents();
        }
    }

    /**
     * A text to forget and one to retain: typed by a person, or a concept of a generated corpus.
     */
    record Pair(
            @JsonProperty("forget") @Nullable String forget,
            @JsonProperty("retain") @Nullable String retain,
            @JsonProperty("corpus") @Nullable String corpus,
            @JsonProperty("concept") @Nullable String concept) {
        ForgetRetain compared() {
            if (corpus != null) {
                return GeneratedTexts.named(corpus).compared(given("pair.concept", concept));
            }
            return new ForgetRetain(
                    TextRequests.documents("forget", given("pair.forget", forget)),
                    TextRequests.documents("retain", given("pair.retain", retain)));
        }
    }

    /** The documents of two texts. */
    record ForgetRetain(List<Document> forget, List<Document> retain) {}

    private static String page(@Nullable String page) {
        String name = given("page", page);
        if (name.isEmpty() || name.length() > LONGEST_PAGE) {
            throw RequestException.bad(
                    "page: expected 1 to " + LONGEST_PAGE + " characters, found " + name.length());
        }
        return name;
    }

    private static <T> T given(String name, @Nullable T value) {
        if (value == null) {
            throw RequestException.bad(name + ": expected a value, found none");
        }
        return value;
    }

    private static String bounded(String name, String text, int longest) {
        utf8(name, text, longest);
        return text;
    }

    /** Documents as the command line reads them from plain text. */
    private static List<Document> documents(String name, String text) {
        List<Document> documents = new ArrayList<>();
        byte[] bytes = utf8(name, text, LONGEST_TEXT);
        try (Documents read =
                TextCorpus.read(new ByteArrayInputStream(bytes), name, TextFormat.standard())) {
            read.forEachRemaining(documents::add);
        }
        return documents;
    }

    private static byte[] utf8(String name, String text, int longest) {
        ByteBuffer bytes;
        try {
            bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
        } catch (CharacterCodingException e) {
            throw RequestException.bad(name + ": expected Unicode, found half a character");
        }
        if (bytes.remaining() > longest) {
            throw RequestException.of(
                    413,
                    name + ": expected at most " + longest + " bytes, found " + bytes.remaining());
        }
        byte[] exact = new byte[bytes.remaining()];
        bytes.get(exact);
        return exact;
    }
}
