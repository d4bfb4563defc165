package dev.sluice.experiments.text;

import dev.sluice.routing.Batch;
import java.util.concurrent.CancellationException;

/** One document as a batch; rules that look at it end where the thread is interrupted. */
final class TextRow implements Batch.Sequences {
    private final long document;
    private final int[] ids;

    TextRow(long document, int[] ids) {
        this.document = document;
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
