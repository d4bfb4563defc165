package dev.sluice.routing.text;

import java.nio.file.Path;

/** What rules must know to turn what a person wrote into tokens. */
public interface TextSource {
    /** The tokens of a text; nothing is added, cut or padded. */
    int[] encode(String text);

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
