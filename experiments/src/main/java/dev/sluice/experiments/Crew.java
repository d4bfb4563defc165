package dev.sluice.experiments;

import dev.sluice.engine.Engine;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

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

    /**
     * Does them all and waits for all of them.
     *
     * @return the results in the order of {@code work}
     * @throws RuntimeException that of the first that failed
     */
    <T> List<T> all(List<Callable<T>> work) {
        int threads = Engine.threads();
        int productThreads = Engine.productThreads();
        Engine.setThreads(1);
        try {
            List<Future<T>> started = new ArrayList<>();
            for (Callable<T> other : work.subList(1, work.size())) {
                started.add(
                        others.submit(
                                () -> {
                                    Engine.setThreads(1);
                                    return other.call();
                                }));
            }
            RuntimeException failure = null;
            List<T> results = new ArrayList<>();
            for (int i = 0; i < work.size(); i++) {
                try {
                    results.add(i == 0 ? work.get(0).call() : started.get(i - 1).get());
                } catch (Exception e) {
                    failure = failure == null ? unchecked(e) : failure;
                }
            }
            if (failure != null) {
                throw failure;
            }
            return results;
        } finally {
            Engine.setThreads(threads, productThreads);
        }
    }

    private static RuntimeException unchecked(Exception e) {
        Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException known ? known : new IllegalStateException(cause);
    }

    @Override
    public void close() {
        others.shutdown();
    }
}
