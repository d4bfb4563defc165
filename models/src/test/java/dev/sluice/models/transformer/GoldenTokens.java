package dev.sluice.models.transformer;

import dev.sluice.engine.DType;
import dev.sluice.engine.Tensor;

/** Between tensors of reference numbers and batches of tokens. */
final class GoldenTokens {
    private GoldenTokens() {}

    static int[][] ints(Tensor t) {
        long[] values = t.toLongs();
        int columns = (int) t.size(1);
        int[][] rows = new int[(int) t.size(0)][columns];
        for (int i = 0; i < values.length; i++) {
            rows[i / columns][i % columns] = (int) values[i];
        }
        return rows;
    }

    static Tokens of(Tensor ids, Tensor mask) {
        return Tokens.of(ints(ids), ints(mask));
    }

    /** {@code x} [batch, pos, …] with zeros at padding. */
    static Tensor atRealPlaces(Tensor x, Tokens tokens) {
        long[] shape = new long[x.rank()];
        java.util.Arrays.fill(shape, 1);
        shape[0] = tokens.rows();
        shape[1] = tokens.length();
        return onlyReal(x, tokens, shape);
    }

    /** {@code x} [batch, head, query, key] with zeros at padded queries. */
    static Tensor atRealQueries(Tensor x, Tokens tokens) {
        return onlyReal(x, tokens, tokens.rows(), 1, tokens.length(), 1);
    }

    private static Tensor onlyReal(Tensor x, Tokens tokens, long... shape) {
        byte[] real = new byte[tokens.rows() * tokens.length()];
        for (int i = 0; i < real.length; i++) {
            real[i] = (byte) (tokens.real(i / tokens.length(), i % tokens.length()) ? 1 : 0);
        }
        Tensor condition = Tensor.ofBytes(java.nio.ByteBuffer.wrap(real), DType.BOOL, shape);
        return x.where(condition, Tensor.zeros(x.dtype()));
    }
}
