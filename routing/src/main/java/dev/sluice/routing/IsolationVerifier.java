package dev.sluice.routing;

import dev.sluice.engine.Layer;
import dev.sluice.engine.Optimizer;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.Rng;
import dev.sluice.engine.TensorScope;
import java.util.List;

/**
 * Tries what a plan claims, on any model: replaces the data of one class and looks whether a region
 * that gets nothing from it notices. Use it in tests, before a run, and every n steps of one.
 *
 * <p>It changes no weight and leaves no gradient. Masks that are eased in are tried in full force.
 * A gradient counts as unchanged if it has the same bits, but for the sign of a zero. What a class
 * contributes whatever its data are (such as the gradient of a bias behind an activation that a
 * forward mask set to zero) does not depend on the data, so it is not seen.
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

    /**
     * Update isolation: takes a training step and takes it back. Where {@code batch} is all of the
     * class of a leave rule, or of a claim for all loss terms, the region must keep every byte of
     * weights, moments and step counts. Where it is mixed, the region of such a claim must come out
     * the same whatever the data of the class. A step whose gradients are not finite tries nothing,
     * and the report says so.
     *
     * @param optimizer of the model; its state is then as it was. Give it some steps first:
     *     momentum that is not there yet cannot be found stale
     * @throws IllegalStateException if the model is routed or holds gradients
     */
    public IsolationReport checkUpdate(B batch, Optimizer optimizer, UpdateStep step, Rng rng) {
        return checkAccumulatedUpdate(List.of(batch), optimizer, step, rng);
    }

    /**
     * The same for a step on the gradients of several batches, each under a router of its own: it
     * counts as all of a class if each of them is, and leaves what they all leave. The loss is the
     * sum of the batches' terms; where a training averages, let the terms hold the factor.
     *
     * @param batches in the order in which their gradients are added
     * @throws IllegalArgumentException if there is none
     * @throws IllegalStateException if the model is routed or holds gradients
     */
    public IsolationReport checkAccumulatedUpdate(
            List<B> batches, Optimizer optimizer, UpdateStep step, Rng rng) {
        if (batches.isEmpty()) {
            throw new IllegalArgumentException("a step to check needs a batch");
        }
        requireNoGradients();
        try (TensorScope scope = TensorScope.open()) {
            GradientPass<B> pass = new GradientPass<>(model, plan, terms);
            UpdateRun<B> runs = new UpdateRun<>(model, plan, pass, optimizer, step);
            return new UpdateTrials<>(model, plan, perturbation, batches, runs).run(rng);
        }
    }

    /**
     * Which parameters each class of data reaches through each term of the loss, claimed or not:
     * what a picture of the isolation is drawn from. Takes three passes for each term and class.
     *
     * @throws IllegalStateException if the model is routed or holds gradients
     * @throws IllegalArgumentException if the perturbation changes the class of a data point
     */
    public Reach explain(B batch, Rng rng) {
        requireNoGradients();
        try (TensorScope scope = TensorScope.open()) {
            GradientPass<B> pass = new GradientPass<>(model, plan, terms);
            return new ReachTrials<>(model, plan, perturbation, batch, pass).run(rng);
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
