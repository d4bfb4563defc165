package dev.sluice.models;

import dev.sluice.engine.DType;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Rng;

/** The split autoencoder by name, with the sizes of the paper and a shared decoder. */
public final class PaperSplitAutoencoder implements NamedModel {
    @Override
    public String name() {
        return "split-autoencoder";
    }

    @Override
    public String description() {
        return "autoencoder with a split code and a certificate for each half, 784-2048-512-32 (the paper's sizes)";
    }

    @Override
    public Layer open(DType dtype, Rng rng) {
        return new SplitAutoencoder(
                SplitAutoencoder.Sizes.even(784, 2048, 512, 32, false), dtype, rng);
    }
}
