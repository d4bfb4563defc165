package dev.sluice.experiments.text;

import dev.sluice.data.text.corpus.Document;
import dev.sluice.data.text.corpus.Documents;
import dev.sluice.data.text.corpus.TextCorpus;
import dev.sluice.data.text.corpus.TextFormat;
import dev.sluice.data.text.tokenizer.Tokenizer;
import dev.sluice.routing.text.TextSource;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.OptionalInt;

/** What rules on text need, from a tokenizer and files. */
public final class TokenizerSource implements TextSource {
    private final Tokenizer tokenizer;
    private final TextFormat format;

    /**
     * @param tokenizer of the model that is to be trained
     * @param format of corpora that rules name
     */
    public TokenizerSource(Tokenizer tokenizer, TextFormat format) {
        this.tokenizer = tokenizer;
        this.format = format;
    }

    @Override
    public int[] encode(String text) {
        return tokenizer.encode(text);
    }

    @Override
    public OptionalInt unknown() {
        return tokenizer.unknown();
    }

    @Override
    public int vocabulary() {
        return tokenizer.vocabulary();
    }

    /**
     * {@inheritDoc}
     *
     * @throws dev.sluice.data.DataException if the corpus is missing or damaged
     */
    @Override
    public long[] counts(Path corpus, long documents, int truncate) {
        try (Documents all = TextCorpus.of(corpus, format).open()) {
            return counts(tokenizer, all, documents, truncate);
        }
    }

    /**
     * How often each token occurs in documents; see {@link TextSource#counts}.
     *
     * @throws java.util.concurrent.CancellationException if this thread is interrupted
     */
    public static long[] counts(
            Tokenizer tokenizer, Iterator<Document> all, long documents, int truncate) {
        long[] counts = new long[tokenizer.vocabulary()];
        for (long read = 0; read < documents && all.hasNext(); read++) {
            TextRow.goOn();
            int[] ids = tokenizer.encode(all.next().text());
            int end = truncate == 0 ? ids.length : Math.min(ids.length, truncate);
            for (int i = 0; i < end; i++) {
                counts[ids[i]]++;
            }
        }
        return counts;
    }
}
