package dev.sluice.experiments.splitdigits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.sluice.data.ImageSet;
import dev.sluice.engine.DType;
import dev.sluice.engine.Rng;
import dev.sluice.engine.TensorScope;
import dev.sluice.experiments.LabelledImages;
import dev.sluice.experiments.TinyDigits;
import dev.sluice.models.SplitAutoencoder;
import dev.sluice.routing.Claim;
import dev.sluice.routing.HookName;
import dev.sluice.routing.IsolationReport;
import dev.sluice.routing.IsolationVerifier;
import dev.sluice.routing.Mask;
import dev.sluice.routing.Route;
import dev.sluice.routing.RoutePlan;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The claims of the experiment hold for its plan, and for no plan that is wrong by a little. */
class SabotagedPlanTest {
    private static final int CODE = 6;
    private static final int IMAGES = 20;

    private static final SplitDigitsSettings SETTINGS =
            SplitDigitsSettings.of(
                    TinyDigits.trial("routed", TinyDigits.data(), Map.of()).settings());

    private static IsolationReport verify(Mask low, Mask high) {
        Route<LabelledImages> gate =
                Route.at(HookName.of("encoder.out"))
                        .<LabelledImages>by(SplitDigitsPlan.byDigit())
                        .mask("low", low)
                        .mask("high", high);
        RoutePlan<LabelledImages> plan = RoutePlan.of(gate);
        for (Claim<LabelledImages> claim :
                SplitDigitsPlan.of(SETTINGS, SplitDigitsPlan.byDigit(), true).claims()) {
            plan = plan.claim(claim);
        }
        return verify(plan, weights(new boolean[IMAGES]));
    }

    private static int[] digits() {
        return SplitDigitsEvaluation.labels(TinyDigits.data().train(), 0, IMAGES);
    }

    private static boolean[] inHigh() {
        int[] labels = digits();
        boolean[] inHigh = new boolean[IMAGES];
        IntStream.range(0, IMAGES).forEach(i -> inHigh[i] = labels[i] >= 5);
        return inHigh;
    }

    private static ImageWeights weights(boolean[] joins) {
        return ImageWeights.of(SETTINGS, digits(), inHigh(), joins);
    }

    private static IsolationReport verify(RoutePlan<LabelledImages> plan, ImageWeights weights) {
        ImageSet images = TinyDigits.data().train();
        try (TensorScope scope = TensorScope.open();
                SplitAutoencoder model =
                        new SplitAutoencoder(
                                SETTINGS.sizes(images.height() * images.width()),
                                DType.F32,
                                Rng.of(5))) {
            LabelledImages batch =
                    new LabelledImages(
                            SplitDigitsEvaluation.images(images, 0, IMAGES, DType.F32),
                            digits(),
                            IntStream.range(0, IMAGES).toArray());
            SplitDigitsLoss loss = new SplitDigitsLoss(model, SETTINGS);
            return new IsolationVerifier<>(
                            model, plan, b -> loss.terms(b, weights), SplitDigitsTask::otherPixels)
                    .check(batch, Rng.of(0), 1);
        }
    }

    @Test
    void images_that_join_the_high_loss_break_the_claim_on_the_high_half_alone() {
        boolean[] joins = new boolean[IMAGES];
        IntStream.range(0, IMAGES).forEach(i -> joins[i] = i % 2 == 0);
        ImageWeights weights = weights(joins);
        RoutePlan<LabelledImages> share =
                SplitDigitsPlan.of(
                        SETTINGS, SplitDigitsPlan.byShare(weights.highShare(inHigh())), false);
        assertEquals(1, share.claims().size());
        Claim<LabelledImages> claimed = share.claims().get(0);
        assertEquals("high", claimed.nothingFrom());
        assertEquals(SplitDigitsPlan.half("low", SETTINGS), claimed.region());
        IsolationReport held = verify(share, weights);
        assertEquals(0, held.violations().size(), held::toString);
        assertEquals(0, held.untried().size(), held::toString);

        Claim<LabelledImages> other =
                Claim.<LabelledImages>of(SplitDigitsPlan.half("high", SETTINGS), "low")
                        .through("reconstruction")
                        .where(SplitDigitsPlan.byDigit());
        IsolationReport broken =
                verify(new RoutePlan<>(share.routes(), share.updates(), List.of(other)), weights);
        assertEquals(1, broken.violations().size(), broken::toString);
    }

    @Test
    void the_plan_itself_holds_its_two_claims() {
        IsolationReport report =
                verify(Mask.range("latent", 0, CODE / 2), Mask.range("latent", CODE / 2, CODE));
        assertEquals(2, report.claims());
        assertEquals(0, report.violations().size(), report::toString);
        assertEquals(0, report.untried().size(), report::toString);
    }

    @Test
    void masks_that_changed_places_break_both_claims() {
        IsolationReport report =
                verify(Mask.range("latent", CODE / 2, CODE), Mask.range("latent", 0, CODE / 2));
        assertEquals(2, report.violations().size(), report::toString);
    }

    @Test
    void a_low_mask_one_unit_too_wide_breaks_the_high_claim() {
        IsolationReport report =
                verify(Mask.range("latent", 0, CODE / 2 + 1), Mask.range("latent", CODE / 2, CODE));
        assertEquals(1, report.violations().size(), report::toString);
    }

    @Test
    void a_high_mask_one_unit_too_wide_breaks_the_low_claim() {
        IsolationReport report =
                verify(Mask.range("latent", 0, CODE / 2), Mask.range("latent", CODE / 2 - 1, CODE));
        assertEquals(1, report.violations().size(), report::toString);
    }

    @Test
    void a_trickle_is_a_leak() {
        Mask almost = Mask.range("latent", 0, CODE / 2).with(CODE - 1, CODE, 1e-6);
        IsolationReport report = verify(almost, Mask.range("latent", CODE / 2, CODE));
        assertFalse(report.violations().isEmpty());
    }
}
