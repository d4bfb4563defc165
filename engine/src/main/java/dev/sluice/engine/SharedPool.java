package dev.sluice.engine;

import com.sun.jna.Callback;
import com.sun.jna.CallbackThreadInitializer;
import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lets matrix products run in the threads that libtorch's kernels run in, those of OpenMP. The
 * library of products has threads of its own, which spin between products for the cores that the
 * kernels then lack; where there are two cores a step took up to twice as long.
 */
final class SharedPool {
    static final String WORKER = "kernel";

    private static final int FAILED = 4;

    /** There is one library of products in a process, and so one of these. */
    private static final SharedPool ONE = new SharedPool();

    private final Body body = this::work;
    private final Products products = this::products;
    private volatile @Nullable Jobs current;

    private SharedPool() {}

    /** What OpenBLAS calls with the jobs of a product; all must be done when it returns. */
    private interface Products extends Callback {
        void invoke(int wait, Pointer job, int count, NativeLong size, Pointer data, int buffer);
    }

    /** What each thread of a parallel region does. */
    interface Body extends Callback {
        void invoke(@Nullable Pointer unused);
    }

    /**
     * The jobs of one product. They wait for each other, so each needs a thread.
     *
     * @param data that of the first; each takes {@code size} bytes
     */
    private record Jobs(Function job, int count, long size, Pointer data, int buffer) {
        void run(int i) {
            job.invokeVoid(new Object[] {i, data.share(i * size), buffer});
        }
    }

    /**
     * Hands the products over.
     *
     * @param library the path of one that libtorch, OpenMP and OpenBLAS were loaded for
     */
    static void open(String library) {
        NativeLibrary natives = NativeLibrary.getInstance(library);
        com.sun.jna.Native.register(SharedPool.class, natives);
        var attached = new CallbackThreadInitializer(true, false, WORKER);
        com.sun.jna.Native.setCallbackThreadInitializer(ONE.body, attached);
        com.sun.jna.Native.setCallbackThreadInitializer(ONE.products, attached);
        openblas_set_threads_callback_function(ONE.products);
    }

    private static native void openblas_set_threads_callback_function(Products products);

    private static native void GOMP_parallel(
            Body body, @Nullable Pointer unused, int threads, int flags);

    private static native int omp_get_thread_num();

    private static native int omp_get_num_threads();

    private static native int omp_get_max_threads();

    /** Does {@code body} in as many threads, as far as OpenMP gives them. */
    static void parallel(Body body, int threads) {
        GOMP_parallel(body, null, threads, 0);
    }

    /** One product at a time: the buffers of its jobs are those of every product. */
    private synchronized void products(
            int wait, Pointer job, int count, NativeLong size, Pointer data, int buffer) {
        orEnd(
                () -> {
                    Function run = Function.getFunction(job);
                    current = new Jobs(run, count, size.longValue(), data, buffer);
                    // As many as kernels have: a smaller team would end the threads left over.
                    parallel(body, Math.max(count, omp_get_max_threads()));
                });
    }

    /**
     * Nothing may be thrown through native code, whose jobs wait for each other and whose results
     * would be taken for right.
     */
    private static void orEnd(Runnable work) {
        try {
            work.run();
        } catch (Throwable t) {
            System.err.println("sluice: a matrix product cannot be computed: " + t);
            Runtime.getRuntime().halt(FAILED);
        }
    }

    private void work(@Nullable Pointer unused) {
        Jobs jobs = current;
        int me = omp_get_thread_num();
        if (jobs == null || me >= jobs.count()) {
            return;
        }
        orEnd(
                () -> {
                    int has = omp_get_num_threads();
                    List<Thread> more = me == 0 ? moreThreads(jobs, has) : List.of();
                    jobs.run(me);
                    more.forEach(SharedPool::join);
                });
    }

    /** Threads for the jobs that OpenMP has none for, as in a product within a parallel kernel. */
    private static List<Thread> moreThreads(Jobs jobs, int has) {
        List<Thread> more = new ArrayList<>();
        for (int i = has; i < jobs.count(); i++) {
            int job = i;
            Thread thread = new Thread(() -> orEnd(() -> jobs.run(job)), "product " + job);
            thread.setDaemon(true);
            thread.start();
            more.add(thread);
        }
        return more;
    }

    private static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
