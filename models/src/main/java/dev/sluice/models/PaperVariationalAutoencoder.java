package dev.sluice.models;

import dev.sluice.engine.DType;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Rng;

/** The variational autoencoder by name, with the sizes and the form of the published one. */
public final class PaperVariationalAutoencoder implements NamedModel {
    @Override
    public String name() {
        return "variational-autoencoder";
    }

    @Override
    public String description() {
        return "VAE with a unit of its code for each of ten classes, 784-2048-512-10 (the paper's sizes)";
    }

    @Override
    public Layer open(DType dtype, Rng rng) {
        return new VariationalAutoencoder(
                new VariationalAutoencoder.Sizes(784, 2048, 512, 10, 10, 1),
                Parametrisation.REFERENCE,
                CodeActivation.RELU,
                dtype,
                rng);
    }
}
