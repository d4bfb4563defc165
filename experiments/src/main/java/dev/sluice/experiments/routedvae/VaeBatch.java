package dev.sluice.experiments.routedvae;

import dev.sluice.engine.Tensor;
import dev.sluice.routing.Batch;

/**
 * Images with their labels and the noise that their codes are sampled with.
 *
 * @param images [n, pixels] in [0, 1]
 * @param labels the class of each
 * @param examples the number of each in the training set
 * @param noise standard normal draws, [n, latent]
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere, filled once a step
record VaeBatch(Tensor images, int[] labels, int[] examples, Tensor noise)
        implements Batch.Labelled {
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
