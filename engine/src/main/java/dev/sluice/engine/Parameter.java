package dev.sluice.engine;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A trainable tensor with a name and a name for each axis, such as {@code encoder.out.weight} with
 * axes {@code latent}, {@code hidden2}. The axis names are what masks, regions and ablations refer
 * to, so that they work for every model.
 */
public final class Parameter implements AutoCloseable {
    private final Tensor value;
    private final List<String> axes;
    private String name;
    private @Nullable PositionMasks masks;

    Parameter(String name, Tensor value, List<String> axes) {
        if (value.rank() != axes.size()) {
            throw new TensorException(
                    "parameter " + name + ": " + value + " has not the axes " + axes);
        }
        this.name = name;
        this.axes = List.copyOf(axes);
        this.value = value.requireGrad().retain();
    }

    /** The dotted name within the model. */
    public String name() {
        return name;
    }

    void prefix(String layer) {
        name = layer + "." + name;
    }

    /** The leaf tensor. */
    public Tensor value() {
        return value;
    }

    /** The names of the axes. */
    public List<String> axes() {
        return axes;
    }

    /** The position of a named axis, or −1. */
    public int axis(String axis) {
        return axes.indexOf(axis);
    }

    /** The gradient, or null where none arrived. */
    public @Nullable Tensor grad() {
        return value.grad();
    }

    /** Forgets the gradient. */
    public void clearGrad() {
        value.clearGrad();
    }

    /** What weights each position's contribution to this gradient, or null. */
    public @Nullable PositionMasks masks() {
        return masks;
    }

    /**
     * Weights, until {@code masks} is taken away with null, what each data point contributes to the
     * gradient. The layer that holds the parameter must know how; see {@link Layer#masksPositions}.
     *
     * @throws TensorException if the masks of another owner are in force, or one is along no axis
     *     of this parameter or of another size
     */
    public void maskPositions(@Nullable PositionMasks masks) {
        if (masks != null && this.masks != null) {
            throw new TensorException(
                    "parameter " + name + ": position masks are in force already");
        }
        if (masks != null) {
            masks.masks().forEach(this::check);
        }
        this.masks = masks;
    }

    private void check(PositionMasks.AxisMask mask) {
        Tensor w = mask.weights();
        int axis = mask.axis();
        if (axis < 0 || axis >= axes.size()) {
            throw new TensorException("parameter " + this + " has no axis " + axis + " to mask");
        }
        if (w.rank() == 0 || w.size(-1) != value.size(axis)) {
            throw new TensorException(
                    "parameter "
                            + this
                            + ": a mask along "
                            + axes.get(axis)
                            + " needs "
                            + value.size(axis)
                            + " weights per point, found "
                            + w);
        }
    }

    /**
     * Called by a layer that reads this parameter under {@link #masks}.
     *
     * @param points the shape of the data points that the layer sees
     * @throws TensorException if a mask in force was made for others
     */
    public void checkPoints(long... points) {
        if (masks == null) {
            return;
        }
        for (PositionMasks.AxisMask mask : masks.masks()) {
            long[] made = Arrays.copyOf(mask.weights().shape(), mask.weights().rank() - 1);
            if (made.length > points.length
                    || !Arrays.equals(made, Arrays.copyOf(points, made.length))) {
                throw new TensorException(
                        "parameter "
                                + name
                                + ": the layer sees data points of shape "
                                + Arrays.toString(points)
                                + ", the masks are for "
                                + Arrays.toString(made));
            }
        }
    }

    @Override
    public void close() {
        value.close();
    }

    @Override
    public String toString() {
        return name + axes + value;
    }
}
