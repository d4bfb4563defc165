package dev.sluice.routing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.DType;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class ExpansionTest {
    /** A chain whose inner axes grow, and the expansion that says so. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Growth(int[] before, int[] after, Expansion expansion) {
        static Growth drawn(Rng rng) {
            int[] before = new int[3 + rng.nextInt(2)];
            int[] after = new int[before.length];
            Expansion expansion = null;
            for (int axis = 0; axis < before.length; axis++) {
                before[axis] = 1 + rng.nextInt(6);
                boolean inner = axis > 0 && axis < before.length - 1;
                int more = inner ? (axis == 1 ? 1 : 0) + rng.nextInt(4) : 0;
                after[axis] = before[axis] + more;
                if (more > 0) {
                    expansion =
                            expansion == null
                                    ? Expansion.of("d" + axis, more)
                                    : expansion.and("d" + axis, more);
                }
            }
            return new Growth(before, after, Objects.requireNonNull(expansion));
        }
    }

    private static Tensor of(Map<String, Tensor> state, String name) {
        return Objects.requireNonNull(state.get(name), name);
    }

    @Property(tries = 200)
    void a_wider_model_with_zeros_computes_the_same_and_with_fresh_weights_when_ablated(
            @ForAll long seed) {
        Rng rng = Rng.of(seed);
        Growth growth = Growth.drawn(rng);
        try (TensorScope scope = TensorScope.open();
                Chain model = new Chain(rng, false, growth.before());
                Chain wider = new Chain(rng, false, growth.after())) {
            Tensor x = Tensor.normal(rng, 1, DType.F64, 3, growth.before()[0]).to(DType.F32);
            float[] expected = model.forward(x).toFloats();
            Map<String, Tensor> fresh = growth.expansion().fresh("**", 0.5).state(model, wider);
            wider.load(growth.expansion().state(model, wider));
            assertArrayEquals(expected, wider.forward(x).toFloats(), 1e-5f);
            wider.load(fresh);
            assertArrayEquals(expected, ablated(wider, growth, 1, x), 1e-5f);
        }
    }

    private static float[] ablated(Chain model, Growth growth, int axis, Tensor x) {
        if (axis == growth.before().length - 1) {
            return model.forward(x).toFloats();
        }
        int from = growth.before()[axis];
        int to = growth.after()[axis];
        if (from == to) {
            return ablated(model, growth, axis + 1, x);
        }
        Mask isNew = Mask.range("d" + axis, from, to);
        try (Ablation off = Ablation.units(model, HookName.of("h" + axis), isNew).zero()) {
            return ablated(model, growth, axis + 1, x);
        }
    }

    @Property(tries = 200)
    void the_way_back_has_the_bytes_of_the_model(@ForAll long seed) {
        Rng rng = Rng.of(seed);
        Growth growth = Growth.drawn(rng);
        try (TensorScope scope = TensorScope.open();
                Chain model = new Chain(rng, true, growth.before());
                Chain wider = new Chain(rng, true, growth.after())) {
            Expansion expansion = growth.expansion().fresh("**", -2);
            wider.load(expansion.state(model, wider));
            Map<String, Tensor> back = expansion.contraction(wider).state(wider);
            assertEquals(model.parameters().keySet(), back.keySet());
            model.parameters()
                    .forEach((name, p) -> assertTrue(of(back, name).sameBits(p.value()), name));
        }
    }

    @Test
    void new_entries_are_the_fresh_models_times_the_coefficient_of_the_last_rule() {
        try (TensorScope scope = TensorScope.open();
                Chain model = new Chain(Rng.of(1), true, 2, 3, 2);
                Chain wider = new Chain(Rng.of(2), true, 2, 5, 2)) {
            Expansion expansion = Expansion.of("d1", 2).fresh("**", 1).fresh("l2.*", 3);
            Map<String, Tensor> state = expansion.state(model, wider);
            state.forEach(
                    (name, value) -> {
                        Tensor before = value(model, name);
                        Tensor after = value(wider, name);
                        if (Arrays.equals(before.shape(), after.shape())) {
                            assertTrue(value.sameBits(before), name);
                            return;
                        }
                        int grown = before.size(0) == after.size(0) ? 1 : 0;
                        double factor = name.startsWith("l2.") ? 3 : 1;
                        assertTrue(
                                value.narrow(grown, 3, 2)
                                        .sameBits(after.narrow(grown, 3, 2).mul(factor)),
                                name);
                        assertTrue(value.narrow(grown, 0, 3).sameBits(before), name);
                    });
        }
    }

    private static Tensor value(Chain model, String name) {
        return Objects.requireNonNull(model.parameters().get(name), name).value();
    }

    @Test
    void more_of_the_new_part_starts_later_where_it_was_zero_and_named() {
        try (TensorScope scope = TensorScope.open();
                Chain model = new Chain(Rng.of(1), true, 2, 3, 3, 2);
                Chain wider = new Chain(Rng.of(2), true, 2, 5, 5, 2);
                Chain other = new Chain(Rng.of(3), true, 2, 5, 5, 2)) {
            Expansion both = Expansion.of("d1", 2).and("d2", 2);
            wider.load(both.fresh("l1.*", 1).state(model, wider));
            Map<String, Tensor> later = both.fresh("l*.weight", 2).extended(wider, other);
            later.forEach(
                    (name, value) -> {
                        Tensor before = value(wider, name);
                        Tensor start =
                                before.abs()
                                        .gt(1e-8)
                                        .logicalNot()
                                        .to(DType.F32)
                                        .mul(name.matches("l.*weight") ? 1 : 0);
                        Tensor expected = value(other, name).mul(2).where(start.gt(0.5), before);
                        assertTrue(value.sameBits(expected), name);
                    });
        }
    }

    @Test
    void what_does_not_fit_is_refused_with_every_parameter_that_does_not() {
        try (TensorScope scope = TensorScope.open();
                Chain model = new Chain(Rng.of(1), true, 2, 3, 2);
                Chain wider = new Chain(Rng.of(2), true, 2, 6, 2)) {
            String message =
                    String.valueOf(
                            assertThrows(
                                            IllegalArgumentException.class,
                                            () -> Expansion.of("d1", 2).state(model, wider))
                                    .getMessage());
            assertTrue(message.contains("l1.weight") && message.contains("l2.weight"), message);
            assertThrows(
                    IllegalArgumentException.class,
                    () -> Expansion.of("ghost", 1).state(model, model));
            assertThrows(IllegalArgumentException.class, () -> Expansion.of("d1", 0));
            assertThrows(
                    IllegalArgumentException.class, () -> Expansion.of("d1", 3).contraction(model));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> Expansion.none().and("d1", 1, "l9.*").state(model, model));
        }
    }

    @Test
    void weights_are_copies() {
        try (TensorScope scope = TensorScope.open();
                Chain model = new Chain(Rng.of(1), true, 2, 3, 2);
                Chain wider = new Chain(Rng.of(2), true, 2, 5, 2)) {
            Map<String, Tensor> state = Expansion.of("d1", 2).state(model, wider);
            Map<String, Tensor> before = new LinkedHashMap<>();
            state.forEach((name, value) -> before.put(name, value.copy()));
            model.state().values().forEach(Tensor::zeroInPlace);
            wider.state().values().forEach(Tensor::zeroInPlace);
            state.forEach((name, value) -> assertTrue(value.sameBits(of(before, name)), name));
        }
    }

    /** Two chains whose layers share the names of their axes. */
    private static final class Pair extends Layer {
        Pair(Rng rng, int[] first, int[] second) {
            child("a", new Chain(rng, true, first));
            child("b", new Chain(rng, true, second));
        }
    }

    @Property(tries = 100)
    void layers_grow_by_themselves_and_the_way_back_takes_plans_along(@ForAll long seed) {
        Rng rng = Rng.of(seed);
        int[] sizes = {2, 1 + rng.nextInt(4), 1 + rng.nextInt(4), 2};
        int everywhere = 1 + rng.nextInt(3);
        int inA = 1 + rng.nextInt(3);
        int[] a = {2, sizes[1] + everywhere + inA, sizes[2], 2};
        int[] b = {2, sizes[1] + everywhere, sizes[2], 2};
        Expansion expansion = Expansion.of("d1", everywhere).and("d1", inA, "a.**").fresh("**", 1);
        assertEquals(a[1], expansion.size("a.l1.weight", "d1", sizes[1]));
        assertEquals(b[1], expansion.size("b.l1.weight", "d1", sizes[1]));
        try (TensorScope scope = TensorScope.open();
                Pair model = new Pair(rng, sizes, sizes);
                Pair wider = new Pair(rng, a, b)) {
            wider.load(expansion.state(model, wider));
            Contraction back = expansion.contraction(wider);
            back.state(wider)
                    .forEach(
                            (name, value) ->
                                    assertTrue(value.sameBits(of(model.state(), name)), name));
            RoutePlan<Object> both = back.plan(RoutePlan.of(to("a.h1", a[1]), to("b.h1", b[1])));
            assertEquals(sizes[1], end(both.routes().get(0)));
            assertEquals(sizes[1], end(both.routes().get(1)));
            Contraction ofA = Contraction.none().and("d1", sizes[1], a[1], "a.**");
            RoutePlan<Object> plan =
                    RoutePlan.of(to("a.h1", a[1]), to("b.h1", b[1]))
                            .leave(Region.of("a.l1.weight", "d1", 0, a[1]), "x");
            RoutePlan<Object> left = ofA.plan(plan);
            assertEquals(sizes[1], end(left.routes().get(0)));
            assertEquals(b[1], end(left.routes().get(1)));
            assertEquals(sizes[1], left.updates().get(0).region().slices().get(0).to());
            assertThrows(
                    IllegalArgumentException.class,
                    () -> ofA.plan(RoutePlan.of(to("*.h1", a[1]))),
                    "one mask cannot serve both");
        }
    }

    private static Route<Object> to(String hook, int end) {
        return Route.at(HookName.of(hook))
                .by((Object batch) -> Assignment.of(List.of("x"), new int[1], 1))
                .mask("x", Mask.range("d1", 0, end));
    }

    private static int end(Route<Object> route) {
        return Objects.requireNonNull(route.masks().get("x")).parts().get(0).to();
    }

    @Property(tries = 200)
    void the_check_says_beforehand_whether_the_ablated_model_computes_the_same(@ForAll long seed) {
        Rng rng = Rng.of(seed);
        Growth growth = Growth.drawn(rng);
        try (TensorScope scope = TensorScope.open();
                Chain model = new Chain(rng, true, growth.before());
                Chain wider = new Chain(rng, true, growth.after())) {
            int normed = growth.before().length - 2;
            boolean grown = growth.before()[normed] != growth.after()[normed];
            Expansion expansion = growth.expansion().fresh("**", 0.5);
            ExpansionReport report = expansion.check(model, wider);
            assertEquals(grown, !report.exact(), report::toString);
            assertFalse(report.sameBits());
            Tensor x = Tensor.normal(rng, 1, DType.F32, 3, growth.before()[0]);
            float[] expected = model.forward(x).toFloats();
            wider.load(expansion.state(model, wider));
            float[] found = ablated(wider, growth, 1, x);
            if (report.exact()) {
                assertArrayEquals(expected, found, 1e-5f);
                report.orThrow();
                return;
            }
            String message =
                    "" + assertThrows(IllegalArgumentException.class, report::orThrow).getMessage();
            assertTrue(message.contains("d" + normed) && message.contains("norm"), message);
        }
    }
}
