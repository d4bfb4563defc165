package dev.sluice.experiments;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Waiting for what goes on side by side: for all of it whatever happens, because nothing of a step
 * can be left half done. An interrupt is kept for who asks later.
 */
final class SideBySide {
    private SideBySide() {}

    /**
     * The results in the order of {@code work}.
     *
     * @throws RuntimeException that of the first that failed; an {@link Error} comes before it
     */
    static <T> List<T> results(List<? extends Future<T>> work) {
        List<T> results = new ArrayList<>();
        forEach(work, (result, i) -> results.add(result));
        return results;
    }

    /**
     * Hands over every result with its place, those of failed work left out.
     *
     * @throws RuntimeException that of the first that failed; an {@link Error} comes before it
     */
    static <T> void forEach(List<? extends Future<T>> work, ObjIntConsumer<T> use) {
        Throwable failure = null;
        for (int i = 0; i < work.size(); i++) {
            try {
                use.accept(result(work.get(i)), i);
            } catch (ExecutionException e) {
                failure = worse(failure, e.getCause());
            }
        }
        fail(failure);
    }

    /** The first, but that an {@link Error} comes before all others. */
    private static @Nullable Throwable worse(@Nullable Throwable known, @Nullable Throwable other) {
        if (known == null || other == null || other == known) {
            return known == null ? other : known;
        }
        boolean first = known instanceof Error || !(other instanceof Error);
        Throwable worse = first ? known : other;
        worse.addSuppressed(first ? other : known);
        return worse;
    }

    private static void fail(@Nullable Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException known) {
            throw known;
        }
        if (failure != null) {
            throw new IllegalStateException(failure);
        }
    }

    private static <T> T result(Future<T> work) throws ExecutionException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return work.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
