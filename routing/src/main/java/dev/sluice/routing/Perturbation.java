package dev.sluice.routing;

import dev.sluice.engine.Rng;

/**
 * Other data in place of some points of a batch: what an {@link IsolationVerifier} tries claims
 * with.
 *
 * @param <B> the batch
 */
@FunctionalInterface
public interface Perturbation<B> {
    /**
     * A batch in which the chosen points hold other finite values, and all others the same bits.
     * What rules read (labels, example numbers) stays. Vary what is drawn: small noise, data of
     * other points, very large values.
     *
     * @param points which data points to replace, row by row
     */
    B perturb(B batch, boolean[] points, Rng rng);
}
