package dev.sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.testing.NoNativeLeaks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;

@ExtendWith(NoNativeLeaks.class)
class NativeMemoryTest {
    private static final long HUGE = 1L << 44;

    private static void refused(Executable operation) {
        String message =
                String.valueOf(assertThrows(TensorException.class, operation).getMessage());
        assertTrue(message.contains("GiB left"), message);
    }

    @Test
    void results_beyond_the_machine_are_refused_with_size_and_limit() {
        try (TensorScope scope = TensorScope.open()) {
            Tensor row = Tensor.ones(DType.F32, 1);
            Tensor wide = row.expand(HUGE);
            Tensor tall = row.unsqueeze(0).expand(1L << 22, 1);
            refused(() -> Tensor.zeros(DType.F32, HUGE));
            refused(() -> Tensor.uniform(Rng.of(1), 0, 1, DType.F32, HUGE));
            refused(wide::exp);
            refused(() -> wide.add(1));
            refused(wide::copy);
            refused(wide::contiguous);
            refused(() -> wide.to(DType.BF16));
            refused(() -> tall.add(tall.transpose(0, 1)));
            refused(() -> tall.matmul(tall.transpose(0, 1)));
            refused(() -> tall.linear(tall, null));
            refused(() -> row.reshape(1, 1, 1, 1).patches(1, 1, 1, 1 << 22));
        }
    }

    @Test
    void views_beyond_the_machine_are_granted_for_they_hold_nothing() {
        try (TensorScope scope = TensorScope.open()) {
            Tensor wide = Tensor.ones(DType.F32, 1).expand(HUGE).narrow(0, 5, 3);
            assertEquals(3, wide.sum().item());
        }
    }

    @Test
    void the_message_names_the_numbers() {
        String message =
                String.valueOf(
                        assertThrows(
                                        TensorException.class,
                                        () -> Tensor.zeros(DType.F32, 1L << 20, 1L << 20))
                                .getMessage());
        assertTrue(message.startsWith("full f32[1048576, 1048576]: the result is too large"));
        assertTrue(message.contains("4096.0 GiB"), message);
    }

    @Test
    void a_tensor_outside_scopes_counts_until_it_is_closed() {
        long before = NativeMemory.liveObjects();
        Tensor t = Tensor.ones(DType.F32, 2);
        assertTrue(NativeMemory.liveObjects() > before);
        t.close();
        assertEquals(before, NativeMemory.liveObjects());
        assertTrue(NativeMemory.residentBytes() > 1 << 20);
    }
}
