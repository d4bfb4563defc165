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
import java.util.Arrays;
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
        }
    }

    @Property(tries = 200)
    void its_mask_is_the_outside_of_the_originals_corner(@ForAll long seed) {
        Rng rng = Rng.of(seed);
        int heads = 1 + rng.nextInt(4);
        int width = 1 + rng.nextInt(4);
        int more = 1 + rng.nextInt(3);
        int wider = rng.nextInt(3);
        Expansion expansion = Expansion.of("head", more);
        expansion = wider == 0 ? expansion : expansion.and("d_head", wider);
        int[] sizes = {heads + more, width + wider};
        float[] weights =
                expansion
                        .mask(List.of("head", "d_head"), sizes, -0.75, 2)
                        .weights(sizes[0] * sizes[1]);
        for (int h = 0; h < sizes[0]; h++) {
            for (int d = 0; d < sizes[1]; d++) {
                boolean original = h < heads && d < width;
                assertEquals(original ? 2 : -0.75, weights[h * sizes[1] + d]);
            }
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
