package dev.sluice.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.engine.testing.NoNativeLeaks;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoNativeLeaks.class)
class ScaledDotProductTest {
    private static final int THREADS = 2;

    private final int before = Engine.threads();

    @BeforeEach
    void setThreads() {
        Engine.setThreads(THREADS);
    }

    @AfterEach
    void putBack() {
        Engine.setThreads(before);
    }

    private static Tensor leaf(int seed) {
        return Tensor.uniform(Rng.of(seed), -1, 1, DType.F32, 2, 2, 5, 4).requireGrad();
    }

    @Test
    void products_have_one_thread_within_attention_alone_forward_and_backward() {
        try (TensorScope scope = TensorScope.open();
                TapSet taps = new TapSet()) {
            List<Integer> seen = new ArrayList<>();
            Tensor q = leaf(1).mul(1);
            Tensor y = ScaledDotProduct.causal(q, leaf(2).mul(1), leaf(3).mul(1), 0.5);
            assertEquals(THREADS, Engine.productThreads());
            Tensor after = y.mul(2);
            note(taps, after, seen);
            note(taps, y, seen);
            note(taps, q, seen);
            after.sum().backward();
            assertEquals(List.of(THREADS, 1, THREADS), seen);
            assertEquals(THREADS, Engine.productThreads());
        }
    }

    @Test
    void a_backward_pass_that_fails_there_leaves_products_their_threads() {
        try (TensorScope scope = TensorScope.open();
                TapSet taps = new TapSet()) {
            Tensor y = ScaledDotProduct.causal(leaf(1), leaf(2), leaf(3), 0.5);
            taps.tap(
                    y,
                    gradient -> {
                        throw new IllegalStateException("stop");
                    });
            Tensor loss = y.sum();
            assertThrows(TensorException.class, loss::backward);
            assertEquals(THREADS, Engine.productThreads());
        }
    }

    private static void note(TapSet taps, Tensor at, List<Integer> seen) {
        taps.tap(
                at,
                gradient -> {
                    seen.add(Engine.productThreads());
                    return gradient;
                });
    }

    @Test
    void in_bf16_attention_itself_is_that_of_f32() {
        try (TensorScope scope = TensorScope.open();
                GradMode grad = GradMode.off()) {
            Tensor q = leaf(1).to(DType.BF16);
            Tensor k = leaf(2).to(DType.BF16);
            Tensor v = leaf(3).to(DType.BF16);
            Tensor expected =
                    ScaledDotProduct.causal(q.to(DType.F32), k.to(DType.F32), v.to(DType.F32), 0.5);
            Tensor found;
            Tensor product;
            try (Autocast cast = Autocast.bf16()) {
                found = ScaledDotProduct.causal(q, k, v, 0.5);
                product = Tensor.ones(DType.F32, 2, 2).matmul(Tensor.ones(DType.F32, 2, 2));
            }
            assertEquals(DType.F32, found.dtype());
            assertArrayEquals(expected.toFloats(), found.toFloats());
            assertEquals(DType.BF16, product.dtype());
        }
    }
}
