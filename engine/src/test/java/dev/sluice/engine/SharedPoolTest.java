package dev.sluice.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** OpenBLAS's products alone. */
@Tag("openblas")
class SharedPoolTest {
    private static final int LARGE = 300;

    private int before;

    @BeforeEach
    void twoThreads() {
        before = Engine.threads();
        Engine.setThreads(2);
    }

    @AfterEach
    void asManyAsBefore() {
        Engine.setThreads(before);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void products_run_in_the_threads_of_kernels() {
        ProductsTest.product(2, LARGE, LARGE, LARGE, false);
        assertTrue(
                Thread.getAllStackTraces().keySet().stream()
                        .anyMatch(t -> t.getName().startsWith(SharedPool.WORKER)));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void a_product_within_a_parallel_kernel_ends_and_is_right() {
        float[] alone = ProductsTest.product(3, LARGE, LARGE, LARGE, true);
        List<float[]> found = Collections.synchronizedList(new ArrayList<>());
        SharedPool.Body body =
                unused -> found.add(ProductsTest.product(3, LARGE, LARGE, LARGE, true));
        int threads = Engine.threads();
        Assertions.assertTimeoutPreemptively(
                Duration.ofMinutes(1), () -> SharedPool.parallel(body, threads));
        assertEquals(2, found.size());
        found.forEach(each -> assertArrayEquals(alone, each));
    }
}
