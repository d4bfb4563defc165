package dev.sluice.routing;

import dev.sluice.engine.Layer;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.Rng;
import dev.sluice.engine.TensorScope;

/**
 * Tries what a plan claims, on any model: replaces the data of one class and looks whether a region
 * that gets nothing from it notices. Use it in tests, before a run, and every n steps of one.
 *
 * <p>It changes no weight and leaves no gradient. Masks that are eased in are tried in full force.
 * A gradient counts as unchanged if it has the same bits, but for the sign of a zero.
 *
 * @param <B> what the rules must know of a batch
 */
public final class IsolationVerifier<B> {
    private final Layer model;
    private final RoutePlan<B> plan;
    private final LossTerms<B> terms;
    private final Perturbation<B> perturbation;

    /** A verifier; it looks at the model's weights as they are at each call. */
    public IsolationVerifier(
            Layer model, RoutePlan<B> plan, LossTerms<B> terms, Perturbation<B> perturbation) {
        this.model = model;
        this.plan = plan;
        this.terms = terms;
        this.perturbation = perturbation;
    }

    /**
     * Gradient isolation: with the plan in force, the gradient of the claimed terms with respect to
     * each claim's region must not depend on the data of the claim's class.
     *
     * <p>Takes one forward and backward pass for each set of claimed terms, and one more for each
     * set with each class and trial.
     *
     * @param trials how many perturbations of each class
     * @throws IllegalStateException if the model is routed or holds gradients, or if the loss terms
     *     give other values when asked again
     * @throws IllegalArgumentException if the perturbation changes the class of a data point, or a
     *     claim does not fit the model
     * @throws RoutingException if a claim names an unknown loss term or class
     */
    public IsolationReport check(B batch, Rng rng, int trials) {
        if (trials < 1) {
            throw new IllegalArgumentException("trials: expected at least 1, found " + trials);
        }
        requireNoGradients();
        try (TensorScope scope = TensorScope.open()) {
            return new ClaimTrials<>(model, plan, terms, perturbation, batch).run(rng, trials);
        } finally {
            model.clearGradients();
        }
    }

    private void requireNoGradients() {
        try (TensorScope scope = TensorScope.open()) {
            for (Parameter p : model.parameters().values()) {
                if (p.grad() != null) {
                    throw new IllegalStateException(
                            "a verifier needs a model without gradients; clear that of "
                                    + p.name());
                }
            }
        }
    }
}
