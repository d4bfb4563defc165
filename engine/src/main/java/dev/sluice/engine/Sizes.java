package dev.sluice.engine;

import java.util.Arrays;

/** Arithmetic on shapes that never overflows silently: a count beyond a long is −1. */
final class Sizes {
    /** Any result of operands whose sizes multiply to less than this is small. */
    private static final double SMALL = 1 << 24;

    private Sizes() {}

    static long product(long... sizes) {
        long n = 1;
        for (long s : sizes) {
            if (s < 0 || (s != 0 && n > Long.MAX_VALUE / s)) {
                return -1;
            }
            n *= s;
        }
        return n;
    }

    /** The number of elements that the shapes broadcast to, or 0 if they do not fit. */
    static long broadcast(long[]... shapes) {
        int rank = 0;
        for (long[] s : shapes) {
            rank = Math.max(rank, s.length);
        }
        long[] out = new long[rank];
        Arrays.fill(out, 1);
        for (long[] s : shapes) {
            for (int i = 0; i < s.length; i++) {
                int at = rank - s.length + i;
                if (out[at] == 1) {
                    out[at] = s[i];
                } else if (s[i] != 1 && s[i] != out[at]) {
                    return 0;
                }
            }
        }
        return product(out);
    }

    /** Refuses an elementwise operation whose broadcast result the machine cannot hold. */
    static void requireElementwise(String operation, Tensor... operands) {
        double bound = 1;
        for (Tensor t : operands) {
            if (t == null || t.isClosed()) {
                return;
            }
            bound *= Math.max(1, t.count());
        }
        if (bound < SMALL) {
            return;
        }
        long[][] shapes = new long[operands.length][];
        int bytes = 1;
        for (int i = 0; i < shapes.length; i++) {
            shapes[i] = operands[i].shape();
            bytes = Math.max(bytes, operands[i].dtype().bytes());
        }
        NativeMemory.require(operation, broadcast(shapes), bytes);
    }

    /** The elements of a matrix product of these shapes, or 0 if they do not fit. */
    static long matmul(long[] a, long[] b) {
        long batch =
                broadcast(
                        Arrays.copyOf(a, Math.max(0, a.length - 2)),
                        Arrays.copyOf(b, Math.max(0, b.length - 2)));
        long rows = a.length < 2 ? 1 : a[a.length - 2];
        long columns = b.length < 2 ? 1 : b[b.length - 1];
        return product(batch, rows, columns);
    }

    /**
     * The places of a kernel on an axis.
     *
     * @throws IllegalArgumentException if there are none or the numbers make no sense
     */
    static long places(long size, long kernel, long stride, long padding) {
        if (kernel < 1 || stride < 1 || padding < 0) {
            throw new IllegalArgumentException(
                    "expected a kernel and stride of at least 1 and a padding of at least 0, found "
                            + kernel
                            + ", "
                            + stride
                            + ", "
                            + padding);
        }
        if (padding > Integer.MAX_VALUE || kernel - size > 2 * padding) {
            throw new IllegalArgumentException(
                    "a kernel of " + kernel + " does not fit " + size + " with padding " + padding);
        }
        return (size + 2 * padding - kernel) / stride + 1;
    }
}
