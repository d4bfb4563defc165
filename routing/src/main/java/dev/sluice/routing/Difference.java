package dev.sluice.routing;

import dev.sluice.engine.DType;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.Tensor;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Where two tensors of a parameter's shape differ.
 *
 * @param changed in row-major order
 * @param largest the largest change; infinite where a value is not finite
 */
record Difference(Parameter parameter, BitSet changed, double largest) {
    /** Where {@code a} and {@code b} differ in any bit within {@code mask}, if anywhere. */
    static Optional<Difference> within(Parameter p, Tensor mask, Tensor a, Tensor b) {
        Tensor zero = Tensor.zeros(a.dtype());
        return between(p, a.where(mask, zero), b.where(mask, zero));
    }

    /** Where {@code a} and {@code b} differ in any bit, if anywhere. */
    static Optional<Difference> between(Parameter p, Tensor a, Tensor b) {
        if (a.sameBits(b)) {
            return Optional.empty();
        }
        double[] before = a.toDoubles();
        double[] after = b.toDoubles();
        BitSet changed = new BitSet(before.length);
        double largest = 0;
        for (int i = 0; i < before.length; i++) {
            if (Double.doubleToLongBits(before[i]) != Double.doubleToLongBits(after[i])) {
                changed.set(i);
                double change = Math.abs(after[i] - before[i]);
                largest =
                        Math.max(largest, Double.isNaN(change) ? Double.POSITIVE_INFINITY : change);
            }
        }
        return changed.isEmpty()
                ? Optional.empty()
                : Optional.of(new Difference(p, changed, largest));
    }

    /** Both, with the larger change. */
    Difference and(Difference other) {
        BitSet both = (BitSet) changed.clone();
        both.or(other.changed);
        return new Difference(parameter, both, Math.max(largest, other.largest));
    }

    /** Whether a changed element lies where a mask that broadcasts is true. */
    boolean touches(Tensor mask) {
        boolean[] where = spread(parameter, mask);
        return changed.stream().anyMatch(i -> where[i]);
    }

    /** A mask that broadcasts, for every element of a parameter in row-major order. */
    static boolean[] spread(Parameter p, Tensor mask) {
        Tensor zeros = Tensor.zeros(DType.F64, p.value().shape());
        double[] values = zeros.add(mask.to(DType.F64)).toDoubles();
        boolean[] spread = new boolean[values.length];
        for (int i = 0; i < spread.length; i++) {
            spread[i] = values[i] != 0;
        }
        return spread;
    }

    /** The units along an axis that hold a changed element. */
    List<Integer> units(int axis) {
        long[] shape = parameter.value().shape();
        if (shape.length == 0) {
            return List.of();
        }
        int inner = 1;
        for (int i = axis + 1; i < shape.length; i++) {
            inner *= (int) shape[i];
        }
        BitSet units = new BitSet();
        for (int i = changed.nextSetBit(0); i >= 0; i = changed.nextSetBit(i + 1)) {
            units.set((int) (i / inner % shape[axis]));
        }
        return new ArrayList<>(units.stream().boxed().toList());
    }
}
