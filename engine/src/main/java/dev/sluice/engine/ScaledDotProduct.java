package dev.sluice.engine;

import java.util.List;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Attention in one operation that never holds all scores: softmax(scale · q kᵀ) v. Use it where
 * nobody asks for scores or pattern; {@link Tensor#matmul} and {@link Tensor#softmax} give the same
 * but for rounding. bf16 operands are attended to in f32, which the result has: libtorch's bf16
 * products within this operation have no fast kernel, and took two thirds of a language model's
 * step.
 */
public final class ScaledDotProduct {
    private ScaledDotProduct() {}

    /**
     * The attended values of queries that see the keys at and before their own place.
     *
     * @param q [batch, head, n, d]
     * @param k [batch, head, n, d]
     * @param v [batch, head, n, d]
     */
    public static Tensor causal(Tensor q, Tensor k, Tensor v, double scale) {
        return run(q, k, v, null, true, scale);
    }

    /**
     * The attended values of queries that see what they are told.
     *
     * @param q [batch, head, n, d]
     * @param k [batch, head, keys, d]
     * @param v [batch, head, keys, d]
     * @param visible which query sees which key (bool), broadcasts to [batch, head, n, keys]; null:
     *     all see all. A query that sees none gives NaN or 0
     */
    public static Tensor seeing(
            Tensor q, Tensor k, Tensor v, @Nullable Tensor visible, double scale) {
        return run(q, k, v, visible, false, scale);
    }

    private static Tensor run(
            Tensor q, Tensor k, Tensor v, @Nullable Tensor visible, boolean causal, double scale) {
        try (Autocast off = Autocast.off()) {
            return ProductThreads.oneEach(
                    () -> whole(precise(q), precise(k), precise(v), visible, causal, scale),
                    List.of(q, k, v));
        }
    }

    private static Tensor precise(Tensor operand) {
        return operand.dtype() == DType.BF16 ? operand.to(DType.F32) : operand;
    }

    private static Tensor whole(
            Tensor q, Tensor k, Tensor v, @Nullable Tensor visible, boolean causal, double scale) {
        String name = "scaledDotProduct";
        return Native.sized(
                name,
                q.count(),
                () -> {
                    try (TensorOptional mask =
                                    visible == null
                                            ? new TensorOptional()
                                            : new TensorOptional(visible.nat());
                            DoubleOptional factor = new DoubleOptional(scale)) {
                        return torch.scaled_dot_product_attention(
                                q.nat(), k.nat(), v.nat(), mask, 0, causal, factor, false);
                    }
                },
                visible == null ? new Tensor[] {q, k, v} : new Tensor[] {q, k, v, visible});
    }
}
