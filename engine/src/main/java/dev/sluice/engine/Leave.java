package dev.sluice.engine;

import java.util.Arrays;
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

    private final Map<Parameter, Tensor> partial = new HashMap<>();
    private final Map<Parameter, Tensor> whole = new HashMap<>();

    private Leave() {}

    /** Every element may be touched. */
    public static Leave nothing() {
        return NOTHING;
    }

    /**
     * Leaves the elements where a mask is true.
     *
     * @param masks for each parameter concerned a bool tensor that broadcasts to its shape; it
     *     stays the caller's, who keeps it open and unchanged while this is in use. Masks that are
     *     constant along an axis are best given with size 1 there: the counts of steps are then
     *     small too.
     * @throws TensorException if a mask is not bool or does not broadcast to its parameter
     */
    public static Leave of(Map<Parameter, Tensor> masks) {
        Leave leave = new Leave();
        try (TensorScope scope = TensorScope.open()) {
            masks.forEach(leave::add);
        }
        return leave;
    }

    private void add(Parameter parameter, Tensor mask) {
        check(parameter, mask);
        long left = (long) mask.to(DType.I64).sum().item();
        if (left == mask.count()) {
            whole.put(parameter, mask);
        } else if (left > 0) {
            partial.put(parameter, mask);
        }
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
        return whole.containsKey(parameter);
    }

    /** Where {@code parameter} may not be touched, or null if every element may be. */
    public @Nullable Tensor mask(Parameter parameter) {
        Tensor mask = partial.get(parameter);
        return mask == null ? whole.get(parameter) : mask;
    }
}
