package dev.sluice.experiments.routedvae;

import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.experiments.OtherPixels;
import dev.sluice.experiments.PlanPicture;
import dev.sluice.experiments.Verification;
import dev.sluice.models.VariationalAutoencoder;
import dev.sluice.routing.IsolationReport;
import dev.sluice.routing.IsolationVerifier;
import dev.sluice.routing.RoutePlan;

/**
 * Tries the plan's claims during training: other pixels for the images of one class must leave
 * every bit of the gradient of the other classes' units as it was.
 */
final class RoutedVaeVerification {
    private static final int TRIALS = 3;

    private final VariationalAutoencoder model;
    private final RoutedVaeLoss loss;
    private final long seed;
    private long checked;
    private long violations;

    RoutedVaeVerification(VariationalAutoencoder model, RoutedVaeLoss loss, long seed) {
        this.model = model;
        this.loss = loss;
        this.seed = seed;
    }

    /** Tries every claim on a batch of the training; draws do not touch the training's. */
    void check(RoutePlan<VaeBatch> plan, VaeBatch batch, double klWeight, long step) {
        checked++;
        violations += check(plan, batch, klWeight, step, 1).violations().size();
    }

    private IsolationReport check(
            RoutePlan<VaeBatch> tried, VaeBatch batch, double klWeight, long step, int trials) {
        return new IsolationVerifier<VaeBatch>(
                        model,
                        tried,
                        b -> loss.of(b, klWeight).terms(),
                        RoutedVaeVerification::otherPixels)
                .check(batch, Rng.of(seed, "verification-" + step), trials);
    }

    /** Tries the claims, and the loss terms that they leave out. */
    Verification explore(RoutePlan<VaeBatch> plan, VaeBatch batch) {
        return Verification.of(plan, RoutedVaeLoss.TERMS, p -> check(p, batch, 1, 0, TRIALS));
    }

    /** Which parameters each class of images touches, and the masks of a few. */
    PlanPicture picture(RoutePlan<VaeBatch> plan, VaeBatch batch) {
        return PlanPicture.of(
                model,
                plan,
                RoutedVaeLoss.TERMS,
                b -> loss.of(b, 1).terms(),
                RoutedVaeVerification::otherPixels,
                batch);
    }

    /**
     * Replaces the images at {@code points} by noise, in half of the tries out of range; not so far
     * that the exponential in a spread overflows.
     */
    private static VaeBatch otherPixels(VaeBatch batch, boolean[] points, Rng rng) {
        double scale = rng.nextDouble() < 0.5 ? 1 : 4;
        Tensor x = OtherPixels.at(points, batch.images(), 0, scale, rng);
        return new VaeBatch(x, batch.labels(), batch.examples(), batch.noise());
    }

    long checked() {
        return checked;
    }

    long violations() {
        return violations;
    }

    void restore(long checked, long violations) {
        this.checked = checked;
        this.violations = violations;
    }
}
