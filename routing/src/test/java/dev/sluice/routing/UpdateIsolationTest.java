package dev.sluice.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.Adam;
import dev.sluice.engine.AdamW;
import dev.sluice.engine.Optimizer;
import dev.sluice.engine.ParameterGroup;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Sgd;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.UpdateRule;
import dev.sluice.routing.Violation.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class UpdateIsolationTest {
    private static final Region LOW_HALF = Region.of("l1.*", "d1", 0, 3);
    private static final UpdateStep CAREFUL = (o, leave) -> o.step(leave);
    private static final UpdateStep CARELESS = (o, leave) -> o.step();
    private static final UpdateStep CLIPPED =
            (o, leave) -> {
                o.clipGradients(1e-3, leave);
                o.step(leave);
            };

    private static RoutePlan<LabelledVectors> gate() {
        return RoutePlan.of(
                Route.at(HookName.of("h1"))
                        .<LabelledVectors>by(
                                RoutingRule.label(
                                        Map.of("low", List.of(0, 1), "high", List.of(2, 3))))
                        .mask("low", Mask.range("d1", 0, 3))
                        .mask("high", Mask.range("d1", 3, 6)));
    }

    private static LabelledVectors mixed() {
        return LabelledVectors.random(Rng.of(2), 4, 0, 1, 2, 3);
    }

    private static LabelledVectors high() {
        return LabelledVectors.random(Rng.of(3), 4, 2, 3, 2, 3);
    }

    /** A model and its optimiser, after some steps on mixed batches. */
    private record Training(Chain model, Optimizer optimizer) implements AutoCloseable {
        static Training after(int steps, UpdateRule rule, double decay) {
            Chain model = new Chain(Rng.of(1), false, 4, 6, 5);
            ParameterGroup group =
                    ParameterGroup.of(model.parameters().values()).withWeightDecay(decay);
            Training training = new Training(model, new Optimizer(rule, 0.1, List.of(group)));
            for (int i = 0; i < steps; i++) {
                training.step(mixed());
            }
            return training;
        }

        void step(LabelledVectors batch) {
            try (Router router = Router.open(model, gate(), batch)) {
                model.loss(batch).values().forEach(Tensor::backward);
                router.finish();
            }
            optimizer.step();
            optimizer.clearGradients();
        }

        IsolationReport check(
                RoutePlan<LabelledVectors> plan, LabelledVectors batch, UpdateStep step) {
            return new IsolationVerifier<>(model, plan, model::loss, LabelledVectors::perturb)
                    .checkUpdate(batch, optimizer, step, Rng.of(4));
        }

        Map<String, Tensor> copy() {
            Map<String, Tensor> all = new LinkedHashMap<>();
            model.state().forEach((k, t) -> all.put(k, t.detach().copy()));
            optimizer.state().forEach((k, t) -> all.put(k, t.copy()));
            return all;
        }

        @Override
        public void close() {
            optimizer.close();
            model.close();
        }
    }

    private static void assertOnly(IsolationReport report, Kind kind) {
        assertTrue(!report.violations().isEmpty(), report::toString);
        report.violations().forEach(v -> assertEquals(kind, v.kind(), v::sentence));
        assertTrue(report.violations().stream().anyMatch(v -> v.parameter().equals("l1.weight")));
        report.violations().forEach(v -> assertEquals(List.of(0, 1, 2), v.units()));
    }

    @Test
    void a_region_that_the_optimiser_leaves_keeps_every_byte() {
        try (TensorScope scope = TensorScope.open();
                Training t = Training.after(3, AdamW.standard(), 0.1)) {
            RoutePlan<LabelledVectors> plan = gate().leave(LOW_HALF, "high");
            plan = plan.claim(Claim.of(LOW_HALF, "high"));
            IsolationReport report = t.check(plan, high(), CLIPPED);
            assertEquals(List.of(), report.violations());
            assertEquals(List.of(), report.untried());
            assertEquals(2, report.claims());
        }
    }

    @Test
    void trying_a_step_changes_nothing_that_follows() {
        try (TensorScope scope = TensorScope.open();
                Training tried = Training.after(3, AdamW.standard(), 0.1);
                Training plain = Training.after(3, AdamW.standard(), 0.1)) {
            Map<String, Tensor> before = tried.copy();
            tried.check(gate().leave(LOW_HALF, "high"), high(), CARELESS);
            assertSame(before, tried.copy());
            tried.step(mixed());
            plain.step(mixed());
            assertSame(plain.copy(), tried.copy());
        }
    }

    private static void assertSame(Map<String, Tensor> expected, Map<String, Tensor> found) {
        assertEquals(expected.keySet(), found.keySet());
        expected.forEach((k, t) -> assertTrue(t.sameBits(Objects.requireNonNull(found.get(k))), k));
    }

    @Test
    void momentum_that_goes_on_without_gradient_is_named() {
        try (TensorScope scope = TensorScope.open();
                Training t = Training.after(3, Adam.standard(), 0)) {
            RoutePlan<LabelledVectors> claimed = gate().claim(Claim.of(LOW_HALF, "high"));
            assertOnly(t.check(claimed, high(), CAREFUL), Kind.STALE_MOMENT);
            RoutePlan<LabelledVectors> left = gate().leave(LOW_HALF, "high");
            assertOnly(t.check(left, high(), CARELESS), Kind.STALE_MOMENT);
        }
    }

    @Test
    void decay_without_gradient_is_named() {
        try (TensorScope scope = TensorScope.open();
                Training t = Training.after(0, AdamW.standard(), 0.1);
                Training l2 = Training.after(0, Adam.standard(), 0.1)) {
            RoutePlan<LabelledVectors> plan = gate().claim(Claim.of(LOW_HALF, "high"));
            assertOnly(t.check(plan, high(), CAREFUL), Kind.DECAY);
            assertOnly(l2.check(plan, high(), CAREFUL), Kind.DECAY);
        }
    }

    @Test
    void decay_is_named_beside_momentum() {
        try (TensorScope scope = TensorScope.open();
                Training t = Training.after(3, AdamW.standard(), 0.1)) {
            RoutePlan<LabelledVectors> plan = gate().claim(Claim.of(LOW_HALF, "high"));
            List<Kind> kinds =
                    t.check(plan, high(), CAREFUL).violations().stream()
                            .filter(v -> v.parameter().equals("l1.weight"))
                            .map(Violation::kind)
                            .toList();
            assertEquals(List.of(Kind.STALE_MOMENT, Kind.DECAY), kinds);
        }
    }

    @Test
    void a_step_that_is_counted_but_not_taken_is_named() {
        try (TensorScope scope = TensorScope.open();
                Training t = Training.after(0, Adam.standard(), 0)) {
            RoutePlan<LabelledVectors> plan = gate().leave(LOW_HALF, "high");
            assertOnly(t.check(plan, high(), CARELESS), Kind.STEP_COUNT);
            assertEquals(List.of(), t.check(plan, high(), CAREFUL).violations());
        }
    }

    @Test
    void a_gradient_that_gets_through_is_named() {
        try (TensorScope scope = TensorScope.open();
                Training t = Training.after(0, Sgd.plain(), 0)) {
            RoutePlan<LabelledVectors> plan = gate();
            Region other = Region.of("l1.*", "d1", 0, 3).and(Region.of("l2.weight", "d1", 0, 3));
            IsolationReport report = t.check(plan.claim(Claim.of(other, "high")), high(), CAREFUL);
            assertTrue(
                    report.violations().stream()
                            .anyMatch(
                                    v ->
                                            v.kind() == Kind.GRADIENT
                                                    && v.parameter().equals("l2.weight")),
                    report::toString);
        }
    }

    @Test
    void clipping_by_a_norm_that_holds_the_class_is_named() {
        try (TensorScope scope = TensorScope.open();
                Training t = Training.after(3, Adam.standard(), 0)) {
            RoutePlan<LabelledVectors> plan = gate().claim(Claim.of(LOW_HALF, "high"));
            assertOnly(t.check(plan, mixed(), CLIPPED), Kind.CLIPPING);
            assertEquals(List.of(), t.check(plan, mixed(), CAREFUL).violations());
        }
    }

    @Test
    void what_a_batch_says_nothing_about_is_not_passed_off_as_tried() {
        try (TensorScope scope = TensorScope.open();
                Training t = Training.after(1, Adam.standard(), 0)) {
            RoutePlan<LabelledVectors> plan = gate().leave(LOW_HALF, "high");
            plan = plan.claim(Claim.<LabelledVectors>of(LOW_HALF, "high").through("out"));
            IsolationReport report = t.check(plan, mixed(), CAREFUL);
            assertEquals(2, report.untried().size());
            assertEquals(2, report.claims());
        }
    }
}
