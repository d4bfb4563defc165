package dev.sluice.experiments.text;

import dev.sluice.routing.Batch;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** One document as a batch; rules that look at it end where the thread is interrupted. */
final class TextRow implements Batch.Sequences {
    private final long document;
    private final @Nullable String label;
    private final int[] ids;

    /**
     * @param label of the document; null: it has none
     */
    TextRow(long document, @Nullable String label, int[] ids) {
        this.document = document;
        this.label = label;
        this.ids = ids;
    }

    /** Gives up if the thread that looks at text is interrupted. */
    static void goOn() {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("interrupted while looking at text");
        }
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
    public @Nullable String label(int row, int column) {
        return label;
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
        goOn();
        return ids[column];
    }
}
