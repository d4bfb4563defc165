package dev.sluice.data.text.tokenizer;

import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * Turns text into token ids and back. Ids run from 0 to {@link #vocabulary} − 1. A tokenizer adds
 * nothing of its own (no token at the beginning or end, no padding, no truncation), because rules
 * that name tokens and phrases would then miss them; decoding does no clean-up of spaces. Safe for
 * use by several threads.
 */
public interface Tokenizer extends AutoCloseable {
    /**
     * The ids of {@code text}, whatever its length.
     *
     * @throws IllegalArgumentException if the text is no Unicode (half a surrogate pair) or holds
     *     what this vocabulary cannot express
     * @throws IllegalStateException if the tokenizer is closed
     */
    int[] encode(String text);

    /**
     * The text of {@code ids}; a cut inside a character gives U+FFFD there.
     *
     * @throws IllegalArgumentException if an id is not of the vocabulary
     * @throws IllegalStateException if the tokenizer is closed
     */
    String decode(int... ids);

    /** Number of ids: the width of an embedding that knows them all. */
    int vocabulary();

    /**
     * What token {@code id} adds in the middle of a text, its leading space included; a token that
     * is no whole character shows U+FFFD.
     *
     * @throws IllegalArgumentException if there is no such id
     */
    String text(int id);

    /** The id that ends a document, where the vocabulary has one. It also pads. */
    OptionalInt endOfText();

    /** The id of all that the vocabulary cannot express, where it has one for that. */
    default OptionalInt unknown() {
        return OptionalInt.empty();
    }

    /** Names exactly this mapping of text to ids: equal fingerprints, equal ids. */
    String fingerprint();

    /** The id of {@code text} if it is exactly one token, as token rules demand; else empty. */
    default OptionalInt single(String text) {
        int[] ids = encode(text);
        return ids.length == 1 ? OptionalInt.of(ids[0]) : OptionalInt.empty();
    }

    /**
     * Writes all that {@link TokenizerFolder#open} needs into the existing {@code folder}.
     *
     * @throws java.io.UncheckedIOException if the system refuses
     */
    void save(Path folder);

    /** Frees what the tokenizer holds outside of the Java heap; closing twice does nothing. */
    @Override
    void close();
}
