package dev.sluice.engine;

import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/** The native library as a whole: which one it is, what it uses of the processor, its threads. */
public final class Engine {
    private static final int MOST_THREADS = 1024;

    private Engine() {}

    /** How many threads an operation may use. */
    public static int threads() {
        Native.start();
        return torch.get_num_threads();
    }

    /**
     * Sets how many threads an operation may use: elementwise kernels called from this thread, and
     * matrix products of the whole process, until someone sets their number again. Sums are split
     * by thread: results of different counts differ by rounding.
     *
     * @throws IllegalArgumentException if {@code threads} is below 1 or above 1024: the native
     *     libraries end the process when they cannot start as many as they were told to
     */
    public static void setThreads(int threads) {
        setThreads(threads, threads);
    }

    /**
     * The same with a number of its own for matrix products, whose pool the whole process shares:
     * work that goes on side by side takes one thread for them, or it waits for the pool, and what
     * one does to the number changes the sums of the other.
     *
     * @throws IllegalArgumentException as {@link #setThreads(int)}
     */
    public static void setThreads(int threads, int productThreads) {
        for (int count : new int[] {threads, productThreads}) {
            if (count < 1 || count > MOST_THREADS) {
                throw new IllegalArgumentException(
                        "threads: expected 1 to " + MOST_THREADS + ", found " + count);
            }
        }
        Native.start();
        torch.set_num_threads(threads);
        ProductThreads.set(productThreads);
    }

    /** How many threads matrix products use, in the whole process. */
    public static int productThreads() {
        return Native.blas().threads();
    }

    /** The native library and its version, such as {@code libtorch 2.10.0-1.5.13}. */
    public static String version() {
        Native.start();
        try {
            return "libtorch " + Loader.getVersion("org.bytedeco", "pytorch");
        } catch (java.io.IOException e) {
            throw new TensorException("the version of libtorch could not be read", e);
        }
    }

    /** The library of matrix products and its version, such as {@code OpenBLAS 0.3.31}. */
    public static String blas() {
        return Native.blas().version();
    }

    /**
     * Looks at what the environment says of the natives, without loading them.
     *
     * @throws IllegalArgumentException if {@code SLUICE_BLAS} names no library of matrix products,
     *     or one that cannot be used here
     */
    public static void requireSettings(Map<String, String> environment) {
        Blas.Choice.of(environment.getOrDefault("SLUICE_BLAS", ""));
    }

    /** The instruction set that elementwise kernels were chosen for, such as {@code AVX512}. */
    public static String cpuCapability() {
        Native.start();
        try (org.bytedeco.javacpp.BytePointer name = torch.get_cpu_capability()) {
            return name.getString();
        }
    }
}
