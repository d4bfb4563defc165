package dev.sluice.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

class OptimizerPropertyTest {
    private static final int STEPS = 7;

    @Property(tries = 150, shrinking = ShrinkingMode.OFF)
    void every_element_moves_as_if_it_had_an_optimiser_of_its_own(
            @ForAll long seed, @ForAll boolean strided) {
        try (TensorScope scope = TensorScope.open()) {
            Scenario s = new Scenario(seed, DType.F64, true);
            List<Parameter> parameters = s.parameters(strided);
            List<List<ScalarOracle>> oracles = oracles(s, parameters);
            Optimizer optimizer = s.optimizer(parameters);
            for (int step = 0; step < STEPS; step++) {
                s.step(step, parameters, optimizer);
                stepOracles(s, step, oracles);
                for (int p = 0; p < parameters.size(); p++) {
                    compare(parameters.get(p), optimizer.state(), oracles.get(p));
                }
            }
            Scenario.close(optimizer, parameters);
        }
    }

    private static List<List<ScalarOracle>> oracles(Scenario s, List<Parameter> parameters) {
        return parameters.stream()
                .map(
                        p ->
                                Arrays.stream(p.value().toDoubles())
                                        .mapToObj(w -> new ScalarOracle(s.rule, s.decay, w))
                                        .toList())
                .toList();
    }

    private static void stepOracles(Scenario s, int step, List<List<ScalarOracle>> oracles) {
        Map<Integer, Tensor> masks = s.masks(step);
        Map<Integer, double[]> gradients = s.gradients(step);
        double squares = 0;
        for (Map.Entry<Integer, double[]> e : gradients.entrySet()) {
            boolean[] left = s.left(e.getKey(), masks);
            for (int i = 0; i < left.length; i++) {
                squares += left[i] ? 0 : e.getValue()[i] * e.getValue()[i];
            }
        }
        double factor = s.clip == null ? 1 : Math.min(1, s.clip / (Math.sqrt(squares) + 1e-6));
        gradients.forEach(
                (p, values) -> {
                    boolean[] left = s.left(p, masks);
                    for (int i = 0; i < left.length; i++) {
                        if (!left[i]) {
                            oracles.get(p).get(i).step(factor * values[i], s.rate(step));
                        }
                    }
                });
    }

    private static void compare(
            Parameter p, Map<String, Tensor> state, List<ScalarOracle> oracles) {
        close(p.value(), oracles.stream().mapToDouble(o -> o.weight).toArray());
        Tensor first = state.getOrDefault("m/" + p.name(), state.get("buffer/" + p.name()));
        if (first != null) {
            close(first, oracles.stream().mapToDouble(o -> o.first).toArray());
        }
        Tensor second = state.get("v/" + p.name());
        if (second != null) {
            close(second, oracles.stream().mapToDouble(o -> o.second).toArray());
        }
        Tensor count = state.get("step/" + p.name());
        long[] steps = oracles.stream().mapToLong(o -> o.steps).toArray();
        if (count == null) {
            assertArrayEquals(new long[steps.length], steps);
        } else {
            assertArrayEquals(steps, count.expand(p.value().shape()).toLongs());
        }
    }

    private static void close(Tensor found, double[] expected) {
        double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
        assertArrayEquals(expected, found.toDoubles(), 1e-12 * largest + 1e-14);
    }

    @Property(tries = 150, shrinking = ShrinkingMode.OFF)
    void what_is_left_keeps_every_byte(
            @ForAll long seed, @ForAll boolean single, @ForAll boolean strided) {
        try (TensorScope scope = TensorScope.open()) {
            Scenario s = new Scenario(seed, single ? DType.F32 : DType.F64, true);
            List<Parameter> parameters = s.parameters(strided);
            Optimizer optimizer = s.optimizer(parameters);
            for (int step = 0; step < STEPS; step++) {
                List<Map<String, byte[]>> before = snapshot(parameters, optimizer);
                s.step(step, parameters, optimizer);
                List<Map<String, byte[]>> after = snapshot(parameters, optimizer);
                for (int p = 0; p < parameters.size(); p++) {
                    kept(before.get(p), after.get(p), s.left(p, s.masks(step)));
                }
            }
            Scenario.close(optimizer, parameters);
        }
    }

