package dev.sluice.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.testing.NoNativeLeaks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoNativeLeaks.class)
class AutogradTest {
    private static Tensor leaf(float... values) {
        return Tensor.of(values, values.length).requireGrad();
    }

    private static float[] grad(Tensor t) {
        Tensor g = t.grad();
        return g == null ? new float[0] : g.toFloats();
    }

    @Test
    void a_tap_multiplies_the_gradient_and_leaves_values_alone() {
        try (TensorScope scope = TensorScope.open();
                TapSet taps = new TapSet()) {
            Tensor x = leaf(1, 2, 3);
            Tensor mask = Tensor.of(new float[] {0, 1, -2}, 3);
            Tensor y = x.mul(2);
            taps.tap(y, g -> g.mul(mask));
            y.sum().backward();
            assertArrayEquals(new float[] {0, 2, -4}, grad(x));
            assertArrayEquals(new float[] {2, 4, 6}, y.toFloats());
        }
    }

    @Test
    void an_exception_in_a_tap_reaches_the_caller_as_cause() {
        try (TensorScope scope = TensorScope.open();
                TapSet taps = new TapSet()) {
            Tensor y = leaf(1).mul(2);
            IllegalStateException boom = new IllegalStateException("boom");
            taps.tap(
                    y,
                    g -> {
                        throw boom;
                    });
            Tensor loss = y.sum();
            assertSame(boom, assertThrows(TensorException.class, loss::backward).getCause());
        }
    }

    @Test
    @SuppressWarnings("NullAway")
    void null_closed_and_misshapen_results_of_a_tap_are_errors_not_crashes() {
        try (TensorScope scope = TensorScope.open();
                TapSet taps = new TapSet()) {
            Tensor a = leaf(1, 2).mul(2);
            taps.tap(a, g -> null);
            assertThrows(TensorException.class, () -> a.sum().backward());
            Tensor b = leaf(1, 2).mul(2);
            taps.tap(
                    b,
                    g -> {
                        Tensor r = g.mul(2);
                        r.close();
                        return r;
                    });
            assertThrows(TensorException.class, () -> b.sum().backward());
            Tensor c = leaf(1, 2).mul(2);
            taps.tap(c, g -> g.sum());
            assertThrows(TensorException.class, () -> c.sum().backward());
        }
    }

    @Test
    void backward_after_the_taps_closed_fails_instead_of_running_unmasked() {
        try (TensorScope scope = TensorScope.open()) {
            Tensor x = leaf(1, 2);
            Tensor y = x.mul(2);
            try (TapSet taps = new TapSet()) {
                taps.tap(y, g -> g.mul(0));
            }
            Tensor loss = y.sum();
            assertThrows(TensorException.class, loss::backward);
        }
    }

    @Test
    void scopes_free_what_they_saw_and_keep_what_they_are_told() {
        Tensor outer;
        Tensor dropped;
        try (TensorScope a = TensorScope.open()) {
            try (TensorScope b = TensorScope.open()) {
                outer = b.keep(Tensor.ones(DType.F32, 2));
                dropped = Tensor.ones(DType.F32, 2);
            }
            assertTrue(dropped.isClosed());
            assertArrayEquals(new float[] {1, 1}, outer.toFloats());
            assertThrows(TensorException.class, () -> dropped.add(1));
        }
        assertTrue(outer.isClosed());
    }

    @Test
    void forward_intermediates_may_be_freed_before_backward() {
        try (TensorScope scope = TensorScope.open()) {
            Tensor x = leaf(3);
            Tensor loss;
            try (TensorScope inner = TensorScope.open()) {
                loss = inner.keep(x.mul(x).mul(x).sum());
            }
            loss.backward();
            assertEquals(27, grad(x)[0]);
        }
    }

    @Test
    void added_gradients_accumulate_like_those_of_backward() {
        try (TensorScope scope = TensorScope.open()) {
            Tensor x = leaf(1, 1);
            x.addGrad(Tensor.of(new float[] {1, 2}, 2));
            x.mul(3).sum().backward();
            assertArrayEquals(new float[] {4, 5}, grad(x));
            x.clearGrad();
            assertEquals(0, grad(x).length);
            assertFalse(x.isClosed());
        }
    }

