package dev.sluice.data.text.tokens;

import java.util.List;
import java.util.OptionalInt;

/**
 * The documents of a corpus as token ids, to be read in any order. Nothing stands between or around
 * the documents. Safe for use by several threads.
 */
public sealed interface TokenSource permits TokenShards, TokenizedTexts {
    /** The name of the corpus. */
    String name();

    /** Whether the text was made up by Sluice. */
    boolean generated();

    /** A checksum of corpus and tokenizer. */
    String fingerprint();

    /** Number of ids that the tokenizer knows. */
    int vocabulary();

    /** The id that ends a document, where the vocabulary has one. */
    OptionalInt endOfText();

    /** Number of documents. */
    long documents();

    /** Number of tokens of all documents. */
    long tokens();

    /** Number of tokens of one document. */
    int length(long document);

    /**
     * Copies {@code count} tokens of a document, beginning with its token {@code from}, into {@code
     * to} from index {@code at} on.
     *
     * @throws IndexOutOfBoundsException if there are no such tokens
     * @throws dev.sluice.data.DataException if the files they lie in were changed
     */
    void copy(long document, int from, int[] to, int at, int count);

    /** The labels that occur. */
    List<String> labels();

    /** The label of a document as an index into {@link #labels}; −1: it has none. */
    int label(long document);

    /** All tokens of a document. */
    default int[] document(long document) {
        int[] tokens = new int[length(document)];
        copy(document, 0, tokens, 0, tokens.length);
        return tokens;
    }

    /** How often each id occurs, by id. */
    default long[] counts() {
        long[] counts = new long[vocabulary()];
        for (long d = 0; d < documents(); d++) {
            for (int id : document(d)) {
                counts[id]++;
            }
        }
        return counts;
    }
}
