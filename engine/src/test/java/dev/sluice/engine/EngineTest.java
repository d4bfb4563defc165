package dev.sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class EngineTest {
    @Test
    void threads_are_set_for_kernels_and_matrix_products() {
        int before = Engine.threads();
        try {
            for (int threads : new int[] {1, 2}) {
                Engine.setThreads(threads);
                assertEquals(threads, Engine.threads());
                assertEquals(threads, Engine.productThreads());
            }
            Engine.setThreads(2, 1);
            assertEquals(2, Engine.threads());
            assertEquals(1, Engine.productThreads());
            assertThrows(IllegalArgumentException.class, () -> Engine.setThreads(0));
            assertThrows(IllegalArgumentException.class, () -> Engine.setThreads(1, 0));
        } finally {
            Engine.setThreads(before);
        }
    }

    @Test
    void version_and_instruction_set_are_known() {
        assertTrue(Engine.version().matches("libtorch \\d+\\.\\d+.*"), Engine.version());
        assertTrue(Engine.cpuCapability().matches("\\w+"), Engine.cpuCapability());
    }

    @Test
    void native_memory_sees_objects_and_bytes() {
        long objects = NativeMemory.liveObjects();
        long bytes = NativeMemory.residentBytes();
        try (TensorScope scope = TensorScope.open()) {
            Tensor t = Tensor.ones(DType.U8, 64 << 20);
            assertEquals(64 << 20, t.count());
            assertTrue(NativeMemory.liveObjects() > objects);
            assertTrue(NativeMemory.residentBytes() - bytes > 32 << 20);
        }
        assertTrue(NativeMemory.liveObjects() <= objects);
    }
}
