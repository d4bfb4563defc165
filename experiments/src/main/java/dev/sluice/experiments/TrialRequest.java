package dev.sluice.experiments;

import dev.sluice.data.ImageData;
import dev.sluice.data.ImageSet;
import dev.sluice.data.TrainingData;
import dev.sluice.engine.DType;

/**
 * What a trial is opened with.
 *
 * @param settings preset, variant and user's settings, laid over each other
 * @param bf16 matrix products in bf16, everything else in f32
 */
public record TrialRequest(
        String variant,
        Settings settings,
        long seed,
        TrainingData data,
        DType dtype,
        boolean bf16) {
    /**
     * The data of an experiment on images.
     *
     * @throws UsageException if they are something else
     */
    public ImageData images() {
        if (data instanceof ImageData images) {
            return images;
        }
        throw new UsageException("data: expected images, found " + data.name());
    }

    /** The first {@code images} images to train on; all of them if 0, or if there are fewer. */
    public ImageSet training(int images) {
        ImageSet all = images().train();
        return images == 0 || images >= all.size() ? all : all.first(images);
    }
}