    /** Weight, moments and count of each parameter at full size; zeros before the first step. */
    private static List<Map<String, byte[]>> snapshot(List<Parameter> ps, Optimizer optimizer) {
        Map<String, Tensor> state = optimizer.state();
        List<Map<String, byte[]>> all = new ArrayList<>();
        for (Parameter p : ps) {
            Map<String, byte[]> of = new LinkedHashMap<>();
            of.put("weight", Scenario.bytes(p.value()));
            for (String kind : List.of("m", "v", "buffer", "step")) {
                DType dtype = kind.equals("step") ? DType.I64 : p.value().dtype();
                Tensor zeros = Tensor.zeros(dtype, p.value().shape());
                Tensor found = state.get(kind + "/" + p.name());
                of.put(
                        kind,
                        Scenario.bytes(found == null ? zeros : found.expand(p.value().shape())));
            }
            all.add(of);
        }
        return all;
    }

    private static void kept(
            Map<String, byte[]> before, Map<String, byte[]> after, boolean[] left) {
        before.forEach(
                (kind, old) -> {
                    byte[] now = after.getOrDefault(kind, new byte[0]);
                    assertEquals(old.length, now.length, kind);
                    int size = old.length / Math.max(1, left.length);
                    for (int i = 0; i < old.length; i++) {
                        if (left[i / size]) {
                            assertEquals(old[i], now[i], kind);
                        }
                    }
                });
    }

    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    void stopping_and_continuing_changes_no_byte(@ForAll long seed, @ForAll boolean single) {
        try (TensorScope scope = TensorScope.open()) {
            Scenario s = new Scenario(seed, single ? DType.F32 : DType.F64, seed % 2 == 0);
            List<Parameter> through = s.parameters(false);
            Optimizer one = s.optimizer(through);
            List<Parameter> resumed = s.parameters(false);
            Optimizer two = s.optimizer(resumed);
            int stop = Rng.of(seed, "stop").nextInt(STEPS + 1);
            for (int step = 0; step < STEPS; step++) {
                if (step == stop) {
                    Map<String, Tensor> saved = new LinkedHashMap<>();
                    two.state().forEach((k, t) -> saved.put(k, reread(t)));
                    two.close();
                    two = s.optimizer(resumed);
                    two.load(saved);
                }
                s.step(step, through, one);
                s.step(step, resumed, two);
            }
            same(through, resumed);
            Map<String, Tensor> a = one.state();
            Map<String, Tensor> b = two.state();
            assertEquals(a.keySet(), b.keySet());
            a.forEach((key, t) -> assertTrue(t.sameBits(b.getOrDefault(key, t.add(1))), key));
            Scenario.close(one, through);
            Scenario.close(two, resumed);
        }
    }

    private static Tensor reread(Tensor t) {
        return Tensor.ofBytes(t.bytes(), t.dtype(), t.shape());
    }

    private static void same(List<Parameter> a, List<Parameter> b) {
        for (int p = 0; p < a.size(); p++) {
            assertTrue(a.get(p).value().sameBits(b.get(p).value()), a.get(p).name());
        }
    }

    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    void the_fused_and_the_elementwise_path_agree(@ForAll long seed) {
        try (TensorScope scope = TensorScope.open()) {
            Scenario s = new Scenario(seed, DType.F64, false);
            List<Parameter> dense = s.parameters(false);
            List<Parameter> strided = s.parameters(true);
            Optimizer fused = s.optimizer(dense);
            Optimizer own = s.optimizer(strided);
            for (int step = 0; step < STEPS; step++) {
                s.step(step, dense, fused);
                s.step(step, strided, own);
            }
            for (int p = 0; p < dense.size(); p++) {
                close(strided.get(p).value(), dense.get(p).value().toDoubles());
            }
            Scenario.close(fused, dense);
            Scenario.close(own, strided);
        }
    }
}
