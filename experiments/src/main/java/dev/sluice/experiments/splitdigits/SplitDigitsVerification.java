package dev.sluice.experiments.splitdigits;

import dev.sluice.engine.GradMode;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.experiments.OtherPixels;
import dev.sluice.experiments.PlanPicture;
import dev.sluice.experiments.Verification;
import dev.sluice.models.SplitAutoencoder;
import dev.sluice.routing.IsolationReport;
import dev.sluice.routing.IsolationVerifier;
import dev.sluice.routing.RoutePlan;
import java.util.Set;

/**
 * Tries the plan's claims during training: other pixels for the images of one group must leave
 * every bit of the other half's gradient as it was.
 */
final class SplitDigitsVerification {
    /** The names of the loss terms. */
    static final Set<String> TERMS =
            Set.of(
                    SplitDigitsPlan.RECONSTRUCTION,
                    "certificate_low",
                    "certificate_high",
                    "l1_low",
                    "l1_high",
                    "correlation");

    private static final int TRIALS = 3;

    private final SplitAutoencoder model;
    private final SplitDigitsLoss loss;
    private final long seed;
    private long checked;
    private long violations;

    SplitDigitsVerification(SplitAutoencoder model, SplitDigitsLoss loss, long seed) {
        this.model = model;
        this.loss = loss;
        this.seed = seed;
    }

    /** Tries every claim of {@code plan} on a batch; draws do not touch the training's. */
    IsolationReport check(
            RoutePlan<DigitBatch> plan,
            DigitBatch batch,
            ImageWeights weights,
            long step,
            int trials) {
        IsolationVerifier<DigitBatch> verifier =
                new IsolationVerifier<>(
                        model,
                        plan,
                        b -> loss.terms(b, weights),
                        SplitDigitsVerification::otherPixels);
        return verifier.check(batch, Rng.of(seed, "verification-" + step), trials);
    }

    /** Counts a try during training. */
    void count(IsolationReport report) {
        checked++;
        violations += report.violations().size();
    }

    /** Tries the claims, and the loss terms that they leave out. */
    Verification explore(RoutePlan<DigitBatch> plan, DigitBatch batch, ImageWeights weights) {
        Set<String> terms;
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.off()) {
            terms = Set.copyOf(loss.terms(batch, weights).keySet());
        }
        return Verification.of(plan, terms, p -> check(p, batch, weights, 0, TRIALS));
    }

    /** Which parameters each group of images touches, and the masks of a few. */
    PlanPicture picture(RoutePlan<DigitBatch> plan, DigitBatch batch, ImageWeights weights) {
        return PlanPicture.of(
                model,
                plan,
                TERMS,
                b -> loss.terms(b, weights),
                SplitDigitsVerification::otherPixels,
                batch);
    }

    /** Replaces the images at {@code points} by noise, in half of the tries far out of range. */
    private static DigitBatch otherPixels(DigitBatch batch, boolean[] points, Rng rng) {
        double scale = rng.nextDouble() < 0.5 ? 1 : 100;
        Tensor x = OtherPixels.at(points, batch.images(), -scale, scale, rng);
        return new DigitBatch(x, batch.labels(), batch.examples());
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
