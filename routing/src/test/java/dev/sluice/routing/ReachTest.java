package dev.sluice.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ReachTest {
    @Test
    void paths_are_found_by_class_term_and_unit_and_undeclared_ones_stand_out() {
        try (TensorScope scope = TensorScope.open();
                Chain model = new Chain(Rng.of(1), false, 4, 6, 5)) {
            RoutePlan<LabelledVectors> plan =
                    RoutePlan.of(
                                    Route.at(HookName.of("h1"))
                                            .<LabelledVectors>by(
                                                    RoutingRule.label(
                                                            Map.of(
                                                                    "low", List.of(0),
                                                                    "high", List.of(1))))
                                            .mask("low", Mask.range("d1", 0, 3))
                                            .mask("high", Mask.range("d1", 3, 6)))
                            .claim(
                                    Claim.<LabelledVectors>of(Region.of("l1.*", "d1", 0, 3), "high")
                                            .through("out"));
            Tensor first = Objects.requireNonNull(model.weight("l1.weight"));
            LossTerms<LabelledVectors> terms =
                    b ->
                            Map.of(
                                    "out", model.forward(b.x()).square().mean(),
                                    "size", b.x().linear(first, null).square().mean());
            LabelledVectors batch = LabelledVectors.random(Rng.of(2), 4, 0, 1, 0, 1);
            Reach reach =
                    new IsolationVerifier<>(model, plan, terms, LabelledVectors::perturb)
                            .explain(batch, Rng.of(3));
            assertEquals(List.of(3, 4, 5), units(reach, "high", "out", "l1.weight"));
            assertEquals(List.of(0, 1, 2), units(reach, "low", "out", "l1.bias"));
            assertEquals(List.of(0, 1, 2, 3, 4, 5), units(reach, "high", "size", "l1.weight"));
            assertEquals(List.of(), units(reach, "high", "size", "l2.weight"));
            List<String> undeclared =
                    reach.undeclared().stream()
                            .map(p -> p.from() + " " + p.term() + " " + p.parameter() + p.closed())
                            .sorted()
                            .toList();
            assertEquals(
                    List.of(
                            "high out l2.weight{d1=[0, 1, 2]}",
                            "high size l1.weight{d1=[0, 1, 2]}",
                            "low out l2.weight{d1=[3, 4, 5]}",
                            "low size l1.weight{d1=[3, 4, 5]}"),
                    undeclared);
            assertTrue(reach.toString().contains("high reaches l2.weight, d1 0-2 through out"));
            model.parameters().values().forEach(p -> assertEquals(null, p.grad()));
        }
    }

    private static List<Integer> units(Reach reach, String from, String term, String parameter) {
        return reach.paths().stream()
                .filter(p -> p.from().equals(from) && p.term().equals(term))
                .filter(p -> p.parameter().equals(parameter))
                .findFirst()
                .map(p -> Objects.requireNonNull(p.units().get("d1")))
                .orElse(List.of());
    }
}
