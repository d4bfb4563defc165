package dev.sluice.experiments;

import dev.sluice.engine.Engine;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Does several things at the same time, the first on the caller's thread and each of the others on
 * one of its own. While they last every operation has one thread: many small operations waste less
 * of two cores when each core has its own than when they share every one.
 */
final class Crew implements AutoCloseable {
    private final ExecutorService others =
            Executors.newCachedThreadPool(
                    work -> {
                        Thread thread =
                                new Thread(work, Thread.currentThread().getName() + " part");
                        thread.setDaemon(true);
                        return thread;
                    });

    /** What became of a piece of work. */
    private record Outcome<T>(@Nullable T result, @Nullable Throwable failure) {
        static <T> Outcome<T> of(Callable<T> work) {
            try {
                return new Outcome<>(work.call(), null);
            } catch (Throwable t) {
                return new Outcome<>(null, t);
            }
        }
    }

    /**
     * Does them all, and waits for all of them whatever happens.
     *
     * @return the results in the order of {@code work}
     * @throws RuntimeException that of the first that failed; an {@link Error} likewise
     */
    <T> List<T> all(List<Callable<T>> work) {
        int threads = Engine.threads();
        int productThreads = Engine.productThreads();
        Engine.setThreads(1);
        List<Outcome<T>> outcomes = new ArrayList<>();
        try {
            List<Future<Outcome<T>>> started = new ArrayList<>();
            for (Callable<T> other : work.subList(1, work.size())) {
                started.add(
                        others.submit(
                                () -> {
                                    Engine.setThreads(1);
                                    return Outcome.of(other);
                                }));
            }
            outcomes.add(Outcome.of(work.get(0)));
            started.forEach(other -> outcomes.add(ended(other)));
        } finally {
            Engine.setThreads(threads, productThreads);
        }
        List<T> results = new ArrayList<>();
        for (Outcome<T> outcome : outcomes) {
            results.add(resultOf(outcome));
        }
        return results;
    }

    private static <T> T resultOf(Outcome<T> outcome) {
        Throwable failure = outcome.failure;
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw failure instanceof RuntimeException known
                    ? known
                    : new IllegalStateException(failure);
        }
        return Objects.requireNonNull(outcome.result);
    }

    /** Waits to the end; an interrupt is kept for who asks later. */
    private static <T> T ended(Future<T> work) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return work.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw new IllegalStateException(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        others.shutdown();
    }
}
