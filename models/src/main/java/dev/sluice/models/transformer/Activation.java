package dev.sluice.models.transformer;

import dev.sluice.engine.Tensor;

/** The non-linearity of a transformer's feed-forward layers. */
public enum Activation {
    /** x·Φ(x), with the error function. */
    GELU,
    /** The tanh approximation of {@link #GELU}, which GPT-2 uses. */
    GELU_TANH,
    /** max(x, 0). */
    RELU,
    /** x·sigmoid(x), also called swish. */
    SILU;

    Tensor apply(Tensor x) {
        return switch (this) {
            case GELU -> x.gelu(false);
            case GELU_TANH -> x.gelu(true);
            case RELU -> x.relu();
            case SILU -> x.silu();
        };
    }
}
