package dev.sluice.data.text.generated;

import dev.sluice.data.Sha256;
import dev.sluice.data.text.corpus.Corpus;
import dev.sluice.data.text.corpus.Document;
import dev.sluice.data.text.corpus.Documents;
import java.nio.charset.StandardCharsets;
import java.util.NoSuchElementException;
import java.util.function.LongFunction;

/**
 * Documents made one by one, each from its number alone.
 *
 * @param recipe names generator, version and seed
 */
record GeneratedCorpus(String name, String recipe, long size, LongFunction<Document> document)
        implements Corpus {
    GeneratedCorpus {
        if (size < 1) {
            throw new IllegalArgumentException("expected at least one document, found " + size);
        }
    }

    @Override
    public boolean generated() {
        return true;
    }

    @Override
    public String identity() {
        return recipe + ", " + size + " documents";
    }

    @Override
    public String fingerprint() {
        return Sha256.of(identity().getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Stamp stamp() {
        return new Stamp(fingerprint(), Long.MIN_VALUE);
    }

    @Override
    public Documents open() {
        return new Pass();
    }

    private final class Pass implements Documents {
        private long next;

        @Override
        public boolean hasNext() {
            return next < size;
        }

        @Override
        public Document next() {
            if (!hasNext()) {
                throw new NoSuchElementException("no document is left");
            }
            return document.apply(next++);
        }

        @Override
        public long done() {
            return next;
        }

        @Override
        public void close() {
            next = size;
        }
    }
}
