package dev.sluice.data.text.tokens;

import java.util.Arrays;
import java.util.OptionalInt;

/** Makes the rows of a source in a layout, each by its number. */
final class RowMaker {
    private static final int EVERY = 64;

    private final TokenSource source;
    private final Layout layout;
    private final int[] selected;
    private final int extra;
    private final long[] starts;
    private final long flat;

    /** One row with the document and label of each token. */
    static final class Row {
        final int[] ids;
        final long[] documents;
        final int[] labels;

        private Row(int length) {
            ids = new int[length];
            documents = new long[length];
            labels = new int[length];
        }

        private void fill(int at, int count, long document, int label) {
            Arrays.fill(documents, at, at + count, document);
            Arrays.fill(labels, at, at + count, label);
        }
    }

    /** Rows of the documents {@code selected}, in this order. */
    RowMaker(TokenSource source, int[] selected, Layout layout) {
        this.source = source;
        this.layout = layout;
        this.selected = selected;
        this.extra = source.endOfText().isPresent() ? 1 : 0;
        boolean packed = layout instanceof Layout.Packed;
        this.starts = new long[packed ? selected.length / EVERY + 1 : 0];
        this.flat = packed ? measure() : 0;
    }

    /** Notes where every 64th document begins; the whole length. */
    private long measure() {
        long position = 0;
        for (int i = 0; i < selected.length; i++) {
            if (i % EVERY == 0) {
                starts[i / EVERY] = position;
            }
            position += source.length(selected[i]) + extra;
        }
        if (selected.length % EVERY == 0) {
            starts[selected.length / EVERY] = position;
        }
        return position;
    }

    /** Number of rows. */
    long rows() {
        return layout instanceof Layout.Packed packed
                ? Math.max(0, (flat - 1) / (packed.length() - 1))
                : selected.length;
    }

    Row row(long number) {
        if (layout instanceof Layout.Padded padded) {
            int document = selected[(int) number];
            int[] ids = new int[Math.min(padded.length(), source.length(document))];
            source.copy(document, 0, ids, 0, ids.length);
            return padded(padded, source.endOfText(), ids, document, source.label(document));
        }
        return packed(number * (layout.length() - 1));
    }

    static Row padded(Layout.Padded layout, OptionalInt end, int[] ids, long document, int label) {
        int first = layout.beginning() ? 1 : 0;
        Row row = new Row(Math.min(layout.length(), ids.length + first));
        if (layout.beginning()) {
            row.ids[0] =
                    end.orElseThrow(
                            () ->
                                    new IllegalArgumentException(
                                            "the vocabulary has no end of text to begin with"));
        }
        System.arraycopy(ids, 0, row.ids, first, row.ids.length - first);
        row.fill(0, row.ids.length, document, label);
        return row;
    }

    private Row packed(long position) {
        int found = Arrays.binarySearch(starts, position);
        int index = (found >= 0 ? found : -found - 2) * EVERY;
        long start = starts[index / EVERY];
        while (start + source.length(selected[index]) + extra <= position) {
            start += source.length(selected[index]) + extra;
            index++;
        }
        Row row = new Row(layout.length());
        int from = (int) (position - start);
        for (int done = 0; done < row.ids.length; index++) {
            done += take(row, done, selected[index], from);
            from = 0;
        }
        return row;
    }

    /** Puts as much of a document, and its end, into the row as fits; how much that is. */
    private int take(Row row, int at, int document, int from) {
        int length = source.length(document);
        int room = row.ids.length - at;
        int count = Math.min(room, length - from);
        source.copy(document, from, row.ids, at, count);
        int taken = count;
        if (taken < room && extra == 1) {
            row.ids[at + taken] = source.endOfText().orElseThrow();
            taken++;
        }
        row.fill(at, taken, document, source.label(document));
        return taken;
    }
}
