package dev.sluice.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.routing.Violation.Kind;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every way we know to build a leak by accident, and whether the verifier names it. */
class SeededFaultTest {
    private static final RoutingRule<Batch.Labelled> TRUTH =
            RoutingRule.label(Map.of("low", List.of(0, 1), "high", List.of(2, 3)));

    private static LabelledVectors batch() {
        return LabelledVectors.random(Rng.of(2), 4, 0, 1, 2, 3, 0, 1, 2, 3);
    }

    private static Route<LabelledVectors> halves(
            Route.Place at, RoutingRule<? super LabelledVectors> rule, String axis) {
        return at.<LabelledVectors>by(rule)
                .mask("low", Mask.range(axis, 0, 3))
                .mask("high", Mask.range(axis, 3, 6));
    }

    private static Route<LabelledVectors> parameter(String name, String axis) {
        return halves(Route.parameter(HookName.of(name)), TRUTH, axis);
    }

    private static Claim<LabelledVectors> lowHalf(String parameters, String axis) {
        return Claim.of(Region.of(parameters, axis, 0, 3), "high");
    }

    private static IsolationReport check(Chain model, RoutePlan<LabelledVectors> plan) {
        plan.check(model).orThrow();
        return new IsolationVerifier<>(model, plan, model::loss, LabelledVectors::perturb)
                .check(batch(), Rng.of(3), 4);
    }

    private static void assertOnly(IsolationReport report, Kind kind, String parameter) {
        Set<String> found =
                report.violations().stream()
                        .map(v -> v.kind() + " " + v.parameter())
                        .collect(Collectors.toSet());
        assertEquals(Set.of(kind + " " + parameter), found, report::toString);
        assertTrue(report.violations().get(0).sentence().contains(parameter));
        assertTrue(report.violations().get(0).change() > 0);
    }

    @Test
    void a_bias_that_no_route_masks_is_named() {
        try (TensorScope scope = TensorScope.open();
                Chain model = new Chain(Rng.of(1), false, 4, 6, 5)) {
            Claim<LabelledVectors> claim = lowHalf("l1.*", "d1");
            assertOnly(
                    check(model, RoutePlan.of(parameter("l1.weight", "d1")).claim(claim)),
                    Kind.UNMASKED,
                    "l1.bias");
            IsolationReport masked =
                    check(model, RoutePlan.of(parameter("l1.*", "d1")).claim(claim));
            assertEquals(List.of(), masked.violations());
        }
    }

    @Test
    void a_norm_gain_that_no_route_masks_is_named() {
        try (TensorScope scope = TensorScope.open();
                Chain model = new Chain(Rng.of(1), true, 4, 6, 5)) {
            RoutePlan<LabelledVectors> plan =
                    RoutePlan.of(parameter("l1.*", "d1"), parameter("norm.bias", "d1"))
                            .claim(lowHalf("l1.*", "d1"))
                            .claim(lowHalf("norm.*", "d1"));
            assertOnly(check(model, plan), Kind.UNMASKED, "norm.weight");
        }
    }

    @Test
    void an_embedding_that_is_read_again_as_output_is_named() {
        try (TensorScope scope = TensorScope.open();
                TiedEmbedding model = new TiedEmbedding(Rng.of(1))) {
            RoutePlan<LabelledVectors> plan =
                    RoutePlan.of(parameter("embed.weight", "d_model"))
                            .claim(lowHalf("embed.weight", "d_model"));
            assertOnly(tied(model, plan, true), Kind.SECOND_USE, "embed.weight");
            assertEquals(List.of(), tied(model, plan, false).violations());
        }
    }

    private static IsolationReport tied(
            TiedEmbedding model, RoutePlan<LabelledVectors> plan, boolean tied) {
        return new IsolationVerifier<>(
                        model, plan, b -> model.loss(b, tied), LabelledVectors::perturb)
                .check(batch(), Rng.of(3), 4);
    }

