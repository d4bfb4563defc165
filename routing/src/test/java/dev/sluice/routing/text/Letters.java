package dev.sluice.routing.text;

import dev.sluice.routing.Batch;
import java.nio.file.Path;
import java.util.List;

/** Text of which every character is a token: a few letters, capitals and the space. */
record Letters() implements TextSource {
    static final String ALL = "abcABC '";

    @Override
    public int[] encode(String text) {
        return text.chars().map(ALL::indexOf).toArray();
    }

    @Override
    public int vocabulary() {
        return ALL.length();
    }

    @Override
    public long[] counts(Path corpus, long documents, int truncate) {
        long[] counts = new long[vocabulary()];
        for (int token : encode(String.valueOf(corpus.getFileName()))) {
            counts[token]++;
        }
        return counts;
    }

    /** A batch of texts of one length. */
    static Batch.Sequences batch(List<String> texts) {
        return new Texts(texts);
    }

    private record Texts(List<String> texts) implements Batch.Sequences {
        @Override
        public int size() {
            return texts.size();
        }

        @Override
        public long example(int row) {
            return row;
        }

        @Override
        public int length() {
            return texts.get(0).length();
        }

        @Override
        public boolean real(int row, int column) {
            return true;
        }

        @Override
        public int token(int row, int column) {
            return ALL.indexOf(texts.get(row).charAt(column));
        }
    }
}
