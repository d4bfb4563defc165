package dev.sluice.engine.layer;

import dev.sluice.engine.DType;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.PositionMasks;
import dev.sluice.engine.PositionMasks.AxisMask;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import java.util.Arrays;

/**
 * A table of vectors picked by index. Parameter {@code weight} [vocabulary, d]; input [points…] of
 * indices, output [points…, d].
 *
 * <p>A point contributes δ to the row it picked; masks along {@code d} weigh its entries, masks
 * along the vocabulary its row. The same table may also be the output of a model: {@link
 * #products}.
 */
public final class Embedding extends Layer {
    private final Parameter weight;

    /**
     * A table with these starting values.
     *
     * @param start [rows, size]
     */
    public Embedding(String rowAxis, String axis, Tensor start) {
        weight = parameter("weight", start, rowAxis, axis);
    }

    /** Vectors drawn from a normal distribution with this deviation. */
    public Embedding(
            String rowAxis,
            long rows,
            String axis,
            long size,
            double deviation,
            DType dtype,
            Rng rng) {
        this(rowAxis, axis, Tensor.normal(rng, deviation, dtype, rows, size));
    }

    /** The vectors of {@code ids}. */
    public Tensor forward(Tensor ids) {
        PositionMasks masks = weight.masks();
        if (masks == null) {
            return weight.value().embed(ids);
        }
        Tensor y = weight.value().detach().embed(ids);
        return Masked.tap(
                y,
                ids,
                Masked.points(y),
                (delta, picked) -> contribute(delta, picked, masks),
                weight);
    }

    private void contribute(Tensor delta, Tensor ids, PositionMasks masks) {
        Tensor weighed = masks.weigh(delta, 1);
        for (AxisMask mask : masks.masks()) {
            if (mask.axis() == 0) {
                Tensor ofRow = rowWeights(mask, ids);
                weighed = weighed.mul(ofRow.to(weighed.dtype()));
            }
        }
        Tensor zero = Tensor.zeros(weighed.dtype(), weight.value().shape());
        Tensor perPoint = weighed.reshape(-1, weight.value().size(1));
        Masked.add(weight, zero.indexAdd(0, ids.reshape(-1), perPoint));
    }

    /**
     * The other use of a tied table: the product of {@code x} [points…, d] with every row,
     * [points…, rows]. A point contributes δ xᵀ; masks weigh it along both axes.
     */
    public Tensor products(Tensor x) {
        PositionMasks masks = weight.masks();
        if (masks == null) {
            return x.linear(weight.value(), null);
        }
        Tensor y = x.linear(weight.value().detach(), null);
        return Masked.tap(
                y,
                x,
                Masked.points(y),
                (delta, input) -> {
                    Tensor rows = masks.weigh(delta, 0).reshape(-1, weight.value().size(0));
                    Tensor columns = masks.weigh(input, 1).reshape(-1, weight.value().size(1));
                    Masked.add(weight, rows.transpose(0, 1).matmul(columns));
                },
                weight);
    }

    /** What the mask over the vocabulary says of the row that each point picked: [points…, 1]. */
    private Tensor rowWeights(AxisMask mask, Tensor ids) {
        long[] shape = Arrays.copyOf(ids.shape(), ids.rank() + 1);
        shape[ids.rank()] = weight.value().size(0);
        return mask.aligned(shape.length).expand(shape).gather(-1, ids.unsqueeze(-1));
    }

    @Override
    public boolean masksPositions(Parameter parameter, int axis) {
        return true;
    }
}
