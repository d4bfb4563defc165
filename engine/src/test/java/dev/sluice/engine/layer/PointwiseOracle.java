package dev.sluice.engine.layer;

import dev.sluice.engine.DType;
import dev.sluice.engine.PositionMasks.AxisMask;
import dev.sluice.engine.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The meaning of position masks, as slowly as possible: every data point has a private copy of the
 * parameters, used at that point only; the gradient of the whole loss with respect to that copy,
 * masked, is what the point contributes; contributions are summed.
 */
final class PointwiseOracle {
    /** Gradients and, entry by entry, the sum of the contributions' absolute values. */
    static final class Expected {
        final double[] gradient;
        final double[] magnitude;

        Expected(int size) {
            gradient = new double[size];
            magnitude = new double[size];
        }
    }

    private final LayerCase c;
    private final Tensor[] weights;
    private final @Nullable Tensor[] biases;

    PointwiseOracle(LayerCase c, UnaryOperator<Tensor> loss) {
        this.c = c;
        int n = (int) Tensor.zeros(DType.U8, c.points()).count();
        weights = new Tensor[n];
        biases = new @Nullable Tensor[n];
        Tensor y = null;
        for (int p = 0; p < n; p++) {
            weights[p] = c.weight().detach().copy().requireGrad();
            Tensor b = c.bias();
            biases[p] = b == null ? null : b.detach().copy().requireGrad();
            Tensor everywhere = c.plain().apply(c.input().detach(), weights[p], biases[p]);
            Tensor here = everywhere.mul(indicator(p, n, everywhere));
            y = y == null ? here : y.add(here);
        }
        loss.apply(Objects.requireNonNull(y)).backward();
    }

    /** 1 at the outputs of point {@code p}, else 0. */
    private Tensor indicator(int p, int n, Tensor y) {
        double[] one = new double[n];
        one[p] = 1;
        Tensor t = Tensor.of(one, c.points());
        if (c.points().length == 3) {
            return t.unsqueeze(1);
        }
        while (t.rank() < y.rank()) {
            t = t.unsqueeze(-1);
        }
        return t;
    }

    Expected weight(List<AxisMask> masks) {
        return sum(weights, masks);
    }

    Expected bias(List<AxisMask> masks) {
        Tensor[] all = Arrays.stream(biases).map(Objects::requireNonNull).toArray(Tensor[]::new);
        return sum(all, masks);
    }

    private Expected sum(Tensor[] copies, List<AxisMask> masks) {
        int size = (int) copies[0].count();
        Expected sum = new Expected(size);
        for (int p = 0; p < copies.length; p++) {
            Tensor g = Objects.requireNonNull(copies[p].grad());
            double[] raw = g.toDoubles();
            for (int e = 0; e < size; e++) {
                double m = 1;
                for (AxisMask mask : masks) {
                    m *= at(mask, p, coordinate(e, g.shape(), mask.axis()));
                }
                sum.gradient[e] += m * raw[e];
                sum.magnitude[e] += Math.abs(m * raw[e]);
            }
        }
        return sum;
    }

    private static int coordinate(int element, long[] shape, int axis) {
        int stride = 1;
        for (int i = axis + 1; i < shape.length; i++) {
            stride *= (int) shape[i];
        }
        return element / stride % (int) shape[axis];
    }

    /** The weight that a mask, over the points or their first axes, gives a unit at point p. */
    private double at(AxisMask mask, int p, int unit) {
        int row = p;
        for (int i = c.points().length - 1; i >= mask.weights().rank() - 1; i--) {
            row /= (int) c.points()[i];
        }
        return mask.weights().toDoubles()[row * (int) mask.weights().size(-1) + unit];
    }
}
