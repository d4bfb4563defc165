package dev.sluice.data.text.corpus;

import com.google.errorprone.annotations.MustBeClosed;
import dev.sluice.data.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * A corpus whose long documents are divided at line breaks, or else at spaces; the pieces are
 * numbered through.
 *
 * @param longest characters of a piece
 */
record DividedCorpus(Corpus whole, int longest) implements Corpus {
    DividedCorpus {
        if (longest < 1) {
            throw new IllegalArgumentException(
                    "pieces of documents: expected at least 1 character, found " + longest);
        }
    }

    @Override
    public String name() {
        return whole.name();
    }

    @Override
    public boolean generated() {
        return whole.generated();
    }

    @Override
    public String identity() {
        return whole.identity() + ", pieces of " + longest;
    }

    @Override
    public String fingerprint() {
        String both = whole.fingerprint() + "\npieces of " + longest;
        return Sha256.of(both.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Stamp stamp() {
        Stamp stamp = whole.stamp();
        return new Stamp(stamp.value() + " pieces of " + longest, stamp.changed());
    }

    @Override
    public long size() {
        return whole.size();
    }

    @Override
    @MustBeClosed
    public Documents open() {
        return new Pass();
    }

    private final class Pass implements Documents {
        private final Documents documents;
        private final Queue<Document> pieces = new ArrayDeque<>();
        private long number;

        @MustBeClosed
        @SuppressWarnings("MustBeClosedChecker") // close() closes it
        Pass() {
            documents = whole.open();
        }

        @Override
        public boolean hasNext() {
            return !pieces.isEmpty() || documents.hasNext();
        }

        @Override
        public Document next() {
            if (pieces.isEmpty()) {
                Document document = documents.next();
                String text = document.text();
                int from = 0;
                do {
                    int to = end(text, from);
                    String piece = text.substring(from, to);
                    pieces.add(new Document(number++, piece, document.label()));
                    from = to;
                } while (from < text.length());
            }
            return pieces.remove();
        }

        /** Where the piece ends that begins at {@code from}; what divides belongs to the next. */
        private int end(String text, int from) {
            if (text.length() - from <= longest) {
                return text.length();
            }
            int most = from + longest;
            int line = text.lastIndexOf('\n', most);
            int space = line > from ? line : text.lastIndexOf(' ', most);
            if (space > from) {
                return space;
            }
            return Character.isLowSurrogate(text.charAt(most)) && most - 1 > from ? most - 1 : most;
        }

        @Override
        public long done() {
            return documents.done();
        }

        @Override
        public void close() {
            documents.close();
        }
    }
}
