package dev.sluice.engine;

import com.google.errorprone.annotations.MustBeClosed;
import org.bytedeco.pytorch.global.torch;

/**
 * Lets matrix products and convolutions of f32 tensors on this thread run in bf16 while it is open:
 * their results are bf16, what needs more digits (sums, norms, softmax, losses) stays f32. Open one
 * around the forward pass of each step. Worth about a factor of two where the CPU has AVX512-BF16
 * or AMX; elsewhere, and for small products, it is slower than f32.
 *
 * <p>Gradients have the type of what they are the gradient of: bf16 at the result of a product,
 * which is what a tap there sees and must return, f32 at f32 tensors and so at parameters. Backward
 * follows the types of the forward pass, whether this is still open or not.
 *
 * <p>The bf16 copy of a tensor is made for each product that reads it. libtorch can keep the copies
 * of weights, but for all threads at once: what one of them drops changes how another sums its
 * gradients.
 */
public final class Autocast implements AutoCloseable {
    private final ThreadSetting setting;

    private Autocast(boolean before, boolean kept) {
        setting = new ThreadSetting("Autocast", () -> restore(before, kept));
    }

    private static void restore(boolean before, boolean kept) {
        torch.set_autocast_enabled(torch.DeviceType.CPU, before);
        torch.set_autocast_cache_enabled(kept);
    }

    private static Autocast set(boolean on) {
        Native.start();
        boolean before = torch.is_autocast_enabled(torch.DeviceType.CPU);
        boolean kept = torch.is_autocast_cache_enabled();
        torch.set_autocast_enabled(torch.DeviceType.CPU, on);
        torch.set_autocast_cache_enabled(false);
        return new Autocast(before, kept);
    }

    /** Switches bf16 products on until closed. */
    @MustBeClosed
    public static Autocast bf16() {
        Native.start();
        torch.set_autocast_dtype(torch.DeviceType.CPU, torch.ScalarType.BFloat16);
        return set(true);
    }

    /** Switches them off until closed, for a part of a pass that has them on. */
    @MustBeClosed
    static Autocast off() {
        return set(false);
    }

    /**
     * Restores what was in force before. Closing twice does nothing.
     *
     * @throws TensorException if called on another thread
     */
    @Override
    public void close() {
        setting.close();
    }
}
