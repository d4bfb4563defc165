package dev.sluice.data;

/** Hears how a download goes on. Implement it to draw a bar; calls come from the calling thread. */
@FunctionalInterface
public interface ProgressListener {
    /**
     * {@code done} of {@code total} bytes of {@code what} are here; {@code done} starts above zero
     * where a broken transfer goes on and falls back where it has to start again.
     */
    void progress(String what, long done, long total);

    /** A word to the user between two transfers, such as which mirror failed and why. */
    default void note(String line) {}

    /** A listener that keeps silent. */
    static ProgressListener silent() {
        return (what, done, total) -> {};
    }
}
