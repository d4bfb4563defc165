package dev.sluice.experiments;

import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.routing.Batch;

/**
 * A batch of images with their labels.
 *
 * @param images [n, pixels]
 * @param labels the class of each
 * @param examples the number of each in the training set
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere, filled once a step
public record LabelledImages(Tensor images, int[] labels, int[] examples)
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

    /**
     * The same batch with noise, uniform from {@code low} to {@code high}, in place of the images
     * at {@code points}: what a claim is tried with. In the current scope.
     */
    public LabelledImages withNoise(boolean[] points, double low, double high, Rng rng) {
        Tensor noise = Tensor.uniform(rng, low, high, images.dtype(), images.shape());
        double[] chosen = new double[points.length];
        for (int i = 0; i < points.length; i++) {
            chosen[i] = points[i] ? 1 : 0;
        }
        Tensor replaced = Tensor.of(chosen, points.length, 1).gt(0.5);
        return new LabelledImages(noise.where(replaced, images), labels, examples);
    }
}