    @Test
    void masks_along_the_wrong_axis_are_named() {
        try (TensorScope scope = TensorScope.open();
                Chain model = new Chain(Rng.of(1), false, 4, 6, 6)) {
            RoutePlan<LabelledVectors> plan =
                    RoutePlan.of(parameter("l2.weight", "d1")).claim(lowHalf("l2.weight", "d2"));
            IsolationReport report = check(model, plan);
            assertOnly(report, Kind.WRONG_AXIS, "l2.weight");
            assertTrue(report.toString().contains("along d1, the claim is along d2"));
        }
    }

    @Test
    void labels_that_are_off_by_one_are_named() {
        try (TensorScope scope = TensorScope.open();
                Chain model = new Chain(Rng.of(1), false, 4, 6, 5)) {
            RoutingRule<Batch.Labelled> offByOne =
                    RoutingRule.label(Map.of("low", List.of(0, 1, 2), "high", List.of(3)));
            RoutePlan<LabelledVectors> plan =
                    RoutePlan.of(halves(Route.at(HookName.of("h1")), offByOne, "d1"));
            Claim<LabelledVectors> claim = lowHalf("l1.weight", "d1");
            IsolationReport report = check(model, plan.claim(claim.where(TRUTH)));
            assertOnly(report, Kind.WRONG_LABEL, "l1.weight");
            assertTrue(report.toString().contains("2 of 4 data points of high"));
            assertEquals(List.of(), check(model, plan.claim(claim)).violations());
        }
    }

    @Test
    void a_mask_that_is_not_quite_shut_is_named() {
        try (TensorScope scope = TensorScope.open();
                Chain model = new Chain(Rng.of(1), false, 4, 6, 5)) {
            Route<LabelledVectors> ajar =
                    Route.at(HookName.of("h1"))
                            .<LabelledVectors>by(TRUTH)
                            .mask("low", Mask.range("d1", 0, 3))
                            .mask("high", Mask.range("d1", 3, 6).with(1, 2, 1e-6));
            IsolationReport report =
                    check(model, RoutePlan.of(ajar).claim(lowHalf("l1.weight", "d1")));
            assertOnly(report, Kind.OPEN_MASK, "l1.weight");
            assertEquals(List.of(1), report.violations().get(0).units());
        }
    }

    @Test
    void a_weight_that_reads_a_masked_activation_is_named() {
        try (TensorScope scope = TensorScope.open();
                Chain model = new Chain(Rng.of(1), false, 4, 6, 5)) {
            RoutePlan<LabelledVectors> plan =
                    RoutePlan.of(halves(Route.at(HookName.of("h1")), TRUTH, "d1"))
                            .claim(lowHalf("l2.weight", "d1"));
            assertOnly(check(model, plan), Kind.UNMASKED, "l2.weight");
        }
    }

    @Test
    void values_that_overflow_are_named() {
        try (TensorScope scope = TensorScope.open();
                Chain model = new Chain(Rng.of(1), false, 4, 6, 5)) {
            RoutePlan<LabelledVectors> plan =
                    RoutePlan.of(halves(Route.at(HookName.of("h1")), TRUTH, "d1"))
                            .claim(lowHalf("l1.weight", "d1"));
            LossTerms<LabelledVectors> scaled =
                    b -> {
                        Tensor size = b.x().narrow(1, 0, 1).square();
                        return Map.of("out", model.forward(b.x()).mul(size).mean());
                    };
            IsolationReport report =
                    new IsolationVerifier<>(model, plan, scaled, SeededFaultTest::enormous)
                            .check(batch(), Rng.of(3), 1);
            assertOnly(report, Kind.OVERFLOW, "l1.weight");
        }
    }

    private static LabelledVectors enormous(LabelledVectors b, boolean[] points, Rng rng) {
        LabelledVectors other = LabelledVectors.perturb(b, points, rng);
        float[] x = other.x().toFloats();
        int features = x.length / points.length;
        for (int i = 0; i < x.length; i++) {
            x[i] = points[i / features] ? 1e30f : x[i];
        }
        return new LabelledVectors(Tensor.of(x, points.length, features), b.labels());
    }
}
