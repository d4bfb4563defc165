package dev.sluice.engine;

import com.google.errorprone.annotations.MustBeClosed;

/**
 * Switches the recording of gradients on this thread off while it is open. Use it for evaluation
 * and for arithmetic on parameters.
 */
public final class GradMode implements AutoCloseable {
    private final ThreadSetting setting;

    private GradMode(boolean before) {
        setting =
                new ThreadSetting(
                        "GradMode", () -> org.bytedeco.pytorch.GradMode.set_enabled(before));
    }

    /** Records nothing until closed. */
    @MustBeClosed
    public static GradMode off() {
        Native.start();
        boolean before = org.bytedeco.pytorch.GradMode.is_enabled();
        org.bytedeco.pytorch.GradMode.set_enabled(false);
        return new GradMode(before);
    }

    /** Whether operations on this thread record gradients now. */
    public static boolean recording() {
        Native.start();
        return org.bytedeco.pytorch.GradMode.is_enabled();
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
