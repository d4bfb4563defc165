package dev.sluice.experiments;

import dev.sluice.data.ImageData;
import dev.sluice.data.ImageSet;
import dev.sluice.engine.DType;

/**
 * What a trial is opened with.
 *
 * @param settings preset, variant and user's settings, laid over each other
 * @param bf16 matrix products in bf16, everything else in f32
 */
public record TrialRequest(
        String variant, Settings settings, long seed, ImageData data, DType dtype, boolean bf16) {
    /** The first {@code images} images to train on; all of them if 0, or if there are fewer. */
    public ImageSet training(int images) {
        ImageSet all = data.train();
        return images == 0 || images >= all.size() ? all : all.first(images);
    }
}
