package dev.sluice.engine;

import java.util.Arrays;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.TensorBase;
import org.jspecify.annotations.Nullable;

/** The one door to libtorch: starts it, calls it, and turns its failures into exceptions. */
final class Native {
    private static final Blas BLAS = Bootstrap.run();

    static {
        ProductThreads.start();
    }

    private static final Pattern FRAMES = Pattern.compile("\n(Exception raised from|frame #0)");

    private Native() {}

    /** Makes sure the natives are loaded. */
    static void start() {}

    /** The library of matrix products. */
    static Blas blas() {
        return BLAS;
    }

    /** Runs an operation whose result is no larger than its operands broadcast together. */
    static Tensor call(
            String operation, Supplier<org.bytedeco.pytorch.Tensor> body, Tensor... operands) {
        Sizes.requireElementwise(operation, operands);
        return light(operation, body, operands);
    }

    /** Runs an operation that yields {@code elements} values of the first operand's type. */
    static Tensor sized(
            String operation,
            long elements,
            Supplier<org.bytedeco.pytorch.Tensor> body,
            Tensor... operands) {
        NativeMemory.require(operation, elements, operands[0].dtype().bytes());
        return light(operation, body, operands);
    }

    /** Runs an operation that yields a view or something small. */
    static Tensor light(
            String operation, Supplier<org.bytedeco.pytorch.Tensor> body, Tensor... operands) {
        try {
            return new Tensor(body.get());
        } catch (RuntimeException e) {
            throw failure(operation, e, operands);
        }
    }

    /** Runs an operation for its effect or for a plain value. */
    static <T> T value(String operation, Supplier<T> body, Tensor... operands) {
        try {
            return body.get();
        } catch (RuntimeException e) {
            throw failure(operation, e, operands);
        }
    }

    /** Runs {@code body} with a native scalar that is freed at once. */
    static Tensor scalar(
            String operation,
            double value,
            java.util.function.Function<Scalar, org.bytedeco.pytorch.Tensor> body,
            Tensor... operands) {
        return call(
                operation,
                () -> {
                    try (Scalar s = new Scalar(value)) {
                        return body.apply(s);
                    }
                },
                operands);
    }

    static TensorException failure(String operation, RuntimeException e, Tensor... operands) {
        if (e instanceof TensorException t) {
            return t;
        }
        StringBuilder message = new StringBuilder(operation).append('(');
        for (int i = 0; i < operands.length; i++) {
            message.append(i == 0 ? "" : ", ").append(describe(operands[i]));
        }
        String reason = reason(e);
        message.append("): ").append(reason);
        boolean memory = reason.contains("can't allocate memory") || reason.contains("bad_alloc");
        return new TensorException(message.toString(), memory ? new OutOfMemoryError(reason) : e);
    }

    private static String describe(@Nullable Tensor t) {
        if (t == null) {
            return "null";
        }
        if (t.isClosed()) {
            return "closed tensor";
        }
        return t.dtype().label() + Arrays.toString(t.shape());
    }

    /** The first line of what libtorch said, without its C++ frames. */
    private static String reason(RuntimeException e) {
        String text = e.getMessage();
        if (e instanceof NullPointerException) {
            return "an operand is null";
        }
        if (text == null || text.isBlank()) {
            return e.getClass().getSimpleName();
        }
        String head = FRAMES.split(text, 2)[0];
        return head.strip().lines().limit(4).reduce((a, b) -> a + " " + b).orElse(head);
    }

    static boolean defined(TensorBase t) {
        return !t.isNull() && t.defined();
    }
}
