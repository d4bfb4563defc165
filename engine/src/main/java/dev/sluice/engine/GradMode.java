package dev.sluice.engine;

import com.google.errorprone.annotations.MustBeClosed;

/**
 * Switches the recording of gradients on this thread off while it is open. Use it for evaluation
 * and for arithmetic on parameters.
 */
public final class GradMode implements AutoCloseable {
    private final boolean before;

    private GradMode(boolean before) {
        this.before = before;
    }

    /** Records nothing until closed. */
    @MustBeClosed
    public static GradMode off() {
        Native.start();
        boolean before = org.bytedeco.pytorch.GradMode.is_enabled();
        org.bytedeco.pytorch.GradMode.set_enabled(false);
        return new GradMode(before);
    }

    /** Restores what was in force before. */
    @Override
    public void close() {
        org.bytedeco.pytorch.GradMode.set_enabled(before);
    }
}
