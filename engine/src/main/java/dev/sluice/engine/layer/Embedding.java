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
