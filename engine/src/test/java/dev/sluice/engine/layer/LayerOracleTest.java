package dev.sluice.engine.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.util.function.UnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AddLifecycleHook;

@AddLifecycleHook(NoNativeLeaks.class)
class LayerOracleTest {
    @Property(tries = 60)
    void linear_equals_the_loop_over_points(@ForAll long seed) {
        check(seed, LayerCase::linear);
    }

    @Property(tries = 60)
    void embedding_equals_the_loop_over_points(@ForAll long seed) {
        check(seed, LayerCase::embedding);
    }

    @Property(tries = 60)
    void layer_norm_equals_the_loop_over_points(@ForAll long seed) {
        check(seed, LayerCase::layerNorm);
    }

    @Property(tries = 60)
    void convolution_equals_the_loop_over_points(@ForAll long seed) {
        check(seed, LayerCase::conv2d);
    }

    @Property(tries = 60)
    void projections_between_several_axes_equal_the_loop_over_points(@ForAll long seed) {
        check(seed, LayerCase::projection);
    }

    @Property(tries = 60)
    void a_table_as_output_equals_the_loop_over_points(@ForAll long seed) {
        check(seed, LayerCase::products);
    }

    @Property(tries = 60)
    void gains_with_and_without_offset_equal_the_loop_over_points(@ForAll long seed) {
        check(seed, LayerCase::gain);
        check(seed, LayerCase::affine);
    }

    @Property(tries = 60)
    void an_offset_alone_equals_the_loop_over_points(@ForAll long seed) {
        check(seed, LayerCase::offset);
    }

    private static void check(long seed, LayerCase.Maker maker) {
        Rng rng = Rng.of(seed);
        try (TensorScope scope = TensorScope.open();
                TapSet taps = new TapSet();
                LayerCase c = maker.make(rng, DType.F64, 5)) {
            UnaryOperator<Tensor> loss = coupled(rng, c);
            Tensor plain = c.forward(c.input());
            loss.apply(plain).backward();
            Tensor inputGrad = c.input().dtype().floating() ? c.input().grad() : null;
            c.layer().clearGradients();
            c.input().clearGrad();

            List<AxisMask> ofWeight = new ArrayList<>();
            List<AxisMask> ofBias = new ArrayList<>();
            int which = c.bias() == null ? 0 : rng.nextInt(3);
            if (which != 1) {
                ofWeight = mask(taps, rng, c, c.first());
            }
            if (which != 0) {
                ofBias = mask(taps, rng, c, "bias");
            }
            Tensor masked = c.forward(c.input());
            assertTrue(masked.sameBits(plain), "the forward value changed");
            loss.apply(masked).backward();
            if (inputGrad != null) {
                Tensor g = Objects.requireNonNull(c.input().grad());
                assertTrue(g.sameBits(inputGrad), "the input gradient changed");
            }
            PointwiseOracle oracle = new PointwiseOracle(c, loss);
            same(oracle.weight(ofWeight), c.weight());
            Tensor bias = c.bias();
            if (bias != null) {
                same(oracle.bias(ofBias), bias);
            }
        }
    }

    private static List<AxisMask> mask(TapSet taps, Rng rng, LayerCase c, String name) {
        Parameter p = Objects.requireNonNull(c.layer().parameters().get(name));
        List<AxisMask> masks = c.masks(rng, p.value());
        p.maskPositions(new PositionMasks(taps, masks));
        return masks;
    }

    /** A loss in which every point's gradient depends on every other point. */
    private static UnaryOperator<Tensor> coupled(Rng rng, LayerCase c) {
        Tensor y = c.forward(c.input()).detach();
        Tensor a = Tensor.normal(rng, 1, y.dtype(), y.shape());
        Tensor b = Tensor.normal(rng, 1, y.dtype(), y.shape());
        return t -> t.tanh().mul(a).sum().add(t.mul(b).sum().square().mul(0.1));
    }

    private static void same(PointwiseOracle.Expected expected, Tensor parameter) {
        double[] found = Objects.requireNonNull(parameter.grad()).toDoubles();
        double scale = 1;
        for (double m : expected.magnitude) {
            scale = Math.max(scale, m);
        }
        for (int i = 0; i < found.length; i++) {
            if (expected.magnitude[i] == 0) {
                assertEquals(0, Math.abs(found[i]), "an entry that only zero masks reach");
            }
            assertEquals(expected.gradient[i], found[i], 1e-12 * scale, "entry " + i);
        }
    }
}