    @Test
    void shape_mistakes_name_the_operation_and_the_shapes() {
        try (TensorScope scope = TensorScope.open()) {
            Tensor a = Tensor.ones(DType.F32, 2, 3);
            Tensor b = Tensor.ones(DType.F32, 4, 5);
            String message =
                    String.valueOf(
                            assertThrows(TensorException.class, () -> a.matmul(b)).getMessage());
            assertTrue(message.startsWith("matmul(f32[2, 3], f32[4, 5])"), message);
        }
    }

    @Test
    void bf16_products_under_autocast_and_gradients_stay_f32() {
        try (TensorScope scope = TensorScope.open()) {
            Tensor w = Tensor.ones(DType.F32, 4, 4).requireGrad();
            Tensor x = Tensor.ones(DType.F32, 2, 4);
            try (Autocast cast = Autocast.bf16()) {
                Tensor y = x.linear(w, null);
                assertEquals(DType.BF16, y.dtype());
                y.sum().backward();
            }
            Tensor g = w.grad();
            assertTrue(g != null && g.dtype() == DType.F32);
        }
    }

    @Test
    void weights_are_read_as_they_are_and_nested_autocasts_end_with_the_outermost() {
        try (TensorScope scope = TensorScope.open()) {
            Tensor w = Tensor.ones(DType.F32, 4, 4).requireGrad();
            Tensor x = Tensor.ones(DType.F32, 1, 4);
            try (Autocast outer = Autocast.bf16()) {
                try (Autocast inner = Autocast.bf16()) {
                    assertEquals(4, x.linear(w, null).toDoubles()[0]);
                }
                try (GradMode off = GradMode.off()) {
                    w.mulInPlace(2);
                    assertEquals(8, x.linear(w, null).toDoubles()[0]);
                }
                assertTrue(x.linear(w, null).requiresGrad());
                assertEquals(DType.BF16, x.linear(w, null).dtype());
            }
            assertEquals(DType.F32, x.linear(w, null).dtype());
        }
    }

    @Test
    void another_thread_that_ends_an_autocast_changes_no_gradient_of_this_one() throws Exception {
        double alone = gradient(() -> {});
        double beside =
                gradient(
                        () -> {
                            Thread other = new Thread(AutogradTest::beginAndEndAutocast);
                            other.start();
                            try {
                                other.join();
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        assertEquals(alone, beside);
    }

    private static void beginAndEndAutocast() {
        try (Autocast cast = Autocast.bf16()) {
            assertTrue(cast != null);
        }
    }

    /** The gradient of a weight in two products, where bf16 and f32 add differently. */
    private static double gradient(Runnable between) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor w = Tensor.ones(DType.F32, 1, 1).requireGrad();
            try (Autocast cast = Autocast.bf16()) {
                Tensor first = Tensor.full(256, DType.F32, 1, 1).linear(w, null);
                between.run();
                Tensor second = Tensor.ones(DType.F32, 1, 1).linear(w, null);
                first.sum().add(second.sum()).backward();
            }
            Tensor grad = w.grad();
            assertTrue(grad != null);
            return grad == null ? 0 : grad.item();
        }
    }

    @Test
    void operations_in_place_leave_the_tensor_open_and_nothing_behind() {
        Tensor t = Tensor.ones(DType.F32, 2).retain();
        Tensor two = Tensor.of(new float[] {2, 2}, 2).retain();
        long before = NativeMemory.liveObjects();
        t.copyFrom(two);
        t.addInPlace(two);
        t.mulInPlace(3);
        assertArrayEquals(new float[] {12, 12}, t.toFloats());
        t.zeroInPlace();
        assertArrayEquals(new float[] {0, 0}, t.toFloats());
        assertTrue(NativeMemory.liveObjects() <= before);
        t.close();
        two.close();
        assertTrue(t.isClosed());
    }
}
