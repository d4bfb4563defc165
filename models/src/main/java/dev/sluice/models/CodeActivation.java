package dev.sluice.models;

import dev.sluice.engine.Tensor;

/**
 * What a variational autoencoder applies to its sampled code before the decoder reads it.
 *
 * @param kind the function
 * @param leak for {@link Kind#RELU}: the gradient below zero, where the value is 0 all the same; 0
 *     is the plain ReLU, under which an entry that no image makes positive gets no gradient
 */
public record CodeActivation(Kind kind, double leak) {
    /** The plain ReLU of the published routed VAE. */
    public static final CodeActivation RELU = new CodeActivation(Kind.RELU, 0);

    /** The functions. */
    public enum Kind {
        /** max(x, 0). */
        RELU,
        /** ln(1 + exp(x)). */
        SOFTPLUS,
        /** x. */
        NONE
    }

    /** Applies it to each entry. */
    public Tensor apply(Tensor x) {
        return switch (kind) {
            case RELU -> leak == 0 ? x.relu() : leaky(x);
            case SOFTPLUS -> Parametrisation.softplus(x);
            case NONE -> x;
        };
    }

    private Tensor leaky(Tensor x) {
        Tensor positive = x.relu();
        Tensor below = x.sub(positive);
        return positive.add(below.sub(below.detach()).mul(leak));
    }
}
