package dev.sluice.engine;

/** Something of the thread that opened it which is in force until closed, once and there. */
final class ThreadSetting {
    private final Thread owner = Thread.currentThread();
    private final String name;
    private final Runnable restore;
    private boolean closed;

    /**
     * A setting in force.
     *
     * @param restore puts back what was before
     */
    ThreadSetting(String name, Runnable restore) {
        this.name = name;
        this.restore = restore;
    }

    /**
     * Puts back what was before. Closing twice does nothing.
     *
     * @throws TensorException if called on another thread
     */
    void close() {
        if (closed) {
            return;
        }
        if (Thread.currentThread() != owner) {
            throw new TensorException(
                    name
                            + " closes on the thread that opened it: expected "
                            + owner.getName()
                            + ", found "
                            + Thread.currentThread().getName());
        }
        closed = true;
        restore.run();
    }
}
