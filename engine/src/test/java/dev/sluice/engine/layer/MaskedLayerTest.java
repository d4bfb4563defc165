package dev.sluice.engine.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.Autocast;
import dev.sluice.engine.DType;
import dev.sluice.engine.GradMode;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.PositionMasks;
import dev.sluice.engine.PositionMasks.AxisMask;
import dev.sluice.engine.Rng;
import dev.sluice.engine.TapSet;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorException;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.testing.NoNativeLeaks;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoNativeLeaks.class)
class MaskedLayerTest {
    private static void mask(TapSet taps, Parameter p, double weight) {
        Tensor w = Tensor.full(weight, DType.F32, 2, p.value().size(0));
        p.maskPositions(new PositionMasks(taps, List.of(new AxisMask(0, w))));
    }

    private static Parameter weight(Linear layer) {
        return Objects.requireNonNull(layer.parameters().get("weight"));
    }

    private static Linear layer() {
        return new Linear("i", 3, "o", 2, true, DType.F32, Rng.of(1));
    }

    private static Tensor input() {
        return Tensor.normal(Rng.of(2), 1, DType.F32, 2, 3);
    }

    @Test
    void a_tap_on_the_output_reaches_masked_parameters_as_it_reaches_plain_ones() {
        try (TensorScope scope = TensorScope.open();
                TapSet taps = new TapSet();
                Linear layer = layer()) {
            mask(taps, weight(layer), 2);
            Tensor y = layer.forward(input());
            taps.tap(y, g -> g.mul(0));
            y.sum().backward();
            for (Parameter p : layer.parameters().values()) {
                assertEquals(0, Objects.requireNonNull(p.grad()).abs().max().item());
            }
        }
    }

    @Test
    void the_masks_of_the_forward_pass_count_whatever_is_set_before_backward() {
        try (TensorScope scope = TensorScope.open();
                TapSet taps = new TapSet();
                Linear layer = layer()) {
            Parameter p = weight(layer);
            mask(taps, p, 2);
            Tensor first = layer.forward(input());
            p.maskPositions(null);
            mask(taps, p, 0);
            layer.forward(input());
            first.sum().backward();
            Tensor masked = Objects.requireNonNull(p.grad());
            p.clearGrad();
            p.maskPositions(null);
            layer.forward(input()).sum().backward();
            assertTrue(masked.sameBits(Objects.requireNonNull(p.grad()).mul(2)));
        }
    }

    @Test
    void where_nothing_is_recorded_masks_record_nothing() {
        try (TensorScope scope = TensorScope.open();
                TapSet taps = new TapSet();
                Linear layer = layer()) {
            mask(taps, weight(layer), 2);
            try (GradMode off = GradMode.off()) {
                assertFalse(layer.forward(input()).requiresGrad());
            }
        }
    }

    @Test
    void masks_that_fit_neither_parameter_nor_points_are_refused() {
        try (TensorScope scope = TensorScope.open();
                TapSet taps = new TapSet();
                Linear layer = layer()) {
            Parameter p = weight(layer);
            PositionMasks wrongAxis =
                    new PositionMasks(taps, List.of(new AxisMask(2, Tensor.ones(DType.F32, 2))));
            assertThrows(TensorException.class, () -> p.maskPositions(wrongAxis));
            PositionMasks wrongSize =
                    new PositionMasks(taps, List.of(new AxisMask(1, Tensor.ones(DType.F32, 2))));
            assertThrows(TensorException.class, () -> p.maskPositions(wrongSize));
            mask(taps, p, 1);
            Tensor one = input().narrow(0, 0, 1);
            TensorException otherPoints =
                    assertThrows(TensorException.class, () -> layer.forward(one));
            assertTrue(String.valueOf(otherPoints.getMessage()).contains("weight"));
        }
    }

    @Test
    void under_autocast_masks_of_one_give_the_plain_gradient_in_f32() {
        try (TensorScope scope = TensorScope.open();
                TapSet taps = new TapSet();
                Linear layer = layer()) {
            Parameter p = weight(layer);
            try (Autocast cast = Autocast.bf16()) {
                layer.forward(input()).sum().backward();
            }
            Tensor plain = Objects.requireNonNull(p.grad());
            p.clearGrad();
            mask(taps, p, 1);
            try (Autocast cast = Autocast.bf16()) {
                layer.forward(input()).sum().backward();
            }
            Tensor masked = Objects.requireNonNull(p.grad());
            assertEquals(DType.F32, masked.dtype());
            assertTrue(masked.sameBits(plain));
        }
    }

    @Test
    void an_infinite_gradient_shows_as_nan_behind_a_zero_mask() {
        try (TensorScope scope = TensorScope.open();
                TapSet taps = new TapSet();
                Linear layer = layer()) {
            Parameter p = weight(layer);
            mask(taps, p, 0);
            layer.forward(input()).mul(Double.POSITIVE_INFINITY).sum().backward();
            assertTrue(Double.isNaN(Objects.requireNonNull(p.grad()).sum().item()));
        }
    }
}
