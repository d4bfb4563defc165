package dev.sluice.data.text.tokens;

import dev.sluice.data.text.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * Some rows of token ids, all of one length. All arrays have the axes [row][place]; ids include the
 * last target, so that a model runs on all places but the last and predicts all but the first.
 */
public final class TokenBatch {
    private final int[][] ids;
    private final int[][] attentionMask;
    private final long[][] documents;
    private final int[][] labels;

    /** Rows of padding, for {@link #padded} to fill. */
    private TokenBatch(int rows, int width, int padding) {
        ids = new int[rows][width];
        attentionMask = new int[rows][width];
        documents = new long[rows][width];
        labels = new int[rows][width];
        for (int r = 0; r < rows; r++) {
            Arrays.fill(ids[r], padding);
            Arrays.fill(documents[r], -1);
            Arrays.fill(labels[r], LabelTable.NONE);
        }
    }

    /**
     * Tokenizes {@code texts} into one batch without labels; a text's document number is its place
     * in the list.
     *
     * @throws IllegalArgumentException if {@code layout} wants a beginning and the vocabulary has
     *     no end of text
     */
    public static TokenBatch of(Tokenizer tokenizer, List<String> texts, Layout.Padded layout) {
        List<RowMaker.Row> rows = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            int[] ids = tokenizer.encode(texts.get(i));
            rows.add(RowMaker.padded(layout, tokenizer.endOfText(), ids, i, LabelTable.NONE));
        }
        return padded(rows, layout.side(), tokenizer.endOfText());
    }

    static TokenBatch padded(List<RowMaker.Row> rows, PaddingSide side, OptionalInt end) {
        int width = rows.stream().mapToInt(row -> row.ids.length).max().orElse(0);
        TokenBatch batch = new TokenBatch(rows.size(), width, end.orElse(0));
        for (int r = 0; r < rows.size(); r++) {
            RowMaker.Row row = rows.get(r);
            int n = row.ids.length;
            int at = side == PaddingSide.LEFT ? width - n : 0;
            System.arraycopy(row.ids, 0, batch.ids[r], at, n);
            System.arraycopy(row.documents, 0, batch.documents[r], at, n);
            System.arraycopy(row.labels, 0, batch.labels[r], at, n);
            Arrays.fill(batch.attentionMask[r], at, at + n, 1);
        }
        return batch;
    }

    /** Token ids; not a copy. */
    public int[][] ids() {
        return ids;
    }

    /** 1 for a token, 0 for padding; not a copy. */
    public int[][] attentionMask() {
        return attentionMask;
    }

    /** The number of the document that a token belongs to; −1 for padding; not a copy. */
    public long[][] documents() {
        return documents;
    }

    /** The label of that document as an index into {@link TokenSource#labels}; −1: none. */
    public int[][] labels() {
        return labels;
    }

    /** Number of rows. */
    public int rows() {
        return ids.length;
    }
}
