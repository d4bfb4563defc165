package dev.sluice.engine;

import com.google.errorprone.annotations.MustBeClosed;
import org.bytedeco.pytorch.global.torch;

/**
 * Lets matrix products of f32 tensors on this thread run in bf16 while it is open; everything else
 * stays f32. Worth about a factor of two where the CPU has AVX512-BF16 or AMX, and slower than f32
 * where it has not.
 *
 * <p>The bf16 copies of weights made inside are dropped on closing: open one per step, so that the
 * next step reads the weights that this one wrote.
 */
public final class Autocast implements AutoCloseable {
    private final boolean before;
    private final Thread owner = Thread.currentThread();
    private boolean closed;

    private Autocast(boolean before) {
        this.before = before;
    }

    /** Switches bf16 products on until closed. */
    @MustBeClosed
    public static Autocast bf16() {
        Native.start();
        boolean before = torch.is_autocast_enabled(torch.DeviceType.CPU);
        torch.set_autocast_dtype(torch.DeviceType.CPU, torch.ScalarType.BFloat16);
        torch.set_autocast_enabled(torch.DeviceType.CPU, true);
        return new Autocast(before);
    }

    /**
     * Restores what was in force before and drops the cached copies of weights. Closing twice does
     * nothing.
     *
     * @throws TensorException if called on another thread
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (Thread.currentThread() != owner) {
            throw new TensorException(
                    "Autocast closes on the thread that opened it: expected "
                            + owner.getName()
                            + ", found "
                            + Thread.currentThread().getName());
        }
        closed = true;
        torch.set_autocast_enabled(torch.DeviceType.CPU, before);
        torch.clear_cache();
    }
}
