package dev.sluice.experiments.text;

import dev.sluice.routing.Batch;

/** One document as a batch. */
final class TextRow implements Batch.Sequences {
    private final long document;
    private final int[] ids;

    TextRow(long document, int[] ids) {
        this.document = document;
        this.ids = ids;
    }

    @Override
    public int size() {
        return 1;
    }

    @Override
    public long example(int row) {
        return document;
    }

    @Override
    public int length() {
        return ids.length;
    }

    @Override
    public boolean real(int row, int column) {
        return true;
    }

    @Override
    public int token(int row, int column) {
        return ids[column];
    }
}
