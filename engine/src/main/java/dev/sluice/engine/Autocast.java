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
 * <p>The bf16 copy of a tensor that requires a gradient is made once and used until the outermost
 * of nested autocasts closes. So weights that are changed inside go on being read as they were, and
 * weights first read with {@link GradMode} off get no gradient afterwards: step the optimiser, and
 * evaluate, outside.
 */
public final class Autocast implements AutoCloseable {
    private final ThreadSetting setting;

    private Autocast(boolean before) {
        setting = new ThreadSetting("Autocast", () -> restore(before));
    }

    private static void restore(boolean before) {
        torch.set_autocast_enabled(torch.DeviceType.CPU, before);
        if (!before) {
            torch.clear_cache();
        }
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
     * Restores what was in force before; the outermost drops the copies. Closing twice does
     * nothing.
     *
     * @throws TensorException if called on another thread
     */
    @Override
    public void close() {
        setting.close();
    }
}
