package dev.sluice.engine.layer;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.DType;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.PositionMasks;
import dev.sluice.engine.PositionMasks.AxisMask;
import dev.sluice.engine.Rng;
import dev.sluice.engine.TapSet;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.testing.NoNativeLeaks;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/** Masks that weigh nothing change nothing. */
@AddLifecycleHook(NoNativeLeaks.class)
class PlainGradientTest {
    @Property(tries = 60)
    void with_masks_of_one_linear_maps_and_embeddings_have_the_plain_gradient_bit_for_bit(
            @ForAll long seed) {
        Rng rng = Rng.of(seed);
        DType dtype = rng.nextInt(2) == 0 ? DType.F64 : DType.F32;
        check(rng, LayerCase::linear, dtype, 0);
        check(rng, LayerCase::embedding, dtype, 0);
        check(rng, LayerCase::projection, dtype, 0);
        check(rng, LayerCase::products, dtype, 0);
    }

    @Property(tries = 60)
    void with_masks_of_one_norms_and_convolutions_have_the_plain_gradient_but_for_rounding(
            @ForAll long seed) {
        Rng rng = Rng.of(seed);
        check(rng, LayerCase::layerNorm, DType.F64, 1e-13);
        check(rng, LayerCase::conv2d, DType.F64, 1e-13);
        check(rng, LayerCase::gain, DType.F64, 1e-13);
        check(rng, LayerCase::affine, DType.F64, 1e-13);
        check(rng, LayerCase::offset, DType.F64, 1e-13);
    }

    @Example
    void with_masks_of_one_a_large_linear_map_has_the_plain_gradient_bit_for_bit() {
        try (TensorScope scope = TensorScope.open();
                TapSet taps = new TapSet();
                Linear layer = new Linear("i", 784, "o", 512, true, DType.F32, Rng.of(1))) {
            Tensor x = Tensor.normal(Rng.of(2), 1, DType.F32, 2048, 784);
            layer.forward(x).tanh().sum().backward();
            Parameter p = Objects.requireNonNull(layer.parameters().get("weight"));
            Tensor plain = Objects.requireNonNull(p.grad());
            p.clearGrad();
            Tensor ones = Tensor.ones(DType.F32, 2048, 512);
            p.maskPositions(new PositionMasks(taps, List.of(new AxisMask(0, ones))));
            layer.forward(x).tanh().sum().backward();
            assertTrue(Objects.requireNonNull(p.grad()).sameBits(plain));
        }
    }

    private static void check(Rng rng, LayerCase.Maker maker, DType dtype, double bound) {
        try (TensorScope scope = TensorScope.open();
                TapSet taps = new TapSet();
                LayerCase c = maker.make(rng, dtype, 90)) {
            Tensor y = c.forward(c.input());
            Tensor a = Tensor.normal(rng, 1, y.dtype(), y.shape());
            y.tanh().mul(a).sum().backward();
            List<Tensor> plain = new ArrayList<>();
            for (Parameter p : c.layer().parameters().values()) {
                plain.add(Objects.requireNonNull(p.grad()));
                p.clearGrad();
                Tensor ones = Tensor.ones(DType.F64, c.points()[0], p.value().size(0));
                p.maskPositions(new PositionMasks(taps, List.of(new AxisMask(0, ones))));
            }
            c.forward(c.input()).tanh().mul(a).sum().backward();
            int i = 0;
            for (Parameter p : c.layer().parameters().values()) {
                Tensor g = Objects.requireNonNull(p.grad());
                Tensor expected = plain.get(i++);
                double scale = Math.max(1, expected.abs().max().item());
                assertTrue(
                        bound == 0
                                ? g.sameBits(expected)
                                : g.sub(expected).abs().max().item() <= bound * scale,
                        p + " for " + y);
            }
        }
    }
}
