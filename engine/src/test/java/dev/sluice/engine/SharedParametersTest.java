package dev.sluice.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.layer.Linear;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Two models on one set of parameters. */
class SharedParametersTest {
    private static Linear linear(long out, long seed) {
        return new Linear("in", 3, "out", out, true, DType.F64, Rng.of(seed));
    }

    private static Tensor weight(Layer layer) {
        return Objects.requireNonNull(layer.parameters().get("weight")).value();
    }

    @Test
    void values_are_shared_and_gradients_are_not() {
        try (TensorScope scope = TensorScope.open();
                Linear one = linear(2, 1);
                Linear other = linear(2, 2)) {
            other.share(one);
            assertTrue(weight(other).detach().sameBits(weight(one).detach()));
            weight(one).copyFrom(Tensor.full(0.25, DType.F64, 2, 3));
            assertArrayEquals(weight(one).toDoubles(), weight(other).toDoubles(), 0.0);
            other.forward(Tensor.ones(DType.F64, 1, 3)).sum().backward();
            assertNull(weight(one).grad());
            assertArrayEquals(
                    new double[] {1, 1, 1, 1, 1, 1},
                    Objects.requireNonNull(weight(other).grad()).toDoubles(),
                    0.0);
        }
    }

    @Test
    void what_is_shared_outlives_the_model_that_it_came_from() {
        try (TensorScope scope = TensorScope.open();
                Linear other = linear(2, 2)) {
            Linear one = linear(2, 1);
            double[] values = weight(one).toDoubles();
            other.share(one);
            one.close();
            assertArrayEquals(values, weight(other).toDoubles(), 0.0);
        }
    }

    @Test
    void a_model_of_another_type_is_refused() {
        try (TensorScope scope = TensorScope.open();
                Linear one = linear(2, 1);
                Linear other = new Linear("in", 3, "out", 2, true, DType.F32, Rng.of(2))) {
            assertThrows(TensorException.class, () -> other.share(one));
        }
    }

    @Test
    void a_model_of_another_shape_is_refused_and_nothing_is_shared() {
        try (TensorScope scope = TensorScope.open();
                Linear one = linear(2, 1);
                Linear other = linear(4, 2)) {
            double[] values = weight(other).toDoubles();
            assertThrows(TensorException.class, () -> other.share(one));
            weight(one).copyFrom(Tensor.zeros(DType.F64, 2, 3));
            assertArrayEquals(values, weight(other).toDoubles(), 0.0);
        }
    }
}
