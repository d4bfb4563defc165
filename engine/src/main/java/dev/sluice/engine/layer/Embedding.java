package dev.sluice.engine.layer;

import dev.sluice.engine.DType;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;

/**
 * A table of vectors picked by index. Parameter {@code weight} [vocabulary, d]; input [points…] of
 * indices, output [points…, d].
 *
 * <p>A point contributes δ to the row it picked; masks along {@code d} weigh its entries, masks
 * along the vocabulary its row.
 */
public final class Embedding extends Layer {
    private final Parameter weight;

    /** Vectors drawn from a normal distribution with this deviation. */
    public Embedding(
            String rowAxis,
            long rows,
            String axis,
            long size,
            double deviation,
            DType dtype,
            Rng rng) {
        weight =
                parameter(
                        "weight", Tensor.normal(rng, deviation, dtype, rows, size), rowAxis, axis);
    }

    /** The vectors of {@code ids}. */
    public Tensor forward(Tensor ids) {
        if (weight.masks() == null) {
            return weight.value().embed(ids);
        }
        Tensor y = weight.value().detach().embed(ids);
        Masked.tap(y, ids, this::contribute, weight);
        return y;
    }

    private void contribute(Tensor delta, Tensor ids) {
        Tensor weighted = Masked.weigh(weight, delta, 1);
        if (weight.masks() != null) {
            for (var mask : weight.masks().masks()) {
                if (mask.axis() == 0) {
                    Tensor rows = mask.weights();
                    while (rows.rank() <= ids.rank()) {
                        rows = rows.unsqueeze(-2);
                    }
                    long[] full = java.util.Arrays.copyOf(ids.shape(), ids.rank() + 1);
                    full[ids.rank()] = weight.value().size(0);
                    weighted =
                            weighted.mul(
                                    rows.expand(full)
                                            .gather(-1, ids.unsqueeze(-1))
                                            .to(weighted.dtype()));
                }
            }
        }
        Tensor zero = Tensor.zeros(weighted.dtype(), weight.value().shape());
        Masked.add(
                weight,
                zero.indexAdd(0, ids.reshape(-1), weighted.reshape(-1, weight.value().size(1))));
    }

    @Override
    public boolean masksPositions(Parameter parameter, int axis) {
        return true;
    }
}
