package dev.sluice.engine;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which elements a step of an {@link Optimizer} may not touch. They keep every byte (weight,
 * moments, count of steps), whatever their gradient holds, with decay and clipping on.
 *
 * <p>A zero gradient is not enough for that: momentum keeps moving a weight, and decay shrinks it.
 * Elements that are left fall behind in their count of steps, and are corrected for bias by their
 * own count when they step again.
 */
public final class Leave {
    private static final Leave NOTHING = new Leave();

    private final Map<Parameter, Mask> masks = new HashMap<>();

    /** True where a parameter is left; the shape broadcasts to its. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Mask(boolean[] left, long[] shape, boolean whole) {
        static Mask of(Tensor tensor) {
            long[] values = tensor.toLongs();
            boolean[] left = new boolean[values.length];
            boolean whole = true;
            for (int i = 0; i < left.length; i++) {
                left[i] = values[i] != 0;
                whole &= left[i];
            }
            return new Mask(left, tensor.shape(), whole);
        }

        boolean empty() {
            for (boolean element : left) {
                if (element) {
                    return false;
                }
            }
            return true;
        }

        Mask and(Mask other) {
            try (TensorScope scope = TensorScope.open()) {
                return of(other.tensor().where(tensor(), Tensor.zeros(DType.BOOL)));
            }
        }

        Tensor tensor() {
            float[] values = new float[left.length];
            for (int i = 0; i < left.length; i++) {
                values[i] = left[i] ? 1 : 0;
            }
            return Tensor.of(values, shape).gt(0.5);
        }
    }

    private Leave() {}

    /** Every element may be touched. */
    public static Leave nothing() {
        return NOTHING;
    }

    /**
     * Leaves the elements where a mask is true.
     *
     * @param masks for each parameter concerned a bool tensor that broadcasts to its shape; they
     *     are copied. Masks that are constant along an axis are best given with size 1 there: the
     *     counts of steps are then small too.
     * @throws TensorException if a mask is not bool or does not broadcast to its parameter
     */
    public static Leave of(Map<Parameter, Tensor> masks) {
        Leave leave = new Leave();
        masks.forEach(
                (parameter, mask) -> {
                    check(parameter, mask);
                    leave.add(parameter, Mask.of(mask));
                });
        return leave;
    }

    private void add(Parameter parameter, Mask mask) {
        if (!mask.empty()) {
            masks.put(parameter, mask);
        }
    }

    /**
     * What every one of {@code leaves} leaves; nothing if there is none. Use it for one step on
     * gradients that were accumulated over several batches: an element may be touched as soon as
     * one of the batches may touch it.
     */
    public static Leave common(Collection<Leave> leaves) {
        return leaves.stream().reduce(Leave::and).orElse(NOTHING);
    }

    private Leave and(Leave other) {
        Leave both = new Leave();
        masks.forEach(
                (parameter, mask) -> {
                    Mask second = other.masks.get(parameter);
                    if (second != null) {
                        both.add(parameter, mask.and(second));
                    }
                });
        return both;
    }

    private static void check(Parameter parameter, Tensor mask) {
        long[] shape = parameter.value().shape();
        if (mask.dtype() != DType.BOOL || !broadcasts(mask.shape(), shape)) {
            throw new TensorException(
                    "leave "
                            + parameter.name()
                            + ": expected a bool tensor that broadcasts to "
                            + Arrays.toString(shape)
                            + ", found "
                            + mask);
        }
    }

    static boolean broadcasts(long[] from, long[] to) {
        int offset = to.length - from.length;
        if (offset < 0) {
            return false;
        }
        for (int i = 0; i < from.length; i++) {
            if (from[i] != 1 && from[i] != to[i + offset]) {
                return false;
            }
        }
        return true;
    }

    /** Whether no element of {@code parameter} may be touched. */
    public boolean whole(Parameter parameter) {
        Mask mask = masks.get(parameter);
        return mask != null && mask.whole();
    }

    /** Where {@code parameter} may not be touched, or null if every element may be. */
    public @Nullable Tensor mask(Parameter parameter) {
        Mask mask = masks.get(parameter);
        return mask == null ? null : mask.tensor();
    }
}
