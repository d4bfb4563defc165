package dev.sluice.studio;

import dev.sluice.engine.Engine;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A thread on which tensors live: what computes with them goes through it, in turn. */
final class ModelDesk {
    private static final long PATIENCE_SECONDS = 120;

    private final ExecutorService thread;
    private final Map<String, Future<?>> newest = new ConcurrentHashMap<>();

    /** A desk that computes with one core: the others are for what trains. */
    ModelDesk(String name) {
        thread =
                Executors.newSingleThreadExecutor(
                        task -> {
                            Thread t = new Thread(task, name);
                            t.setDaemon(true);
                            return t;
                        });
        thread.execute(() -> Engine.setThreads(1));
    }

    /**
     * Computes something and waits for it.
     *
     * @throws RequestException if so much was asked before that it did not get its turn
     */
    <T> T ask(Callable<T> work) {
        return answer(thread.submit(work), false);
    }

    /**
     * Computes something that ends early where its thread is interrupted, and waits for it; empty
     * if meanwhile something newer was asked under the same key, which takes its place.
     *
     * @throws RequestException if so much was asked before that it did not get its turn
     */
    <T> Optional<T> newest(String key, Callable<T> work) {
        Future<T> mine = thread.submit(work);
        Future<?> older = newest.put(key, mine);
        if (older != null) {
            older.cancel(true);
        }
        try {
            return Optional.of(answer(mine, true));
        } catch (CancellationException e) {
            return Optional.empty();
        } finally {
            newest.remove(key, mine);
        }
    }

    private static <T> T answer(Future<T> answer, boolean interrupt) {
        try {
            return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            answer.cancel(interrupt);
            throw RequestException.of(503, "busy: this took longer than two minutes");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw RequestException.of(503, "the studio is closing");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("a computation failed", e.getCause());
        }
    }

    /** Ends the thread after one last thing. */
    void close(Runnable last) {
        thread.execute(last);
        thread.shutdown();
    }
}
