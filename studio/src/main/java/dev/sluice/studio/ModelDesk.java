package dev.sluice.studio;

import dev.sluice.engine.Engine;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A thread on which tensors live: what computes with them goes through it, in turn. */
final class ModelDesk {
    private static final long PATIENCE_SECONDS = 120;

    private final ExecutorService thread;

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
        var answer = thread.submit(work);
        try {
            return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            answer.cancel(false);
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
