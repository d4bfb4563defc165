package dev.sluice.engine;

import com.google.errorprone.annotations.MustBeClosed;
import java.util.Iterator;
import org.bytedeco.javacpp.PointerScope;
import org.jspecify.annotations.Nullable;

/**
 * Owns every native object created on this thread while it is open, and frees them when it closes.
 * Open one per training step and per evaluation batch; results that must live longer are handed to
 * the enclosing scope with {@link #keep}, or to the caller with {@link Tensor#retain}.
 *
 * <p>Forward intermediates may be freed before {@code backward}: the autograd graph holds its own
 * references. Scopes nest, and close innermost first, on the thread that opened them.
 */
public final class TensorScope implements AutoCloseable {
    private final PointerScope pointers;
    private final @Nullable PointerScope parent;
    private final Thread owner = Thread.currentThread();
    private boolean closed;

    private TensorScope() {
        Native.start();
        parent = PointerScope.getInnerScope();
        pointers = new PointerScope();
    }

    /** Opens a scope on the current thread. */
    @MustBeClosed
    public static TensorScope open() {
        return new TensorScope();
    }

    /**
     * Lets {@code tensor} outlive this scope: it moves to the enclosing one, or, where there is
     * none, belongs to the caller until {@link Tensor#close}.
     *
     * @throws TensorException if this scope or the tensor is closed, or on another thread
     */
    public Tensor keep(Tensor tensor) {
        if (closed) {
            throw new TensorException("keep: the scope is closed");
        }
        if (Thread.currentThread() != owner) {
            throw otherThread("keep");
        }
        if (parent == null) {
            return tensor.retain();
        }
        parent.attach(tensor.nat());
        return tensor;
    }

    /**
     * Frees what was created since this scope was opened.
     *
     * @throws TensorException if called on another thread, or while an inner scope is open
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (Thread.currentThread() != owner) {
            throw otherThread("close");
        }
        Iterator<PointerScope> scopes = PointerScope.getScopeIterator();
        if (scopes == null || !scopes.hasNext() || scopes.next() != pointers) {
            throw new TensorException("a scope was closed while one opened inside it is open");
        }
        closed = true;
        pointers.close();
    }

    private TensorException otherThread(String operation) {
        return new TensorException(
                operation
                        + ": a scope belongs to the thread that opened it: expected "
                        + owner.getName()
                        + ", found "
                        + Thread.currentThread().getName());
    }
}
