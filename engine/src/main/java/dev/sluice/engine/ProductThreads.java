package dev.sluice.engine;

import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.VoidTensorHook;
import org.bytedeco.pytorch.global.torch;

/**
 * Keeps matrix products to one thread each while an operation computes many small ones in threads
 * of its own, forward and backward: the library of products has a pool behind a lock, and threads
 * that meet there wait for each other most of the time.
 */
final class ProductThreads {
    private static final Hook ONE = new Hook(1);
    private static final Hook ALL = new Hook(0);

    /** As many as this thread wants for products where nothing keeps them to one. */
    private static final ThreadLocal<Integer> USUAL =
            ThreadLocal.withInitial(torch::get_num_threads);

    private ProductThreads() {}

    /** Makes the hooks, which count among the native objects, before anyone counts. */
    static void start() {}

    /** The result of {@code body}; of its backward pass the same holds. */
    static Tensor oneEach(Supplier<Tensor> body, List<Tensor> operands) {
        if (Native.blas().threads() == 1) {
            return body.get();
        }
        Tensor result;
        try {
            Native.blas().threads(1);
            result = body.get();
        } finally {
            restore();
        }
        if (result.requiresGrad()) {
            result.nat().register_hook(ONE);
            operands.stream().filter(Tensor::requiresGrad).forEach(t -> t.nat().register_hook(ALL));
        }
        return result;
    }

    static void set(int threads) {
        USUAL.set(threads);
        Native.blas().threads(threads);
    }

    /** As many threads for products as this thread set last. */
    static void restore() {
        Native.blas().threads(USUAL.get());
    }

    /** Runs when a gradient arrives. It lives as long as the process: graphs hold it weakly. */
    private static final class Hook extends VoidTensorHook {
        private final int threads;

        /** 0 threads: as many as usual. */
        Hook(int threads) {
            super();
            this.threads = threads;
            retainReference();
        }

        @Override
        public void call(TensorBase gradient) {
            if (threads == 0) {
                restore();
            } else {
                Native.blas().threads(threads);
            }
        }
    }
}
