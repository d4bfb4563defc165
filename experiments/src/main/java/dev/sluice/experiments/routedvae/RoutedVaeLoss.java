package dev.sluice.experiments.routedvae;

import dev.sluice.engine.Tensor;
import dev.sluice.models.VariationalAutoencoder;
import dev.sluice.models.VariationalAutoencoder.Posterior;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The loss of a batch, term by term, already weighted; a term of weight 0 is left out. No term
 * reads a label.
 *
 * <pre>
 * reconstruction    w · mean over images of Σ over pixels of (x̂ − x)²,
 *                   x̂ = decoder(lift(gate(a(μ + σζ)))), lift adding the details, if there are any
 * kl                β · mean over images and units of the divergence of (μ, c)
 * </pre>
 */
final class RoutedVaeLoss {
    static final String KL = "kl";

    /** The names of the terms. */
    static final Set<String> TERMS = Set.of(RoutedVaePlan.RECONSTRUCTION, KL);

    private final VariationalAutoencoder model;
    private final double reconstruction;

    RoutedVaeLoss(VariationalAutoencoder model, double reconstruction) {
        this.model = model;
        this.reconstruction = reconstruction;
    }

    /**
     * What a pass over a batch gives.
     *
     * @param terms weighted, in a fixed order
     * @param posterior mean and spread
     * @param squares mean over images of the sum of squared errors
     * @param divergence mean over images and units
     */
    record Result(
            Map<String, Tensor> terms, Posterior posterior, Tensor squares, Tensor divergence) {}

    /**
     * A pass.
     *
     * @param x images, [n, pixels] in [0, 1]
     * @param noise ζ, standard normal draws, [n, latent]
     * @param klWeight β
     * @param detailShare how far details raise a unit
     */
    Result of(Tensor x, Tensor noise, double klWeight, double detailShare) {
        Posterior posterior = model.encode(x);
        Tensor code = model.gate(model.sample(posterior, noise));
        Tensor image = model.decode(model.lift(code, posterior, detailShare));
        Tensor squares = image.sub(x).square().sum(false, 1).mean();
        Tensor divergence = model.divergence(posterior).mean();
        Map<String, Tensor> terms = new LinkedHashMap<>();
        terms.put(RoutedVaePlan.RECONSTRUCTION, squares.mul(reconstruction));
        if (klWeight != 0) {
            terms.put(KL, divergence.mul(klWeight));
        }
        return new Result(terms, posterior, squares, divergence);
    }
}
