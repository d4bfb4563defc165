package dev.sluice.routing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.DType;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

/** Rules that do not draw. */
class RulesTest {
    private static final RoutingRule<Batch.Labelled> LOW_HIGH =
            RoutingRule.label(Map.of("low", List.of(0, 1), "high", List.of(2, 3)));

    private static List<String> names(Assignment a) {
        return IntStream.range(0, a.points())
                .mapToObj(p -> a.id(p) < 0 ? "-" : a.routes().get(a.id(p)))
                .toList();
    }

    @Test
    void predicates_route_examples_and_the_rest_takes_none() {
        RoutingRule<Batch.Labelled> rule =
                RoutingRule.predicate(
                        Map.of(
                                "even", (b, i) -> b.example(i) % 2 == 0 && b.label(i) < 4,
                                "five", (b, i) -> b.label(i) == 5));
        assertEquals(
                List.of("even", "-", "even", "-", "-", "five"),
                names(rule.assign(Examples.range(0, 6, 6))));
        assertEquals(Set.of("even", "five"), rule.routes());
    }

    @Test
    void two_predicates_for_one_example_are_an_error_that_names_both() {
        RoutingRule<Batch> rule =
                RoutingRule.predicate(Map.of("a", (b, i) -> i == 2, "b", (b, i) -> i > 1));
        String message =
                assertThrows(RoutingException.class, () -> rule.assign(Examples.range(0, 3, 2)))
                        .getMessage();
        assertEquals("data point 2 of a batch: expected one route at most, found a and b", message);
    }

    @Test
    void route_order_is_the_maps_own_or_alphabetical() {
        assertEquals(List.of("high", "low"), List.copyOf(LOW_HIGH.routes()));
        assertEquals(
                List.of("z", "a"),
                List.copyOf(RoutingRule.named(List.of("z", "a"), LOW_HIGH).routes()));
        assertEquals(
                List.of("a", "b", "c", "d", "e"),
                List.copyOf(RoutingRule.named(Set.of("e", "d", "c", "b", "a"), LOW_HIGH).routes()));
    }

    @Test
    void names_that_mean_something_else_are_refused() {
        for (String name : List.of("*", "", " ")) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> RoutingRule.label(Map.of(name, List.of(1))));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> RoutingRule.named(Set.of(name), LOW_HIGH));
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> RoutingRule.label(Map.of("a", List.of(1), "b", List.of(1))));
    }

    private static RoutingRule<Batch> blended(String first, String second, float... weights) {
        return RoutingRule.named(
                List.of(first, second),
                b -> Assignment.blend(first, second, weights, weights.length));
    }

    @Property
    void a_mixture_is_the_weighted_sum(
            @ForAll @DoubleRange(min = 0, max = 1) double share,
            @ForAll @DoubleRange(min = 0, max = 1) double w) {
        float f = (float) w;
        RoutingRule<Batch.Labelled> high =
                RoutingRule.label(
                        new java.util.TreeMap<>(Map.of("high", List.of(1), "low", List.of(0))));
        RoutingRule<Batch.Labelled> mixture =
                RoutingRule.<Batch.Labelled>mixture(
                        List.of(high, blended("low", "high", f, f, f)), share, 1 - share);
        Assignment a = mixture.assign(Examples.range(0, 3, 3));
        assertEquals(List.of("high", "low"), a.routes());
        assertEquals((1 - share) * (1 - f), a.weight(0) - share, 1e-6, "low counts 1");
        assertEquals((1 - share) * (1 - f), a.weight(1), 1e-6, "high counts 0");
        assertEquals(share + (1 - share) * (1 - f), a.weight(2), 1e-6, "no route counts 1");
        assertEquals(List.of(), mixture.warnings());
    }

    @Test
    void a_point_that_no_rule_of_a_mixture_routes_has_no_route() {
        RoutingRule<Batch.Labelled> mixture =
                RoutingRule.<Batch.Labelled>mixture(List.of(LOW_HIGH, LOW_HIGH), 0.5, 0.5);
        assertEquals(
                List.of("low", "low", "high", "high", "-"),
                names(mixture.assign(Examples.range(0, 5, 5))));
        Route<Batch.Labelled> route =
                Route.at(HookName.of("h"))
                        .<Batch.Labelled>by(mixture)
                        .mask("low", Mask.of("u", 1, 0))
                        .mask("high", Mask.of("u", 0, 3))
                        .mask("*", Mask.of("u", 5, 7));
        try (TensorScope scope = TensorScope.open()) {
            Assignment assignment = mixture.assign(Examples.range(1, 4, 5));
            Tensor masks = new MaskTable(route, 2, 0).of(assignment, DType.F32);
            assertArrayEquals(new float[] {1, 0, 0, 3, 0, 3, 5, 7}, masks.toFloats());
        }
    }

    @Test
    void rules_for_examples_and_for_tokens_mix() {
        RoutingRule<Batch> perExample =
                RoutingRule.named(
                        List.of("a", "b"),
                        x -> Assignment.of(List.of("a", "b"), new int[] {0, 1}, 2));
        RoutingRule<Batch> perToken =
                RoutingRule.named(
                        List.of("a"),
                        x -> Assignment.of(List.of("a"), new int[] {0, -1, 0, -1, -1, 0}, 2, 3));
        Assignment mixed =
                RoutingRule.<Batch>mixture(List.of(perToken, perExample), 0.25, 0.75)
                        .assign(Examples.range(0, 2, 2));
        assertArrayEquals(new long[] {2, 3}, mixed.shape());
        float[] expected = {0, 0.25f, 0, 1, 1, 0.75f};
        for (int p = 0; p < 6; p++) {
            assertEquals(expected[p], mixed.weight(p));
        }
    }

    @Test
    void weights_that_do_not_sum_to_one_are_a_warning_and_blends_stay_in_range() {
        RoutingRule<Batch.Labelled> rule =
                RoutingRule.<Batch.Labelled>mixture(List.of(LOW_HIGH, LOW_HIGH), 0.9, 0.6);
        assertEquals(1, rule.warnings().size());
        assertTrue(rule.warnings().get(0).contains("sum to 1.5, not 1"), rule.warnings()::toString);
        assertEquals(1f, rule.assign(Examples.range(0, 1, 4)).weight(0));
        assertEquals(
                rule.warnings(), RoutingRule.<Batch.Labelled>labelled(rule, 0.5, 1).warnings());
    }

    @Test
    void mixtures_of_other_routes_and_of_other_weights_are_refused() {
        RoutingRule<Batch> xy = blended("x", "y", 0.5f);
        assertThrows(
                IllegalArgumentException.class,
                () -> RoutingRule.<Batch.Labelled>mixture(List.of(LOW_HIGH, xy), 0.5, 0.5));
        assertThrows(
                IllegalArgumentException.class,
                () -> RoutingRule.<Batch>mixture(List.of(xy), 1, 1));
        assertThrows(
                IllegalArgumentException.class, () -> RoutingRule.<Batch>mixture(List.of(xy), -1));
        assertThrows(IllegalArgumentException.class, () -> RoutingRule.<Batch>mixture(List.of()));
        RoutingRule<Batch> one =
                RoutingRule.named(List.of("x"), b -> Assignment.of(List.of("x"), new int[1], 1));
        assertThrows(
                IllegalArgumentException.class, () -> RoutingRule.<Batch>mixture(List.of(one), 1));
    }
}
