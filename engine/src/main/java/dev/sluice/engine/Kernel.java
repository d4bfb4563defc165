package dev.sluice.engine;

import java.util.List;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.jspecify.annotations.Nullable;

/** The arithmetic of an {@link UpdateRule}, on both paths; they differ by rounding only. */
interface Kernel {
    static Kernel of(UpdateRule rule) {
        if (rule instanceof Adam a) {
            return new AdamKernel(a.beta1(), a.beta2(), a.epsilon(), false);
        }
        if (rule instanceof AdamW a) {
            return new AdamKernel(a.beta1(), a.beta2(), a.epsilon(), true);
        }
        return new SgdKernel((Sgd) rule);
    }

    /** The names of what is kept per element besides the count. */
    List<String> moments();

    /**
     * Steps parameters of one count each, by one native call. The counts in {@code lists} include
     * this step; {@code first} says that it is their first.
     */
    void fused(FusedLists lists, IValue grads, boolean first, double rate, double decay);

    /** Steps the elements of one parameter that are not left, each by its own count. */
    void elementwise(Slot slot, Tensor grad, @Nullable Tensor left, double rate, double decay);

    /**
     * The size below which a moment of this type no longer matters: beside ε it is lost to
     * rounding, or nearly so, and what it moves a weight by is at most 10⁻²⁶ of the learning rate;
     * 0: every one counts.
     */
    double negligible(DType type);

    /** A little above the numbers that have fewer digits than the others of their type. */
    static double tiny(DType type) {
        return 1e4 * (type == DType.F64 ? Double.MIN_NORMAL : Float.MIN_NORMAL);
    }

    /** Runs a fused kernel, which answers with nothing: its arguments are what it changes. */
    static void run(String operator, IValue... arguments) {
        try (IValueVector rest = Boxed.call(operator, "", arguments)) {
            if (rest.size() != 0) {
                throw new TensorException(operator + ": expected no result, found " + rest.size());
            }
        }
    }

    /** Overwrites what is not left. */
    static void write(Tensor target, Tensor updated, @Nullable Tensor left) {
        target.copyFrom(left == null ? updated : target.where(left, updated));
    }
}
