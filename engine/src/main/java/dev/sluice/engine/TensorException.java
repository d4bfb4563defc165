package dev.sluice.engine;

import org.jspecify.annotations.Nullable;

/**
 * An operation on tensors that could not be done: names the operation, the shapes of its operands
 * and what the native library said. After one, the step under way is void: clear the gradients.
 * Where memory was too small the cause is an {@link OutOfMemoryError}.
 */
public final class TensorException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** An operation that failed for the reason given. */
    public TensorException(String message) {
        super(message);
    }

    /** An operation that failed because of {@code cause}. */
    public TensorException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
