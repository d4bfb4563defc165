package dev.sluice.routing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.DType;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorException;
import dev.sluice.engine.TensorScope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class AblationTest {
    /** Hands its input through a hook point {@code in} [batch, pos, unit]. */
    private static final class Window extends Layer {
        private final HookPoint in = hook("in", "batch", "pos", "unit");

        Tensor forward(Tensor x) {
            return in.apply(x);
        }
    }

    private static final HookName IN = HookName.of("in");

    @Property(tries = 200)
    void activations_are_those_of_a_loop_over_points_and_units(@ForAll long seed) {
        Rng rng = Rng.of(seed);
        int batch = 1 + rng.nextInt(4);
        int pos = 1 + rng.nextInt(3);
        int units = 1 + rng.nextInt(5);
        double[] strength = new double[units];
        for (int u = 0; u < units; u++) {
            strength[u] = new double[] {0, 1, 0.25, 0.5}[rng.nextInt(4)];
        }
        int[] routes = new int[batch * pos];
        for (int p = 0; p < routes.length; p++) {
            routes[p] = rng.nextInt(3) - 1;
        }
        boolean toMean = rng.nextInt(2) == 0;
        boolean everywhere = rng.nextInt(3) == 0;
        try (TensorScope scope = TensorScope.open();
                Window model = new Window()) {
            Tensor x = Tensor.normal(rng, 1, DType.F32, batch, pos, units);
            Tensor reference = Tensor.normal(rng, 1, DType.F32, 3, 2, units);
            Ablation.UnitsOf part = Ablation.units(model, IN, Mask.of("unit", strength));
            if (!everywhere) {
                Assignment assignment = Assignment.of(List.of("a", "b"), routes, batch, pos);
                part = part.where(any -> assignment, model, "b");
            }
            Map<String, Tensor> means = Ablation.means(model, IN, () -> model.forward(reference));
            float[] found;
            try (Ablation ablation = toMean ? part.mean(means) : part.zero()) {
                found = model.forward(x).toFloats();
            }
            float[] expected = x.toFloats();
            for (int i = 0; i < expected.length; i++) {
                double s = everywhere || routes[i / units] == 1 ? strength[i % units] : 0;
                double target = toMean ? mean(reference.toFloats(), units, i % units) : 0;
                expected[i] = (float) ((1 - s) * expected[i] + s * target);
            }
            assertArrayEquals(expected, found, 1e-6f);
            assertTrue(model.forward(x).sameBits(x));
        }
    }

    private static double mean(float[] values, int units, int unit) {
        double sum = 0;
        for (int i = unit; i < values.length; i += units) {
            sum += values[i];
        }
        return sum * units / values.length;
    }

    @Test
    void units_that_are_left_alone_or_wholly_replaced_do_not_feel_infinities() {
        try (TensorScope scope = TensorScope.open();
                Window model = new Window()) {
            float inf = Float.POSITIVE_INFINITY;
            Tensor x = Tensor.of(new float[] {inf, inf, -0.0f}, 1, 1, 3);
            try (Ablation off = Ablation.units(model, IN, Mask.of("unit", 1, 0, 0)).zero()) {
                Tensor y = model.forward(x);
                assertTrue(y.sameBits(Tensor.of(new float[] {0, inf, -0.0f}, 1, 1, 3)));
            }
        }
    }

    @Test
    void what_does_not_fit_is_refused_and_leaves_nothing_behind() {
        try (TensorScope scope = TensorScope.open();
                Window model = new Window();
                Chain chain = new Chain(Rng.of(1), false, 2, 3)) {
            Mask one = Mask.range("unit", 0, 1);
            refused(Ablation.units(model, HookName.of("inn"), one), RoutingException.class);
            refused(Ablation.units(model, IN, Mask.range("d", 0, 1)), RoutingException.class);
            refused(
                    Ablation.units(model, IN, Mask.all("unit", 1.5)),
                    IllegalArgumentException.class);
            refused(
                    Ablation.units(model, IN, one.with(1, 2, -0.5)),
                    IllegalArgumentException.class);
            assertTrue(!model.in.open());
            Ablation.PartOf part = Ablation.part(chain, Region.of("l1.weight"));
            assertThrows(IllegalArgumentException.class, () -> part.strength(1.1));
            assertThrows(RoutingException.class, () -> Ablation.means(model, IN, () -> {}));
        }
    }

    private static void refused(Ablation.UnitsOf part, Class<? extends Exception> with) {
        assertThrows(with, () -> part.zero().close());
    }

    @Property(tries = 200)
    void parameters_are_those_of_a_loop_over_elements_and_come_back(@ForAll long seed) {
        Rng rng = Rng.of(seed);
        int size = 2 + rng.nextInt(5);
        int from = rng.nextInt(size);
        int to = from + 1 + rng.nextInt(size - from);
        double s = new double[] {0, 1, 0.3}[rng.nextInt(3)];
        Region region = Region.of("l1.*", "d1", from, to);
        try (TensorScope scope = TensorScope.open();
                Chain model = new Chain(rng, false, 3, size, 2)) {
            if (rng.nextInt(2) == 0) {
                region = region.and(Region.of("l2.weight", "d1", 0, 1));
            }
            Map<String, Tensor> before = copy(model);
            try (Ablation off = Ablation.part(model, region).strength(s).zero()) {
                Map<Parameter, boolean[]> inside = region.elements(model);
                for (Parameter p : model.parameters().values()) {
                    float[] expected =
                            Objects.requireNonNull(before.get(p.name())).toFloats().clone();
                    boolean[] gone = inside.getOrDefault(p, new boolean[expected.length]);
                    for (int i = 0; i < expected.length; i++) {
                        expected[i] = gone[i] ? (float) ((1 - s) * expected[i]) : expected[i];
                    }
                    assertArrayEquals(expected, p.value().toFloats(), 1e-7f);
                    assertTrue(p.value().requiresGrad());
                }
            }
            before.forEach((name, t) -> assertTrue(t.sameBits(model.weight(name)), name));
        }
    }

    @Test
    @SuppressWarnings("MustBeClosed") // closing is what is tried
    void a_part_that_cannot_be_put_back_does_not_keep_the_others_from_it() {
        Chain model;
        try (TensorScope making = TensorScope.open()) {
            model = new Chain(Rng.of(1), false, 2, 3, 4);
        }
        try (TensorScope scope = TensorScope.open();
                model) {
            Map<String, Tensor> before = copy(model);
            Ablation off = Ablation.part(model, Region.of("l1.*").and(Region.of("l2.*"))).zero();
            model.weight("l1.bias").close();
            model.weight("l2.weight").close();
            TensorException e = assertThrows(TensorException.class, off::close);
            assertEquals(1, e.getSuppressed().length);
            for (String name : List.of("l1.weight", "l2.bias")) {
                Tensor expected = Objects.requireNonNull(before.get(name));
                assertTrue(expected.sameBits(model.weight(name)), name);
            }
            off.close();
        }
    }

    private static Map<String, Tensor> copy(Chain model) {
        Map<String, Tensor> copy = new LinkedHashMap<>();
        model.state().forEach((name, t) -> copy.put(name, t.detach().copy()));
        return copy;
    }

    @Test
    void reinitialised_units_have_the_spread_of_those_that_are_kept() {
        try (TensorScope scope = TensorScope.open();
                Chain model = new Chain(Rng.of(1), false, 50, 40)) {
            Tensor before = model.weight("l1.weight").detach().copy();
            float[] kept = before.narrow(0, 20, 20).contiguous().toFloats();
            Region half = Region.of("l1.weight", "d1", 0, 20);
            List<float[]> drawn = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                try (Ablation off = Ablation.part(model, half).reinitialise(Rng.of(7))) {
                    Tensor now = model.weight("l1.weight").detach();
                    assertArrayEquals(kept, now.narrow(0, 20, 20).contiguous().toFloats());
                    drawn.add(now.narrow(0, 0, 20).contiguous().toFloats());
                }
            }
            assertArrayEquals(drawn.get(0), drawn.get(1));
            assertEquals(deviation(kept), deviation(drawn.get(0)), 0.1 * deviation(kept));
            assertTrue(before.sameBits(model.weight("l1.weight")));
        }
    }

    private static double deviation(float[] values) {
        double squares = 0;
        for (float v : values) {
            squares += (double) v * v;
        }
        return Math.sqrt(squares / values.length);
    }
}
