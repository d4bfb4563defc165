package dev.sluice.experiments.splitdigits;

import dev.sluice.engine.Tensor;
import dev.sluice.routing.Batch;

/**
 * Images with their labels.
 *
 * @param images [n, pixels] in [−1, 1]
 * @param labels the digit of each
 * @param examples the number of each in the training set
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere, filled once a step
record DigitBatch(Tensor images, int[] labels, int[] examples) implements Batch.Labelled {
    @Override
    public int size() {
        return labels.length;
    }

    @Override
    public long example(int row) {
        return examples[row];
    }

    @Override
    public int label(int row) {
        return labels[row];
    }
}
