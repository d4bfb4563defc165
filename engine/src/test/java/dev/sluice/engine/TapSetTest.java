package dev.sluice.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.testing.NoNativeLeaks;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoNativeLeaks.class)
class TapSetTest {
    private static Tensor leaf(float... values) {
        return Tensor.of(values, values.length).requireGrad();
    }

    private static float[] grad(Tensor t) {
        return Objects.requireNonNull(t.grad()).toFloats();
    }

    private static void collectGarbage() {
        byte[][] garbage = new byte[64][];
        for (int i = 0; i < garbage.length; i++) {
            garbage[i] = new byte[1 << 16];
        }
        assertNotNull(garbage[63]);
        System.gc();
    }

    @Test
    void two_hundred_taps_at_once_each_do_their_own() {
        try (TensorScope scope = TensorScope.open();
                TapSet taps = new TapSet()) {
            List<Tensor> leaves = new ArrayList<>();
            Tensor loss = Tensor.zeros(DType.F32);
            for (int i = 0; i < 200; i++) {
                Tensor x = leaf(1, 2);
                Tensor y = x.mul(2);
                float factor = i - 100;
                taps.tap(y, g -> g.mul(factor));
                leaves.add(x);
                loss = loss.add(y.sum());
            }
            loss.backward();
            for (int i = 0; i < 200; i++) {
                float expected = 2 * (i - 100);
                assertArrayEquals(new float[] {expected, expected}, grad(leaves.get(i)));
            }
        }
    }

    @Test
    void taps_survive_garbage_collection_between_forward_and_backward_and_within_it() {
        try (TensorScope scope = TensorScope.open();
                TapSet taps = new TapSet()) {
            Tensor x = leaf(1, 2, 3);
            Tensor y = x;
            for (int i = 0; i < 8; i++) {
                y = y.mul(2);
                taps.tap(
                        y,
                        g -> {
                            collectGarbage();
                            return g.mul(0.5);
                        });
                collectGarbage();
            }
            y.sum().backward();
            assertArrayEquals(new float[] {1, 1, 1}, grad(x));
        }
    }

    @Test
    void several_taps_on_one_tensor_run_in_the_order_they_came() {
        try (TensorScope scope = TensorScope.open();
                TapSet first = new TapSet();
                TapSet second = new TapSet()) {
            Tensor x = leaf(1);
            Tensor y = x.mul(1);
            first.tap(y, g -> g.add(1));
            second.tap(y, g -> g.mul(10));
            first.tap(y, g -> g.sub(3));
            y.sum().backward();
            assertArrayEquals(new float[] {17}, grad(x));
        }
    }

    @Test
    void tensors_and_scopes_of_the_forward_pass_may_be_gone_before_a_tap_runs() {
        try (TensorScope scope = TensorScope.open();
                TapSet taps = new TapSet()) {
            Tensor x = leaf(3);
            Tensor loss;
            try (TensorScope inner = TensorScope.open()) {
                Tensor y = x.mul(x);
                taps.tap(y, g -> g.mul(2));
                loss = inner.keep(y.sum());
            }
            loss.backward();
            assertArrayEquals(new float[] {12}, grad(x));
        }
    }

    @Test
    void a_set_closed_before_backward_fails_the_step_and_says_so() {
        try (TensorScope scope = TensorScope.open()) {
            Tensor y = leaf(1).mul(2);
            TapSet taps = new TapSet();
            taps.tap(y, g -> g);
            taps.close();
            failsFor(y);
            assertThrows(TensorException.class, () -> taps.tap(y, g -> g));
        }
    }

    @Test
    void a_set_closed_and_collected_before_backward_fails_the_step_and_says_so() {
        try (TensorScope scope = TensorScope.open()) {
            Tensor y = leaf(1).mul(2);
            tapAndForget(y);
            collectGarbage();
            failsFor(y);
        }
    }

    private static void tapAndForget(Tensor y) {
        try (TapSet taps = new TapSet()) {
            taps.tap(y, g -> g);
        }
    }

    private static void failsFor(Tensor y) {
        Tensor loss = y.sum();
        String message =
                String.valueOf(assertThrows(TensorException.class, loss::backward).getMessage());
        assertTrue(message.endsWith("backward ran after its set of taps was closed"), message);
    }

    @Test
    void a_failing_tap_voids_the_step_and_the_next_step_works() {
        try (TensorScope scope = TensorScope.open();
                TapSet taps = new TapSet()) {
            Tensor before = leaf(1);
            Tensor x = leaf(1);
            Tensor y = x.mul(2);
            UnsupportedOperationException boom = new UnsupportedOperationException("no");
            boolean[] fail = {true};
            taps.tap(
                    y,
                    g -> {
                        if (fail[0]) {
                            throw boom;
                        }
                        return g;
                    });
            Tensor failing = y.mul(before).sum();
            TensorException e = assertThrows(TensorException.class, failing::backward);
            assertSame(boom, e.getCause());
            assertEquals(null, x.grad());
            before.clearGrad();
            fail[0] = false;
            x.mul(5).sum().backward();
            assertArrayEquals(new float[] {5}, grad(x));
        }
    }

    @Test
    void a_tap_cannot_close_its_own_set_under_itself() {
        try (TensorScope scope = TensorScope.open();
                TapSet taps = new TapSet()) {
            Tensor y = leaf(1).mul(2);
            taps.tap(
                    y,
                    g -> {
                        taps.close();
                        return g;
                    });
            Tensor loss = y.sum();
            assertThrows(TensorException.class, loss::backward);
        }
    }

    @Test
    void a_tap_may_run_a_backward_of_its_own() {
        try (TensorScope scope = TensorScope.open();
                TapSet taps = new TapSet()) {
            Tensor inner = leaf(2);
            Tensor product = inner.mul(inner).sum();
            Tensor x = leaf(1);
            Tensor y = x.mul(2);
            taps.tap(
                    y,
                    g -> {
                        product.backward();
                        return g.mul(Objects.requireNonNull(inner.grad()));
                    });
            y.sum().backward();
            assertArrayEquals(new float[] {8}, grad(x));
        }
    }

    @Test
    void a_tapped_leaf_gets_the_tapped_gradient() {
        try (TensorScope scope = TensorScope.open();
                TapSet taps = new TapSet()) {
            Tensor x = leaf(1, 2);
            taps.tap(x, g -> g.neg());
            x.mul(3).sum().backward();
            x.mul(4).sum().backward();
            assertArrayEquals(new float[] {-7, -7}, grad(x));
        }
    }

    @Test
    void a_thousand_steps_with_taps_leave_nothing_behind() {
        try (TensorScope scope = TensorScope.open()) {
            Tensor w = leaf(1, 1);
            step(w);
            long before = NativeMemory.liveObjects();
            for (int i = 0; i < 1000; i++) {
                step(w);
            }
            assertEquals(before, NativeMemory.liveObjects());
        }
    }

    private static void step(Tensor w) {
        try (TensorScope scope = TensorScope.open();
                TapSet taps = new TapSet()) {
            Tensor y = w.mul(2);
            taps.tap(y, g -> g.mul(0.5));
            y.sum().backward();
            w.clearGrad();
        }
    }
}
