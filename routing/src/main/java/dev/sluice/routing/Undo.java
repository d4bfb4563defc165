package dev.sluice.routing;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** What must be taken back, last done first; every part of it, whatever another part throws. */
final class Undo implements AutoCloseable {
    private final Deque<Runnable> parts = new ArrayDeque<>();

    /** Adds what is to be taken back before all that is here. */
    void push(Runnable part) {
        parts.push(part);
    }

    /** Adds what is to be taken back after all that is here. */
    void last(Runnable part) {
        parts.addLast(part);
    }

    /**
     * Takes everything back, and throws the first that a part threw, with what the others threw
     * suppressed. Closing twice does nothing.
     */
    @Override
    public void close() {
        Throwable first = null;
        while (!parts.isEmpty()) {
            first = also(parts.pop(), first);
        }
        if (first instanceof Error e) {
            throw e;
        }
        if (first instanceof RuntimeException e) {
            throw e;
        }
    }

    /** Runs {@code part} although {@code failure} is to be thrown: what it throws is suppressed. */
    static void alsoAfter(Throwable failure, Runnable part) {
        also(part, failure);
    }

    private static @Nullable Throwable also(Runnable part, @Nullable Throwable first) {
        try {
            part.run();
        } catch (RuntimeException | Error e) {
            if (first == null) {
                return e;
            }
            if (e != first) {
                first.addSuppressed(e);
            }
        }
        return first;
    }
}
