package dev.sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.testing.NoNativeLeaks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What docs/numerics.md says of types and special values. */
@ExtendWith(NoNativeLeaks.class)
class NumericTrapsTest {
    @Test
    void the_wider_floating_type_wins_unless_it_has_no_axes() {
        try (TensorScope scope = TensorScope.open()) {
            Tensor narrow = Tensor.ones(DType.F32, 2);
            assertEquals(DType.F64, narrow.add(Tensor.ones(DType.F64, 2)).dtype());
            assertEquals(DType.F32, narrow.add(Tensor.ones(DType.F64)).dtype());
        }
    }

    @Test
    void whole_numbers_divide_into_f32_sum_into_i64_and_require_no_gradient() {
        try (TensorScope scope = TensorScope.open()) {
            Tensor pixels = Tensor.of(new byte[] {-1, -1}, 2);
            assertEquals(DType.F32, pixels.div(255).dtype());
            assertEquals(DType.I64, pixels.sum().dtype());
            assertEquals(510, pixels.sum().item());
            assertThrows(TensorException.class, pixels::requireGrad);
        }
    }

    @Test
    void the_deviation_of_one_value_is_not_a_number() {
        try (TensorScope scope = TensorScope.open()) {
            assertTrue(Double.isNaN(Tensor.ones(DType.F32, 1).std(0).item()));
        }
    }

    @Test
    void rows_with_target_minus_100_cost_nothing() {
        try (TensorScope scope = TensorScope.open()) {
            Tensor logits = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
            float[] cost = logits.crossEntropy(Tensor.of(new long[] {-100, 0}, 2)).toFloats();
            assertEquals(0, cost[0]);
            assertEquals(1.3133, cost[1], 1e-4);
        }
    }

    @Test
    void same_bits_tells_zeros_apart_and_holds_nan_equal() {
        try (TensorScope scope = TensorScope.open()) {
            Tensor zero = Tensor.of(new float[] {0, Float.NaN}, 2);
            assertTrue(zero.sameBits(Tensor.of(new float[] {0, Float.NaN}, 2)));
            assertFalse(zero.sameBits(Tensor.of(new float[] {-0f, Float.NaN}, 2)));
        }
    }
}
