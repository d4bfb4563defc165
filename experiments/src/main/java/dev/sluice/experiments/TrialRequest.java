package dev.sluice.experiments;

import dev.sluice.data.ImageData;
import dev.sluice.engine.DType;

/**
 * What a trial is opened with.
 *
 * @param settings preset, variant and user's settings, laid over each other
 * @param bf16 matrix products in bf16, everything else in f32
 */
public record TrialRequest(
        String variant, Settings settings, long seed, ImageData data, DType dtype, boolean bf16) {}
