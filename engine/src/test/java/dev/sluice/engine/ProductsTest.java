package dev.sluice.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every library of matrix products must keep to. */
class ProductsTest {
    private static final int LARGE = 300;

    private int before;

    @BeforeEach
    @BeforeProperty
    void twoThreads() {
        before = Engine.threads();
        Engine.setThreads(2);
    }

    @AfterEach
    @AfterProperty
    void asManyAsBefore() {
        Engine.setThreads(before);
    }

    static float[] product(long seed, int m, int k, int n, boolean transposed) {
        try (TensorScope scope = TensorScope.open()) {
            Rng draws = Rng.of(seed, "product");
            Tensor a = Tensor.normal(draws, 1, DType.F32, m, k);
            Tensor b =
                    transposed
                            ? Tensor.normal(draws, 1, DType.F32, n, k).transpose(0, 1)
                            : Tensor.normal(draws, 1, DType.F32, k, n);
            return a.matmul(b).toFloats();
        }
    }

    @Property(tries = 60)
    void products_of_many_threads_are_those_of_one_to_rounding_and_the_same_every_time(
            @ForAll long seed,
            @ForAll @IntRange(min = 2, max = 5) int threads,
            @ForAll @IntRange(min = 1, max = 400) int m,
            @ForAll @IntRange(min = 1, max = 400) int k,
            @ForAll @IntRange(min = 1, max = 400) int n,
            @ForAll boolean transposed) {
        Engine.setThreads(threads);
        float[] many = product(seed, m, k, n, transposed);
        assertArrayEquals(many, product(seed, m, k, n, transposed));
        Engine.setThreads(1);
        float[] one = product(seed, m, k, n, transposed);
        if (Engine.blas().startsWith("Intel")) {
            assertArrayEquals(one, many);
        } else {
            assertArrayEquals(one, many, 1e-5f * k);
        }
    }

    @Test
    void products_of_several_threads_do_not_mix() throws Exception {
        float[] alone = product(1, LARGE, LARGE, LARGE, false);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<float[]>> work =
                    Collections.nCopies(40, () -> product(1, LARGE, LARGE, LARGE, false));
            for (Future<float[]> each : threads.invokeAll(work)) {
                assertArrayEquals(alone, each.get());
            }
        } finally {
            threads.shutdown();
        }
    }
}
