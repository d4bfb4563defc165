package dev.sluice.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.TensorTensorHook;
import org.jspecify.annotations.Nullable;

/**
 * Functions that see, and may replace, the gradient arriving at a tensor during {@link
 * Tensor#backward}. Keep the set open until backward is over; after it closes, a backward that
 * still needs one of its functions fails instead of running without it.
 *
 * <p>libtorch holds such functions weakly and crashes on a null or freed result; this class owns
 * them strongly, checks every result, and hands an exception thrown in a function to the caller of
 * backward as cause.
 */
public final class TapSet implements AutoCloseable {
    private static final ThreadLocal<@Nullable Throwable> FAILURE = new ThreadLocal<>();

    private final List<Tap> taps = new ArrayList<>();
    private final List<Tensor> retained = new ArrayList<>();
    private int running;
    private boolean closed;

    /** An empty set. */
    public TapSet() {}

    /**
     * Replaces the gradient arriving at {@code tensor} by what {@code function} makes of it: same
     * shape; a result of another floating type is converted to the type of the gradient.
     *
     * <p>Several functions on one tensor run in the order they came, each on the result of the one
     * before.
     *
     * @throws TensorException if the set is closed or the tensor records no gradient
     */
    public void tap(Tensor tensor, UnaryOperator<Tensor> function) {
        Objects.requireNonNull(function, "function");
        if (closed) {
            throw new TensorException("tap: the set of taps is closed");
        }
        if (!tensor.requiresGrad()) {
            throw new TensorException("tap: " + tensor + " records no gradient");
        }
        Tap tap = new Tap(function);
        tap.retainReference();
        taps.add(tap);
        Native.value("tap", () -> tensor.nat().register_hook(tap), tensor);
    }

    /** Keeps {@code tensor} alive until this set closes, whatever happens to its scope. */
    public Tensor retain(Tensor tensor) {
        if (closed) {
            throw new TensorException("retain: the set of taps is closed");
        }
        retained.add(tensor.retain());
        return tensor;
    }

    /**
     * Frees the functions and what they held.
     *
     * @throws TensorException if called from one of its functions
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (running > 0) {
            throw new TensorException("a set of taps cannot be closed while one of them runs");
        }
        closed = true;
        taps.forEach(Tap::release);
        retained.forEach(Tensor::close);
    }

    static void backward(Tensor loss) {
        FAILURE.remove();
        try {
            Native.value(
                    "backward",
                    () -> {
                        loss.nat().backward();
                        return true;
                    },
                    loss);
        } catch (TensorException e) {
            Throwable cause = FAILURE.get();
            if (cause != null) {
                throw new TensorException("backward stopped: " + cause.getMessage(), cause);
            }
            if (String.valueOf(e.getMessage()).contains("NullPointer")) {
                throw new TensorException("backward ran after its set of taps was closed", e);
            }
            throw e;
        } finally {
            FAILURE.remove();
            ProductThreads.restore();
        }
    }

    private final class Tap extends TensorTensorHook {
        private final UnaryOperator<Tensor> function;
        private org.bytedeco.pytorch.@Nullable Tensor last;

        Tap(UnaryOperator<Tensor> function) {
            super();
            this.function = function;
        }

        @Override
        public TensorBase call(TensorBase gradient) {
            running++;
            try (TensorScope scope = TensorScope.open()) {
                if (closed) {
                    throw new TensorException("backward ran after its set of taps was closed");
                }
                Tensor in = new Tensor(new org.bytedeco.pytorch.Tensor(gradient));
                Tensor out = function.apply(in);
                if (out == null || out.isClosed()) {
                    throw new TensorException(
                            "a tap returned " + (out == null ? "null" : "a closed tensor"));
                }
                if (!Arrays.equals(in.shape(), out.shape())) {
                    throw new TensorException(
                            "a tap changed the shape of the gradient: expected "
                                    + in
                                    + ", found "
                                    + out);
                }
                org.bytedeco.pytorch.Tensor result = out.to(in.dtype()).nat();
                result.retainReference();
                free();
                last = result;
                return result;
            } catch (Throwable t) {
                FAILURE.set(t);
                throw new IllegalStateException(t.getMessage(), t);
            } finally {
                running--;
            }
        }

        private void free() {
            if (last != null) {
                last.releaseReference();
                last = null;
            }
        }

        void release() {
            free();
            releaseReference();
        }
    }
}
