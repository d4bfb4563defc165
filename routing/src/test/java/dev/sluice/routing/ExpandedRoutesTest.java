package dev.sluice.routing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.DType;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class ExpandedRoutesTest {
    private static final ExpandedRoutes.Rates RATES = new ExpandedRoutes.Rates(1, -0.75, 0.5, 0.25);

    /** All of a batch of two is to be forgotten, or to be retained. */
    private static RoutingRule<Batch> all(int id) {
        List<String> names = List.of("forget", "retain");
        return RoutingRule.named(names, batch -> Assignment.of(names, new int[] {id, id}, 2));
    }

    @Property(tries = 200)
    void a_target_weighs_new_units_and_those_of_the_original_by_the_rates(@ForAll long seed) {
        Rng rng = Rng.of(seed);
        int heads = 1 + rng.nextInt(4);
        int width = 1 + rng.nextInt(4);
        int more = rng.nextInt(3);
        int wider = (more == 0 ? 1 : 0) + rng.nextInt(3);
        Expansion expansion = more == 0 ? Expansion.none() : Expansion.of("head", more);
        expansion = wider == 0 ? expansion : expansion.and("d_head", wider);
        int[] sizes = {heads + more, width + wider};
        try (TensorScope scope = TensorScope.open();
                Heads model = new Heads(sizes[0], sizes[1])) {
            ExpandedRoutes routes = ExpandedRoutes.of(expansion, model, "z").rates(RATES);
            double[] elsewhere = weights(routes, "forget", sizes);
            double[] forget = weights(routes.target("z"), "forget", sizes);
            double[] retain = weights(routes.target("z"), "retain", sizes);
            for (int i = 0; i < elsewhere.length; i++) {
                boolean original = i / sizes[1] < heads && i % sizes[1] < width;
                assertEquals(original ? 1 : 0, elsewhere[i]);
                assertEquals(original ? -0.75 : 1, forget[i]);
                assertEquals(original ? 0.25 : 0.5, retain[i]);
            }
            assertArrayEquals(elsewhere, weights(routes, "retain", sizes));
        }
    }

    /** The weights of a mask at each head and each of its units. */
    private static double[] weights(ExpandedRoutes routes, String name, int... sizes) {
        Route<Batch> route = routes.plan(all(0), "forget", "retain").routes().get(0);
        Mask mask = Objects.requireNonNull(route.masks().get(name));
        boolean ofHeads = mask.axis().startsWith("head");
        boolean ofUnits = mask.axis().endsWith("d_head");
        float[] found = mask.weights((ofHeads ? sizes[0] : 1) * (ofUnits ? sizes[1] : 1));
        double[] all = new double[sizes[0] * sizes[1]];
        for (int i = 0; i < all.length; i++) {
            all[i] = found[ofHeads ? ofUnits ? i : i / sizes[1] : i % sizes[1]];
        }
        return all;
    }

    @Property(tries = 60)
    void each_class_of_data_trains_its_own_units_of_a_target_and_the_original_elsewhere(
            @ForAll long seed) {
        Rng rng = Rng.of(seed);
        int old = 1 + rng.nextInt(3);
        int more = 1 + rng.nextInt(3);
        int forget = rng.nextInt(2);
        Expansion expansion = Expansion.of("d1", more).and("d2", more);
        try (TensorScope scope = TensorScope.open();
                Chain model = new Chain(rng, false, 2, old + more, old + more, 2)) {
            ExpandedRoutes routes = ExpandedRoutes.of(expansion, model, "h*").target("h1");
            Tensor x = Tensor.normal(rng, 1, DType.F32, 2, 2);
            RoutePlan<Batch> plan = routes.plan(all(1 - forget), "forget", "retain");
            plan.check(model).orThrow();
            try (Router router = Router.open(model, plan, Examples.range(0, 2, 2), 0)) {
                model.forward(x).sum().backward();
                router.finish();
            }
            for (int unit = 0; unit < old + more; unit++) {
                boolean isNew = unit >= old;
                assertEquals((forget == 1) == isNew, trained(model, "l1.bias", unit));
                assertEquals(!isNew, trained(model, "l2.bias", unit));
            }
        }
    }

    private static boolean trained(Chain model, String name, int unit) {
        Tensor grad = Objects.requireNonNull(model.weight(name).grad());
        return grad.toFloats()[unit] != 0;
    }

    @Test
    void a_hook_point_has_one_route_also_after_more_became_targets() {
        try (TensorScope scope = TensorScope.open();
                Chain model = new Chain(Rng.of(1), false, 2, 3, 3, 2)) {
            Expansion expansion = Expansion.of("d1", 1).and("d2", 2);
            ExpandedRoutes routes =
                    ExpandedRoutes.of(expansion, model, "h*", "h1").target("h1").target("h2");
            List<Route<Batch>> all = routes.plan(all(0), "forget", "retain").routes();
            assertEquals(List.of("h1", "h2"), all.stream().map(r -> r.at().pattern()).toList());
            for (Route<Batch> route : all) {
                Mask mask = Objects.requireNonNull(route.masks().get("forget"));
                assertEquals(1, mask.weights(3)[2]);
                assertEquals(0, mask.weights(3)[0]);
            }
        }
    }

    @Test
    void its_ablation_puts_new_units_to_zero_and_gives_them_back() {
        try (TensorScope scope = TensorScope.open();
                Chain model = new Chain(Rng.of(1), false, 2, 3, 4, 2)) {
            Tensor x = Tensor.normal(Rng.of(2), 1, DType.F32, 3, 2);
            Tensor before = model.forward(x);
            Expansion expansion = Expansion.of("d1", 1).and("d2", 2);
            ExpandedRoutes routes = ExpandedRoutes.of(expansion, model, "h*");
            Tensor expected;
            try (Ablation first = one(model, "h1", Mask.range("d1", 2, 3));
                    Ablation second = one(model, "h2", Mask.range("d2", 2, 4))) {
                expected = model.forward(x);
            }
            try (Ablation off = routes.ablated(model)) {
                assertTrue(model.forward(x).sameBits(expected));
            }
            assertTrue(model.forward(x).sameBits(before));
            assertEquals(List.of("h1", "h2"), List.copyOf(routes.newUnits().keySet()));
        }
    }

    @com.google.errorprone.annotations.MustBeClosed
    private static Ablation one(Chain model, String hook, Mask mask) {
        return Ablation.units(model, HookName.of(hook), mask).zero();
    }

    @Test
    void nothing_appended_needs_no_route_and_names_that_are_not_there_are_refused() {
        try (TensorScope scope = TensorScope.open();
                Chain model = new Chain(Rng.of(1), false, 2, 3, 2)) {
            ExpandedRoutes none = ExpandedRoutes.of(Expansion.none(), model, "h*").target("h1");
            assertEquals(List.of(), none.plan(all(0), "forget", "retain").routes());
            Expansion one = Expansion.of("d1", 1);
            assertThrows(
                    IllegalArgumentException.class, () -> ExpandedRoutes.of(one, model, "ghost"));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> ExpandedRoutes.of(one, model, "h*").target("h2"));
            assertEquals(Map.of(), ExpandedRoutes.of(one, model, "h2").newUnits());
        }
    }

    @Property(tries = 100)
    void a_mask_along_two_axes_weighs_the_gradient_of_each_pair_of_units(@ForAll long seed) {
        Rng rng = Rng.of(seed);
        int heads = 1 + rng.nextInt(3);
        int width = 1 + rng.nextInt(3);
        double[] weights = new double[heads * width];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = rng.nextInt(5) - 2;
        }
        try (TensorScope scope = TensorScope.open();
                Heads model = new Heads(heads, width)) {
            Tensor x = Tensor.normal(rng, 1, DType.F64, 2, 3, heads, width).requireGrad();
            RoutingRule<Batch> rule =
                    batch -> Assignment.of(List.of("a"), new int[] {0, -1, 0, -1, 0, 0}, 2, 3);
            Route<Batch> route =
                    Route.at(HookName.of("z"))
                            .<Batch>by(RoutingRule.named(List.of("a"), rule))
                            .mask("a", Mask.of("head*d_head", weights));
            try (Router router =
                    Router.open(model, RoutePlan.of(route), Examples.range(0, 2, 2), 0)) {
                model.z(x).sum().backward();
            }
            double[] grad = Objects.requireNonNull(x.grad()).toDoubles();
            for (int p = 0; p < 6; p++) {
                for (int u = 0; u < weights.length; u++) {
                    double expected = p == 1 || p == 3 ? 1 : weights[u];
                    assertEquals(expected, grad[p * weights.length + u]);
                }
            }
        }
    }

    /** A hook point with two axes of units. */
    private static final class Heads extends Layer {
        private final HookPoint z;

        Heads(int heads, int width) {
            parameter("unused", Tensor.ones(DType.F64, heads, width), "head", "d_head");
            z = hook("z", "batch", "pos", "head", "d_head");
        }

        Tensor z(Tensor x) {
            return z.apply(x);
        }
    }
}
