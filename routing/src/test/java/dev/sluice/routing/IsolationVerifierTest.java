package dev.sluice.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IsolationVerifierTest {
    private static final Map<String, List<Integer>> CLASSES =
            Map.of("low", List.of(0, 1), "high", List.of(2, 3));

    private static RoutePlan<LabelledVectors> gate() {
        return RoutePlan.of(
                Route.at(HookName.of("h1"))
                        .<LabelledVectors>by(RoutingRule.label(CLASSES))
                        .mask("low", Mask.range("d1", 0, 3))
                        .mask("high", Mask.range("d1", 3, 6)));
    }

    private static IsolationReport check(Chain model, RoutePlan<LabelledVectors> plan) {
        LabelledVectors batch = LabelledVectors.random(Rng.of(2), 4, 0, 1, 2, 3, 0, 1, 2, 3);
        return new IsolationVerifier<>(model, plan, model::loss, LabelledVectors::perturb)
                .check(batch, Rng.of(3), 4);
    }

    @Test
    void a_claim_that_holds_raises_no_alarm_and_leaves_the_model_as_it_was() {
        try (TensorScope scope = TensorScope.open();
                Chain model = new Chain(Rng.of(1), false, 4, 6, 5)) {
            Tensor before = model.weight("l1.weight").copy();
            RoutePlan<LabelledVectors> plan =
                    gate().claim(Claim.of(Region.of("l1.*", "d1", 0, 3), "high"))
                            .claim(Claim.of(Region.of("l1.*", "d1", 3, 6), "low"));
            IsolationReport report = check(model, plan);
            assertEquals(List.of(), report.violations());
            assertEquals(List.of(), report.untried());
            assertEquals(2, report.claims());
            assertTrue(before.sameBits(model.weight("l1.weight")));
            model.parameters().values().forEach(p -> assertEquals(null, p.grad()));
            report.orThrow();
        }
    }

    @Test
    void a_weight_that_reads_a_masked_activation_is_found_to_leak() {
        try (TensorScope scope = TensorScope.open();
                Chain model = new Chain(Rng.of(1), false, 4, 6, 5)) {
            RoutePlan<LabelledVectors> plan =
                    gate().claim(Claim.of(Region.of("l2.weight", "d1", 0, 3), "high"));
            IsolationReport report = check(model, plan);
            assertEquals(1, report.violations().size());
            assertEquals(List.of(0, 1, 2), report.violations().get(0).units());
            assertEquals("l2.weight", report.violations().get(0).parameter());
            assertThrows(IsolationException.class, report::orThrow);
        }
    }
}
