package dev.sluice.models;

import dev.sluice.engine.Tensor;

/**
 * What the second output c of a variational encoder means: how the standard deviation σ of the code
 * comes from it, and how far the code is from a standard normal one. Use {@link #REFERENCE} to
 * repeat the published routed VAE, the others for the divergence as it is derived.
 */
public enum Parametrisation {
    /**
     * σ = c, which may be negative; divergence μ² + exp(c) − c. As published: not the divergence of
     * that σ, which would need −2 ln|c|.
     */
    REFERENCE,
    /** c = ln σ²; divergence ½(μ² + σ² − 1 − ln σ²). */
    LOG_VARIANCE,
    /** σ = ln(1 + exp(c)); divergence ½(μ² + σ² − 1) − ln σ. */
    SOFTPLUS,
    /** σ = 1 whatever c; divergence ½μ². How much noise a code is trained with is then a choice. */
    FIXED;

    /** σ for each entry of c. */
    public Tensor deviation(Tensor c) {
        return switch (this) {
            case REFERENCE -> c;
            case LOG_VARIANCE -> c.mul(0.5).exp();
            case SOFTPLUS -> softplus(c);
            case FIXED -> c.mul(0).add(1);
        };
    }

    /** The divergence for each entry of μ and c, in nats but for {@link #REFERENCE}. */
    public Tensor divergence(Tensor mean, Tensor c) {
        Tensor square = mean.square();
        return switch (this) {
            case REFERENCE -> square.add(c.exp()).sub(c);
            case LOG_VARIANCE -> square.add(c.exp()).sub(1).sub(c).mul(0.5);
            case SOFTPLUS -> {
                Tensor deviation = softplus(c);
                yield square.add(deviation.square()).sub(1).mul(0.5).sub(deviation.log());
            }
            case FIXED -> square.mul(0.5);
        };
    }

    /** ln(1 + exp(x)), without overflow. */
    static Tensor softplus(Tensor x) {
        return x.relu().add(x.abs().neg().exp().add(1).log());
    }
}
