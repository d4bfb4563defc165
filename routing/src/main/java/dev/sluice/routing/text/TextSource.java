package dev.sluice.routing.text;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;

/** What rules must know to turn what a person wrote into tokens. */
public interface TextSource {
    /** The tokens of a text; nothing is added, cut or padded. */
    int[] encode(String text);

    /** The token of all that the vocabulary cannot express, where it has one. */
    default OptionalInt unknown() {
        return OptionalInt.empty();
    }

    /**
     * The only token of a text.
     *
     * @throws IllegalArgumentException if it is not exactly one that the vocabulary has
     */
    default int single(String text) {
        int[] ids = encode(text);
        if (ids.length != 1) {
            throw new IllegalArgumentException(
                    "'"
                            + text
                            + "': expected exactly one token, found "
                            + ids.length
                            + (ids.length == 0 ? "" : " " + Arrays.toString(ids))
                            + "; a rule for phrases takes any number");
        }
        if (!knows(ids)) {
            throw new IllegalArgumentException(
                    "'" + text + "': expected a token of the vocabulary, found none");
        }
        return ids[0];
    }

    /** Whether tokens say all of the text that they came from. */
    default boolean knows(int[] ids) {
        return unknown().isEmpty()
                || Arrays.stream(ids).noneMatch(id -> id == unknown().getAsInt());
    }

    /** The number of different tokens; each is from 0 to this − 1. */
    int vocabulary();

    /**
     * How often each token occurs at the beginning of a corpus.
     *
     * @param corpus in any form that Sluice reads
     * @param documents at most so many are read
     * @param truncate tokens of a document that count; 0: all
     * @return [vocabulary]
     */
    long[] counts(Path corpus, long documents, int truncate);
}
