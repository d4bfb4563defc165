package dev.sluice.models.transformer;

import dev.sluice.engine.DType;
import dev.sluice.engine.Tensor;
import dev.sluice.models.transformer.TransformerConfig.Rotary;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the blocks share in one forward pass: which keys each query sees, the angles of the rotary
 * positions, and the keys and values of earlier passes. Queries are the columns from {@code from}
 * on, keys all columns.
 */
final class Pass implements AutoCloseable {
    private final Tokens tokens;
    private final int from;
    private final int[] positions;
    private final @Nullable Tensor cos;
    private final @Nullable Tensor sin;
    private final boolean interleaved;
    private final @Nullable KeyValueCache cache;
    private final Map<Integer, Tensor> visible = new HashMap<>();

    Pass(Tokens tokens, TransformerConfig config, DType dtype, @Nullable KeyValueCache cache) {
        this.tokens = tokens;
        this.cache = cache;
        from = cache == null ? 0 : cache.length();
        positions = tokens.positions();
        if (config.positions() instanceof Rotary rotary) {
            double[] angles = angles(rotary);
            cos = table(angles, true, dtype, rotary);
            sin = table(angles, false, dtype, rotary);
            interleaved = rotary.interleaved();
        } else {
            cos = null;
            sin = null;
            interleaved = false;
        }
    }

    /** The number of queries in each row. */
    int queries() {
        return tokens.length() - from;
    }

    @Nullable KeyValueCache cache() {
        return cache;
    }

    /** The rows that positions differ in: one where there is no padding. */
    private int positionRows() {
        return tokens.padded() ? tokens.rows() : 1;
    }

    /** The positions of the queries: [rows, queries], or [1, queries] where all rows agree. */
    Tensor positionIds(boolean eachRow) {
        int rows = eachRow ? tokens.rows() : positionRows();
        int n = queries();
        int[] ids = new int[rows * n];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = position(i / n, from + i % n);
        }
        return Tensor.of(ids, rows, n);
    }

    /** 1 for real queries, 0 for padding: [rows, queries, 1]. */
    Tensor realQueries(DType dtype) {
        int n = queries();
        float[] real = new float[tokens.rows() * n];
        for (int i = 0; i < real.length; i++) {
            real[i] = tokens.real(i / n, from + i % n) ? 1 : 0;
        }
        return Tensor.of(real, tokens.rows(), n, 1).to(dtype);
    }

    private int position(int row, int column) {
        return positions[row * tokens.length() + column];
    }

    private double[] angles(Rotary rotary) {
        int pairs = rotary.dimensions() / 2;
        int n = queries();
        double[] frequencies = new double[pairs];
        for (int i = 0; i < pairs; i++) {
            frequencies[i] = rotary.frequency(i);
        }
        double[] angles = new double[positionRows() * n * pairs];
        for (int i = 0; i < angles.length; i++) {
            int place = i / pairs;
            angles[i] = position(place / n, from + place % n) * frequencies[i % pairs];
        }
        return angles;
    }

    private Tensor table(double[] angles, boolean cosine, DType dtype, Rotary rotary) {
        double[] values = new double[angles.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = cosine ? StrictMath.cos(angles[i]) : StrictMath.sin(angles[i]);
        }
        return Tensor.of(values, positionRows(), queries(), 1, rotary.dimensions() / 2).to(dtype);
    }

    /** Queries or keys [rows, queries, head, d_head], turned by their positions. */
    Tensor rotate(Tensor x) {
        if (cos == null || sin == null) {
            return x;
        }
        Tensor c = cos.to(x.dtype());
        Tensor s = sin.to(x.dtype());
        long pairs = c.size(-1);
        long rest = x.size(-1) - 2 * pairs;
        Tensor turned;
        if (interleaved) {
            long[] shape = x.shape();
            Tensor split =
                    x.narrow(-1, 0, 2 * pairs).reshape(shape[0], shape[1], shape[2], pairs, 2);
            Tensor a = split.narrow(-1, 0, 1).squeeze(-1);
            Tensor b = split.narrow(-1, 1, 1).squeeze(-1);
            turned =
                    Tensor.stack(
                                    java.util.List.of(
                                            a.mul(c).sub(b.mul(s)), b.mul(c).add(a.mul(s))),
                                    -1)
                            .reshape(shape[0], shape[1], shape[2], 2 * pairs);
        } else {
            Tensor a = x.narrow(-1, 0, pairs);
            Tensor b = x.narrow(-1, pairs, pairs);
            turned =
                    Tensor.concat(
                            java.util.List.of(a.mul(c).sub(b.mul(s)), b.mul(c).add(a.mul(s))), -1);
        }
        return rest == 0
                ? turned
                : Tensor.concat(java.util.List.of(turned, x.narrow(-1, 2 * pairs, rest)), -1);
    }

    /** Whether every query sees all keys at and before its own place. */
    boolean seesAllBefore(int window) {
        return !tokens.padded() && (window == 0 || tokens.length() <= window);
    }

    /** Whether queries and keys are the same columns. */
    boolean whole() {
        return from == 0;
    }

    /**
     * Which query sees which key, through a window (0: none): a bool tensor that broadcasts to
     * [rows, head, queries, keys]. A query that would see none sees its own column: what it
     * computes is used by nobody, but must be finite.
     */
    Tensor visible(int window) {
        return visible.computeIfAbsent(window, w -> makeVisible(w).retain());
    }

    private Tensor makeVisible(int window) {
        int rows = positionRows();
        int keys = tokens.length();
        int n = queries();
        byte[] sees = new byte[Math.multiplyExact(Math.multiplyExact(rows, n), keys)];
        for (int row = 0; row < rows; row++) {
            for (int q = 0; q < n; q++) {
                int at = (row * n + q) * keys;
                if (!look(sees, at, row, from + q, window)) {
                    sees[at + from + q] = 1;
                }
            }
        }
        return Tensor.ofBytes(ByteBuffer.wrap(sees), DType.BOOL, rows, 1, n, keys);
    }

    /** Marks the keys that one query sees; false if there is none. */
    private boolean look(byte[] sees, int at, int row, int column, int window) {
        boolean any = false;
        int here = position(row, column);
        for (int key = 0; key <= column; key++) {
            boolean near = window == 0 || here - position(row, key) < window;
            if (near && tokens.real(row, key)) {
                sees[at + key] = 1;
                any = true;
            }
        }
        return any;
    }

    @Override
    public void close() {
        visible.values().forEach(Tensor::close);
    }
}
