package dev.sluice.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.TensorScope;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlanCheckTest {
    private static final RoutingRule<Batch.Labelled> RULE =
            RoutingRule.label(Map.of("low", List.of(0), "high", List.of(1)));
    private static final Mask FIRST = Mask.range("latent", 0, 3);
    private static final Mask SECOND = Mask.range("latent", 3, 6);

    private final TwoLayers model = create();

    private TwoLayers create() {
        try (TensorScope scope = TensorScope.open()) {
            return new TwoLayers();
        }
    }

    @AfterAll
    void close() {
        model.close();
    }

    private static Route<Batch.Labelled> at(String hook) {
        return Route.at(HookName.of(hook)).by(RULE);
    }

    private static Route<Batch.Labelled> parameter(String name) {
        return Route.parameter(HookName.of(name)).by(RULE);
    }

    private static Route<Batch.Labelled> clean() {
        return at("encoder.out").mask("low", FIRST).mask("high", SECOND);
    }

    private List<String> problems(RoutePlan<Batch.Labelled> plan) {
        return plan.check(model, Set.of("mse", "l1")).problems().stream()
                .map(PlanReport.Problem::toString)
                .toList();
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    private List<String> problems(Route<Batch.Labelled>... routes) {
        return problems(RoutePlan.of(routes));
    }

    @Test
    void a_plan_without_fault_has_no_problem() {
        Region half = Region.of("encoder.weight", "latent", 3, 6);
        assertEquals(
                List.of(),
                problems(
                        RoutePlan.of(clean())
                                .leave(half, "low")
                                .claim(Claim.<Batch.Labelled>of(half, "low").through("mse"))));
    }

    @Test
    void every_problem_comes_at_once() {
        Route<Batch.Labelled> bad =
                at("encoder.ou")
                        .mask("lo", Mask.range("latnt", 0, 9))
                        .mask("high", Mask.range("latent", 3, 6));
        RoutePlan<Batch.Labelled> plan =
                RoutePlan.of(bad)
                        .leave(Region.of("encodr.weight"), "medium")
                        .claim(
                                Claim.<Batch.Labelled>of(
                                                Region.of("encoder.weight", "latent", 3, 7), "hi")
                                        .through("mes"));
        assertEquals(
                List.of(
                        "error: routes[0].at: unknown hook point 'encoder.ou'; nearest:"
                                + " encoder.out, decoder.out, nameless",
                        "error: routes[0].masks.lo: the rule never gives it: unknown route 'lo';"
                                + " nearest: low, high",
                        "warning: routes[0].masks: no mask for low and no '*': they run unmasked",
                        "error: routes[0].masks.high: the masks of a route share one axis, found"
                                + " latnt and latent",
                        "error: update[0].leave: unknown parameter 'encodr.weight'; nearest:"
                                + " encoder.weight, decoder.weight, encoder.bias",
                        "error: update[0].on: no rule of the plan gives it: unknown route"
                                + " 'medium'; nearest: high, low",
                        "error: claims[0].region: parameter encoder.weight: axis latent has units"
                                + " 0-5, the region names 3-6",
                        "error: claims[0].nothing_from: no rule of the plan gives it: unknown route"
                                + " 'hi'; nearest: high, low",
                        "error: claims[0].through: unknown loss term 'mes'; nearest: mse, l1"),
                problems(plan));
        String message =
                String.valueOf(
                        assertThrows(RoutingException.class, () -> plan.check(model).orThrow())
                                .getMessage());
        assertTrue(message.lines().count() >= 7, message);
    }

    @Test
    void an_axis_that_is_not_there_or_counts_data_points_is_an_error() {
        assertEquals(
                List.of(
                        "error: routes[0].masks.low: no axis pixel at hook point encoder.out, which"
                                + " has [batch, latent]",
                        "error: routes[0].masks.high: no axis pixel at hook point encoder.out,"
                                + " which has [batch, latent]"),
                problems(
                        at("encoder.out")
                                .mask("low", Mask.all("pixel", 1))
                                .mask("high", Mask.all("pixel", 0))));
        assertEquals(
                List.of(
                        "error: routes[0].masks.*: axis batch counts data points: which of them"
                                + " pass is for the rule"),
                problems(at("encoder.out").mask("*", Mask.all("batch", 1))));
        assertEquals(
                List.of(
                        "error: routes[0].masks.*: no axis latent at hook point decoder.out, which"
                                + " has [batch, pixel]"),
                problems(at("*.out").mask("*", Mask.all("latent", 1))),
                "a glob needs the axis everywhere");
    }

    @Test
    void units_outside_an_axis_and_missing_weights_are_errors() {
        assertEquals(
                List.of(
                        "error: routes[0].masks.low: encoder.out: axis latent has units 0-5, the"
                                + " mask names 3-6"),
                problems(
                        at("encoder.out")
                                .mask("low", Mask.range("latent", 3, 7))
                                .mask("high", FIRST)));
        assertEquals(
                List.of(
                        "error: routes[0].masks.*: encoder.out: axis latent has 6 units, the mask"
                                + " gives 2 weights"),
                problems(at("encoder.out").mask("*", Mask.of("latent", 1, 1))));
    }

    @Test
    void an_axis_of_unsure_size_is_a_warning_where_it_matters() {
        Route<Batch.Labelled> route = at("decoder.out");
        List<String> found = problems(route.mask("*", Mask.range("pixel", 0, 4)));
        assertEquals(1, found.size(), found::toString);
        assertTrue(
                found.get(0)
                        .startsWith("warning: routes[0].masks.*: axis pixel has the sizes [3, 5]"),
                found::toString);
        assertEquals(List.of(), problems(route.mask("*", Mask.range("pixel", 0, 3))));
        assertEquals(1, problems(route.mask("*", Mask.range("pixel", 0, 6))).size());
        assertEquals(
                List.of(),
                problems(at("nameless").mask("*", Mask.range("ghost", 0, 99))),
                "nothing tells the size");
    }

    @Test
    void a_route_without_masks_is_an_error() {
        assertTrue(
                problems(at("encoder.out"))
                        .contains(
                                "error: routes[0].masks: a route needs a mask for at least one"
                                        + " route name"));
    }

    @Test
    void a_parameter_whose_layer_cannot_mask_is_an_error() {
        assertEquals(
                List.of(
                        "error: routes[0].at: scale: the layer cannot mask data points along"
                                + " latent"),
                problems(parameter("scale").mask("*", FIRST)).stream()
                        .filter(p -> p.startsWith("error"))
                        .toList());
    }

    @Test
    void overlapping_and_uncovered_units_are_warnings() {
        assertEquals(
                List.of(
                        "warning: routes[0].masks: units 0, 5 of latent are uncovered: no named"
                                + " route gives them weight",
                        "warning: routes[0].masks: units 2-3 of latent overlap: they get weight"
                                + " from low, high"),
                problems(
                        at("encoder.out")
                                .mask("low", Mask.range("latent", 1, 4))
                                .mask("high", Mask.range("latent", 2, 5))));
    }

    @Test
    void names_without_a_mask_are_a_warning_unless_the_star_has_one() {
        assertEquals(1, problems(at("encoder.out").mask("low", Mask.all("latent", 1))).size());
        assertEquals(
                List.of(),
                problems(
                        at("encoder.out")
                                .mask("low", Mask.all("latent", 1))
                                .mask("*", Mask.all("latent", 1))));
    }

    @Test
    void two_routes_on_one_hook_multiply_with_a_warning_and_on_parameters_without() {
        assertEquals(
                List.of(
                        "warning: routes[1].at: routes[0] masks encoder.out as well: the masks"
                                + " multiply"),
                problems(clean(), clean()));
        Route<Batch.Labelled> weights =
                parameter("encoder.*").mask("low", FIRST).mask("high", SECOND);
        assertEquals(List.of(), problems(weights, weights));
    }

    @Test
    void what_stands_unmasked_beside_masked_parameters_is_a_warning() {
        String open = "encoder.bias stay unmasked: all data points train them";
        Mask columns = Mask.all("in", 0);
        assertEquals(
                List.of("warning: routes[0].at: " + open),
                problems(parameter("encoder.*").mask("*", columns)));
        assertEquals(
                List.of("warning: routes[0].at: " + open),
                problems(parameter("encoder.weight").mask("low", FIRST).mask("high", SECOND)));
        assertEquals(
                List.of(),
                problems(
                        parameter("encoder.weight").mask("*", columns),
                        parameter("encoder.bias").mask("low", FIRST).mask("high", SECOND)));
    }

    @Test
    void a_claim_that_no_mask_can_make_true_is_a_warning() {
        Claim<Batch.Labelled> wrongHalf =
                Claim.of(Region.of("encoder.weight", "latent", 2, 4), "low");
        List<String> found = problems(RoutePlan.of(clean()).claim(wrongHalf));
        assertEquals(1, found.size(), found::toString);
        assertTrue(found.get(0).startsWith("warning: claims[0]: no route gives low weight 0"));
        assertEquals(
                1,
                problems(RoutePlan.of(clean()).claim(Claim.of(Region.of("scale"), "low"))).size());
        Route<Batch.Labelled> shut =
                at("encoder.out")
                        .mask("low", Mask.all("latent", 0))
                        .mask("high", Mask.all("latent", 1));
        assertEquals(
                List.of(),
                problems(RoutePlan.of(shut).claim(Claim.of(Region.of("encoder.*"), "low"))));
    }

    @Test
    void a_claim_that_holds_only_after_easing_in_is_a_warning() {
        Claim<Batch.Labelled> claim = Claim.of(Region.of("encoder.weight", "latent", 3, 6), "low");
        for (MaskWeight weight :
                List.of(new MaskWeight(100, 1, false), new MaskWeight(0, 0.5, false))) {
            List<String> found = problems(RoutePlan.of(clean().weight(weight)).claim(claim));
            assertEquals(1, found.size(), found::toString);
            assertTrue(found.get(0).contains("do not have their full weight"), found::toString);
        }
        assertEquals(
                List.of(),
                problems(RoutePlan.of(clean().weight(new MaskWeight(100, 1, true))).claim(claim)),
                "c·0 is 0 at any c");
    }

    @Test
    void a_claims_own_rule_must_give_its_class() {
        RoutingRule<Batch> truth =
                RoutingRule.named(Set.of("yes"), b -> Assignment.of(List.of("yes"), new int[0], 0));
        List<String> found =
                problems(
                        RoutePlan.of(clean())
                                .claim(
                                        Claim.<Batch.Labelled>of(
                                                        Region.of("encoder.weight", "latent", 3, 6),
                                                        "low")
                                                .where(truth)));
        assertEquals(
                List.of("error: claims[0].nothing_from: unknown route 'low'; nearest: yes"), found);
    }

    @Test
    void what_a_rule_doubts_is_shown() {
        RoutingRule<Batch.Labelled> rule =
                RoutingRule.<Batch.Labelled>mixture(List.of(RULE, RULE), 0.5, 0.4);
        Route<Batch.Labelled> route =
                Route.at(HookName.of("encoder.out"))
                        .<Batch.Labelled>by(rule)
                        .mask("low", FIRST)
                        .mask("high", SECOND);
        assertEquals(
                List.of("warning: routes[0].by: the weights of the mixture sum to 0.9, not 1"),
                problems(route));
    }
}
