package dev.sluice.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.testing.NoNativeLeaks;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoNativeLeaks.class)
class TensorHandleTest {
    @Test
    void operations_in_place_leave_the_tensor_open() {
        try (TensorScope scope = TensorScope.open()) {
            Tensor x = Tensor.ones(DType.F32, 2);
            x.copyFrom(Tensor.of(new float[] {1, 2}, 2));
            x.addInPlace(x);
            x.mulInPlace(3);
            assertArrayEquals(new float[] {6, 12}, x.toFloats());
            x.zeroInPlace();
            assertFalse(x.isClosed());
        }
    }

    @Test
    void a_gradient_outlives_clearGrad_and_the_leaf() {
        try (TensorScope scope = TensorScope.open()) {
            Tensor x = Tensor.ones(DType.F32, 2).requireGrad();
            x.mul(3).sum().backward();
            Tensor g = Objects.requireNonNull(x.grad());
            x.clearGrad();
            x.close();
            assertArrayEquals(new float[] {3, 3}, g.toFloats());
        }
    }

    @Test
    void a_normalized_tensor_closes_with_its_scope_and_can_be_kept() {
        Tensor dropped;
        try (TensorScope outer = TensorScope.open()) {
            Tensor kept;
            try (TensorScope inner = TensorScope.open()) {
                Tensor x = Tensor.of(new float[] {1, 3}, 1, 2);
                dropped = x.normalized(0);
                kept = inner.keep(x.normalized(0));
            }
            assertArrayEquals(new float[] {-1, 1}, kept.toFloats());
        }
        assertTrue(dropped.isClosed());
        assertThrows(TensorException.class, dropped::toFloats);
    }
}
