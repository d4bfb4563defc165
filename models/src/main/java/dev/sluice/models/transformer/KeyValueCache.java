package dev.sluice.models.transformer;

import dev.sluice.engine.DType;
import dev.sluice.engine.Tensor;
import dev.sluice.models.transformer.TransformerConfig.BlockSizes;
import java.util.ArrayList;
import java.util.List;

/** The keys and values of the columns that a model has read already, block by block. */
final class KeyValueCache implements AutoCloseable {
    private final List<Tensor> keys = new ArrayList<>();
    private final List<Tensor> values = new ArrayList<>();
    private int length;

    KeyValueCache(TransformerConfig config, DType dtype, int rows, int capacity) {
        for (BlockSizes b : config.blocks()) {
            keys.add(room(b, dtype, rows, capacity));
            values.add(room(b, dtype, rows, capacity));
        }
    }

    private static Tensor room(BlockSizes b, DType dtype, int rows, int capacity) {
        return Tensor.zeros(dtype, rows, b.kvHeads(), capacity, b.dHead()).retain();
    }

    /** The columns read so far. */
    int length() {
        return length;
    }

    /** All keys of a block, the new ones [rows, kv_head, n, d_head] appended. */
    Tensor withKeys(int block, Tensor more) {
        return with(keys.get(block), more);
    }

    /** All values of a block, the new ones appended. */
    Tensor withValues(int block, Tensor more) {
        return with(values.get(block), more);
    }

    private Tensor with(Tensor all, Tensor more) {
        long n = more.size(2);
        all.narrow(2, length, n).copyFrom(more);
        return all.narrow(2, 0, length + n);
    }

    /** Notes that every block has appended {@code n} columns. */
    void advance(int n) {
        length += n;
    }

    @Override
    public void close() {
        keys.forEach(Tensor::close);
        values.forEach(Tensor::close);
    }
}
