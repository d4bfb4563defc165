package dev.sluice.experiments;

import dev.sluice.engine.DType;
import dev.sluice.engine.GradMode;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;

/** How fast this machine multiplies matrices, in this process, with the threads it has now. */
final class GemmPeak {
    private static final int SIZE = 2048;
    private static final int PROBE = 256;
    private static final int PRODUCTS = 12;

    /** Long enough that a thread which the system lets wait gets its turn. */
    private static final double AT_LEAST_SECONDS = 0.5;

    private static final double AT_MOST_SECONDS = 4;

    private GemmPeak() {}

    /** The best of several products of 2048 x 2048 matrices, in 10^9 operations a second. */
    static double gflops(DType dtype) {
        return best(dtype, SIZE);
    }

    /** The best of several small products: soon there even where the CPU has no such type. */
    static double probe(DType dtype) {
        return best(dtype, PROBE);
    }

    private static double best(DType dtype, int size) {
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.off()) {
            Rng rng = Rng.of(0, "gemm");
            Tensor a = Tensor.uniform(rng, -1, 1, DType.F32, size, size).to(dtype);
            Tensor b = Tensor.uniform(rng, -1, 1, DType.F32, size, size).to(dtype);
            double best = Double.POSITIVE_INFINITY;
            double spent = 0;
            for (int i = 0; i < 2 || wanted(i, spent); i++) {
                long start = System.nanoTime();
                try (Tensor product = a.matmul(b)) {
                    double seconds = (System.nanoTime() - start) / 1e9;
                    best = i == 0 ? best : Math.min(best, seconds);
                    spent += seconds;
                }
            }
            return 2.0 * size * size * size / best / 1e9;
        }
    }

    private static boolean wanted(int done, double spent) {
        return spent < AT_MOST_SECONDS && (done < PRODUCTS || spent < AT_LEAST_SECONDS);
    }
}
