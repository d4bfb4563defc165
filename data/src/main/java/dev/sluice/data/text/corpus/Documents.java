package dev.sluice.data.text.corpus;

import java.util.Iterator;

/**
 * A pass over the documents of a corpus, in order. {@code hasNext} and {@code next} throw {@link
 * dev.sluice.data.DataException} where the corpus is damaged.
 */
public interface Documents extends Iterator<Document>, AutoCloseable {
    /** How much of {@link Corpus#size} has been read. */
    long done();

    @Override
    void close();
}
