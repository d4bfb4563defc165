package dev.sluice.data.text.corpus;

import com.google.errorprone.annotations.MustBeClosed;

/** A sequence of documents that can be read again and again, too large for memory perhaps. */
public interface Corpus {
    /** What to call it in reports. */
    String name();

    /** Whether Sluice made it up; then every result obtained with it has to say so. */
    boolean generated();

    /** Tells this corpus from others, and does not change when its documents do. */
    String identity();

    /**
     * A checksum of all that decides about the documents. Reads everything.
     *
     * @throws dev.sluice.data.DataException if a file is missing
     */
    String fingerprint();

    /**
     * A sign of change that is cheap to get.
     *
     * @throws dev.sluice.data.DataException if a file is missing
     */
    Stamp stamp();

    /** The amount to read, in a unit of its own (bytes, documents): for progress. */
    long size();

    /**
     * Begins a pass.
     *
     * @throws dev.sluice.data.DataException if a file is missing
     * @throws java.io.UncheckedIOException if the system refuses to read
     */
    @MustBeClosed
    Documents open();

    /**
     * This corpus with documents of at most so many characters: longer ones are divided at line
     * breaks, or else at spaces, and the pieces numbered through. Use it where a file is one long
     * document, parts of which shall be set aside for validation.
     *
     * @throws IllegalArgumentException if pieces are to have no character
     */
    default Corpus divided(int characters) {
        return new DividedCorpus(this, characters);
    }

    /**
     * What the file system says of a corpus.
     *
     * @param value differs where names, sizes or times of change differ
     * @param changed the last change, in milliseconds of the file system's clock; {@link
     *     Long#MIN_VALUE} where equal values suffice
     */
    record Stamp(String value, long changed) {}
}
