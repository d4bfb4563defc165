package dev.sluice.experiments;

import dev.sluice.engine.Engine;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

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
     * Does them all, and waits for all of them whatever happens.
     *
     * @return the results in the order of {@code work}
     * @throws RuntimeException that of the first that failed; an {@link Error} comes before it
     */
    <T> List<T> all(List<Callable<T>> work) {
        int threads = Engine.threads();
        int productThreads = Engine.productThreads();
        Engine.setThreads(1);
        try {
            FutureTask<T> first = new FutureTask<>(work.get(0));
            List<Future<T>> all = new ArrayList<>(List.of(first));
            for (Callable<T> other : work.subList(1, work.size())) {
                all.add(
                        others.submit(
                                () -> {
                                    Engine.setThreads(1);
                                    return other.call();
                                }));
            }
            first.run();
            return SideBySide.results(all);
        } finally {
            Engine.setThreads(threads, productThreads);
        }
    }

    @Override
    public void close() {
        others.shutdown();
    }
}
