package dev.sluice.models.transformer;

import dev.sluice.engine.Tensor;
import java.util.Arrays;

/**
 * A batch of token sequences, padded to one length on either side, or not at all. Padding shifts
 * nothing: a token's position is the number of real tokens before it in its row.
 */
public final class Tokens {
    private final int rows;
    private final int length;
    private final int[] ids;
    private final boolean[] real;
    private final boolean padded;

    private Tokens(int rows, int length, int[] ids, boolean[] real) {
        this.rows = rows;
        this.length = length;
        this.ids = ids;
        this.real = real;
        boolean any = false;
        for (boolean r : real) {
            any |= !r;
        }
        padded = any;
    }

    /**
     * Sequences without padding.
     *
     * @param ids [row][column]
     * @throws IllegalArgumentException if there is none, or they differ in length
     */
    public static Tokens of(int[][] ids) {
        int[][] mask = new int[ids.length][];
        for (int row = 0; row < ids.length; row++) {
            mask[row] = new int[ids[row].length];
            Arrays.fill(mask[row], 1);
        }
        return of(ids, mask);
    }

    /**
     * Sequences with padding where {@code mask} is 0.
     *
     * @param ids [row][column]
     * @param mask 1 for each real token, 0 for padding; of the shape of {@code ids}
     * @throws IllegalArgumentException if there is no token, or sequences differ in length, or the
     *     mask has other values or another shape
     */
    public static Tokens of(int[][] ids, int[][] mask) {
        if (ids.length == 0 || ids[0].length == 0 || mask.length != ids.length) {
            throw new IllegalArgumentException(
                    "tokens: expected at least one sequence of at least one token, and a mask for"
                            + " each; found "
                            + ids.length
                            + " sequences, "
                            + mask.length
                            + " masks");
        }
        int length = ids[0].length;
        int[] flat = new int[Math.multiplyExact(ids.length, length)];
        boolean[] real = new boolean[flat.length];
        for (int row = 0; row < ids.length; row++) {
            if (ids[row].length != length || mask[row].length != length) {
                throw new IllegalArgumentException(
                        "tokens: expected sequences and masks of length "
                                + length
                                + ", found "
                                + ids[row].length
                                + " and "
                                + mask[row].length
                                + " in row "
                                + row);
            }
            for (int column = 0; column < length; column++) {
                int m = mask[row][column];
                if (m != 0 && m != 1) {
                    throw new IllegalArgumentException(
                            "tokens: expected a mask of 0 and 1, found " + m + " in row " + row);
                }
                flat[row * length + column] = ids[row][column];
                real[row * length + column] = m == 1;
            }
        }
        return new Tokens(ids.length, length, flat, real);
    }

    /** The number of sequences. */
    public int rows() {
        return rows;
    }

    /** The length of each, padding included. */
    public int length() {
        return length;
    }

    /** The token at a place; anything where it is padding. */
    public int id(int row, int column) {
        return ids[row * length + column];
    }

    /** Whether the token at a place is real, not padding. */
    public boolean real(int row, int column) {
        return real[row * length + column];
    }

    /** Whether there is any padding. */
    public boolean padded() {
        return padded;
    }

    /**
     * The position of every place, row by row: the number of real tokens before it, and of padding
     * that of the last real token before it, or 0.
     */
    int[] positions() {
        int[] positions = new int[ids.length];
        for (int row = 0; row < rows; row++) {
            int seen = 0;
            for (int column = 0; column < length; column++) {
                seen += real(row, column) ? 1 : 0;
                positions[row * length + column] = Math.max(0, seen - 1);
            }
        }
        return positions;
    }

    /**
     * The columns {@code from} to {@code to} (exclusive).
     *
     * @throws IllegalArgumentException if there are none
     */
    public Tokens columns(int from, int to) {
        if (from < 0 || to <= from || to > length) {
            throw new IllegalArgumentException(
                    "columns " + from + " to " + to + " of " + length + " tokens");
        }
        int[][] id = new int[rows][];
        int[][] mask = new int[rows][];
        for (int row = 0; row < rows; row++) {
            id[row] = Arrays.copyOfRange(idsOf(row), from, to);
            mask[row] = Arrays.copyOfRange(maskOf(row), from, to);
        }
        return of(id, mask);
    }

    /**
     * What a model reads to predict the rest: all columns but the last.
     *
     * @throws IllegalArgumentException if there is only one
     */
    public Tokens inputs() {
        return columns(0, length - 1);
    }

    /** The column of a row's last real token, or −1. */
    int lastReal(int row) {
        int last = length - 1;
        while (last >= 0 && !real(row, last)) {
            last--;
        }
        return last;
    }

    /**
     * These sequences, each longer by a real token.
     *
     * @throws IllegalArgumentException unless there is one for each
     */
    Tokens with(int... more) {
        if (more.length != rows) {
            throw new IllegalArgumentException(
                    "tokens: expected one for each of " + rows + " rows, found " + more.length);
        }
        int[][] id = new int[rows][];
        int[][] mask = new int[rows][];
        for (int row = 0; row < rows; row++) {
            id[row] = Arrays.copyOf(idsOf(row), length + 1);
            id[row][length] = more[row];
            mask[row] = Arrays.copyOf(maskOf(row), length + 1);
            mask[row][length] = 1;
        }
        return of(id, mask);
    }

    /** The ids of a row, padding included. */
    public int[] idsOf(int row) {
        return Arrays.copyOfRange(ids, row * length, (row + 1) * length);
    }

    private int[] maskOf(int row) {
        int[] mask = new int[length];
        Arrays.setAll(mask, column -> real(row, column) ? 1 : 0);
        return mask;
    }

    /** The ids [rows, length] (i64), padding included. */
    Tensor ids() {
        return Tensor.of(ids, rows, length);
    }

    /** Refuses ids that are none of a vocabulary. */
    void checkWithin(long vocabulary) {
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0 || ids[i] >= vocabulary) {
                throw new IllegalArgumentException(
                        "token at row "
                                + i / length
                                + ", column "
                                + i % length
                                + ": expected an id from 0 to "
                                + (vocabulary - 1)
                                + ", found "
                                + ids[i]);
            }
        }
    }
}
