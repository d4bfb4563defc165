package dev.sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Steps along gradients that are not finite. */
class VoidStepTest {
    private static final double[] NOT_FINITE = {
        Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY
    };
    private static final List<UpdateRule> RULES =
            List.of(Adam.standard(), AdamW.standard(), Sgd.plain(), Sgd.momentum(0.9));

    /** Two parameters of one start and an optimiser; close it. */
    private record Training(List<Parameter> parameters, Optimizer optimizer)
            implements AutoCloseable {
        static Training of(UpdateRule rule) {
            List<Parameter> parameters = new ArrayList<>();
            for (String name : List.of("a", "b")) {
                parameters.add(Optimizers.parameter(name, Tensor.ones(DType.F32, 3, 4)));
            }
            ParameterGroup group = ParameterGroup.of(parameters).withWeightDecay(0.1);
            return new Training(parameters, new Optimizer(rule, 0.1, List.of(group)));
        }

        /** A step along a random gradient, in which some elements of {@code b} are replaced. */
        boolean step(Rng rng, Map<Integer, Double> replaced, Leave leave) {
            optimizer.clearGradients();
            for (Parameter p : parameters) {
                float[] g = Tensor.normal(rng, 1, DType.F32, 3, 4).toFloats();
                if (p.name().equals("b")) {
                    replaced.forEach((i, v) -> g[i] = v.floatValue());
                }
                p.value().addGrad(Tensor.of(g, 3, 4));
            }
            return optimizer.step(leave);
        }

        Map<String, Tensor> bytes() {
            Map<String, Tensor> all = new LinkedHashMap<>();
            parameters.forEach(p -> all.put(p.name(), p.value().detach().copy()));
            optimizer.state().forEach((k, t) -> all.put(k, t.copy()));
            return all;
        }

        @Override
        public void close() {
            optimizer.close();
            parameters.forEach(Parameter::close);
        }
    }

    private static void assertSame(Map<String, Tensor> expected, Map<String, Tensor> found) {
        assertEquals(expected.keySet(), found.keySet());
        expected.forEach((k, t) -> assertTrue(t.sameBits(Objects.requireNonNull(found.get(k))), k));
    }

    /** The first rows of {@code b} left, after which its elements differ in their counts. */
    private static Leave rows(Training t, long... left) {
        return Leave.of(Map.of(t.parameters.get(1), Tensor.of(left, 3, 1).gt(0)));
    }

    @Property(tries = 200)
    void a_void_step_changes_no_byte_and_training_goes_on_as_if_it_had_not_been(
            @ForAll long seed,
            @ForAll @IntRange(max = 3) int rule,
            @ForAll @IntRange(max = 11) int element,
            @ForAll @IntRange(max = 2) int kind,
            @ForAll boolean uneven) {
        try (TensorScope scope = TensorScope.open();
                Training tried = Training.of(RULES.get(rule));
                Training spared = Training.of(RULES.get(rule))) {
            Rng first = Rng.of(seed);
            Rng second = Rng.of(seed);
            for (int i = 0; i < 4; i++) {
                if (i == Math.floorMod(seed, 4)) {
                    Map<String, Tensor> before = tried.bytes();
                    Map<Integer, Double> one = Map.of(element, NOT_FINITE[kind]);
                    assertFalse(tried.step(Rng.of(7), one, Leave.nothing()));
                    assertSame(before, tried.bytes());
                }
                long left = uneven && i == 1 ? 1 : 0;
                assertTrue(tried.step(first, Map.of(), rows(tried, left, 0, 0)));
                assertTrue(spared.step(second, Map.of(), rows(spared, left, 0, 0)));
            }
            assertSame(spared.bytes(), tried.bytes());
        }
    }

    @Property(tries = 100)
    void what_is_left_may_be_infinite(
            @ForAll @IntRange(max = 11) int element, @ForAll @IntRange(max = 2) int kind) {
        try (TensorScope scope = TensorScope.open();
                Training t = Training.of(Adam.standard())) {
            Map<Integer, Double> one = Map.of(element, NOT_FINITE[kind]);
            boolean inFirstRow = element < 4;
            assertEquals(inFirstRow, t.step(Rng.of(1), one, rows(t, 1, 0, 0)));
            assertTrue(t.step(Rng.of(2), one, rows(t, 1, 1, 1)));
        }
    }

    @Test
    void finite_gradients_count_even_where_their_sum_and_their_squares_overflow() {
        try (TensorScope scope = TensorScope.open();
                Training t = Training.of(Sgd.plain())) {
            Map<Integer, Double> large = Map.of(0, 3e38, 1, 3e38);
            assertTrue(t.step(Rng.of(1), large, Leave.nothing()));
            assertEquals(-3e37, t.parameters.get(1).value().toDoubles()[0], 1e32);
            t.optimizer.clearGradients();
            Tensor huge = Tensor.full(3e30, DType.F32, 3, 4);
            t.parameters.get(0).value().addGrad(huge);
            assertEquals(3e30 * Math.sqrt(12), t.optimizer.clipGradients(1), 1e25);
            Tensor clipped = Objects.requireNonNull(t.parameters.get(0).grad());
            assertEquals(1 / Math.sqrt(12), clipped.toDoubles()[11], 1e-6);
        }
    }

    @Test
    void a_gradient_clipped_by_a_norm_that_is_not_finite_is_void() {
        for (double value : NOT_FINITE) {
            try (TensorScope scope = TensorScope.open();
                    Training t = Training.of(AdamW.standard())) {
                assertTrue(t.step(Rng.of(1), Map.of(), Leave.nothing()));
                Map<String, Tensor> before = t.bytes();
                assertFalse(t.step(Rng.of(1), Map.of(5, value), Leave.nothing()));
                t.optimizer.clipGradients(1);
                assertFalse(t.optimizer.step());
                assertSame(before, t.bytes());
            }
        }
    }
}
