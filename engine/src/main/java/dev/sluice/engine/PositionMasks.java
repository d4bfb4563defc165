package dev.sluice.engine;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Weights on what each data point contributes to the gradient of one parameter: the contribution
 * (the gradient of the whole loss with respect to a private copy of the parameter used at that
 * point only) is multiplied along one or several of the parameter's axes.
 *
 * @param taps where layers register the backward functions that apply the masks; it must stay open
 *     until backward is over
 * @param masks all of them multiply
 * @param onForward what the layer runs in a forward pass that reads the parameter under these masks
 * @param onBackward what it runs when that pass's gradient arrives
 */
public record PositionMasks(
        TapSet taps, List<AxisMask> masks, Runnable onForward, Runnable onBackward) {
    /** Copies the list. */
    public PositionMasks {
        Objects.requireNonNull(taps, "taps");
        Objects.requireNonNull(onForward, "onForward");
        Objects.requireNonNull(onBackward, "onBackward");
        masks = List.copyOf(masks);
    }

    /** Masks whose use nobody watches. */
    public PositionMasks(TapSet taps, List<AxisMask> masks) {
        this(taps, masks, () -> {}, () -> {});
    }

    /**
     * A mask along one axis.
     *
     * @param axis the index of the parameter's axis
     * @param weights [points…, size of the axis]; the points are the leading axes of the layer's
     *     input, fewer of them than the input has apply to all of the rest
     */
    public record AxisMask(int axis, Tensor weights) {
        /** Refuses null. */
        public AxisMask {
            Objects.requireNonNull(weights, "weights");
        }

        /**
         * The weights with single axes put in after the points, so that they broadcast.
         *
         * @throws TensorException if {@code rank} is beyond the 64 axes a tensor can have, or the
         *     weights have no axis
         */
        public Tensor aligned(int rank) {
            if (rank > 64 || weights.rank() == 0) {
                throw new TensorException(
                        "position mask " + weights + " has no place in rank " + rank);
            }
            Tensor w = weights;
            while (w.rank() < rank) {
                w = w.unsqueeze(-2);
            }
            return w;
        }
    }

    /**
     * {@code x} [points…, size] times every mask along {@code axis}.
     *
     * @throws TensorException if the points or the size of a mask are not those of {@code x}
     */
    public Tensor weigh(Tensor x, int axis) {
        Tensor out = x;
        for (AxisMask mask : masks) {
            if (mask.axis() == axis) {
                out = out.mul(mask.aligned(x.rank()).to(x.dtype()));
                if (!Arrays.equals(out.shape(), x.shape())) {
                    throw new TensorException(
                            "a position mask along axis "
                                    + axis
                                    + " does not fit: expected the points and size of "
                                    + x
                                    + ", found "
                                    + mask.weights());
                }
            }
        }
        return out;
    }
}
