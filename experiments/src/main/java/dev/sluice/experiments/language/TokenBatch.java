package dev.sluice.experiments.language;

import dev.sluice.models.transformer.Tokens;
import dev.sluice.routing.Batch;

/**
 * Whole sequences as routing rules see them: row i is example i.
 *
 * @param whole with the last token, which is only predicted
 */
public record TokenBatch(Tokens whole) implements Batch.Sequences {
    @Override
    public int size() {
        return whole.rows();
    }

    @Override
    public long example(int row) {
        return row;
    }

    @Override
    public int length() {
        return whole.length();
    }

    @Override
    public int token(int row, int column) {
        return whole.id(row, column);
    }

    @Override
    public boolean real(int row, int column) {
        return whole.real(row, column);
    }
}
