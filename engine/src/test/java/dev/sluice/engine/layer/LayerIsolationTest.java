package dev.sluice.engine.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.sluice.engine.DType;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.PositionMasks;
import dev.sluice.engine.PositionMasks.AxisMask;
import dev.sluice.engine.Rng;
import dev.sluice.engine.TapSet;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.testing.NoNativeLeaks;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/**
 * Whatever finite values the points hold whose mask is 0 for a unit, that unit's gradient keeps
 * every bit.
 */
@AddLifecycleHook(NoNativeLeaks.class)
class LayerIsolationTest {
    private static final int LARGEST = 70;

    @Property(tries = 80)
    void linear_isolates_output_units(@ForAll long seed) {
        Rng rng = Rng.of(seed);
        check(rng, LayerCase::linear, "weight", 0);
    }

    @Property(tries = 80)
    void linear_isolates_input_units(@ForAll long seed) {
        Rng rng = Rng.of(seed);
        check(rng, LayerCase::linear, "weight", 1);
    }

    @Property(tries = 40)
    void linear_isolates_biases(@ForAll long seed) {
        Rng rng = Rng.of(seed);
        check(rng, LayerCase::linear, "bias", 0);
    }

    @Property(tries = 40)
    void embedding_isolates_dimensions_and_rows(@ForAll long seed) {
        Rng rng = Rng.of(seed);
        check(rng, LayerCase::embedding, "weight", rng.nextInt(2));
    }

    @Property(tries = 80)
    void layer_norm_isolates_gains_and_offsets(@ForAll long seed) {
        Rng rng = Rng.of(seed);
        String name = rng.nextInt(2) == 0 ? "weight" : "bias";
        check(rng, LayerCase::layerNorm, name, 0);
    }

    @Property(tries = 80)
    void convolution_isolates_along_every_axis(@ForAll long seed) {
        Rng rng = Rng.of(seed);
        check(rng, LayerCase::conv2d, "weight", rng.nextInt(4));
    }

    @Property(tries = 80)
    void projections_isolate_along_every_axis(@ForAll long seed) {
        Rng rng = Rng.of(seed);
        check(rng, LayerCase::projection, "weight", rng.nextInt(2));
        check(rng, LayerCase::projection, "bias", 0);
    }

    @Property(tries = 40)
    void a_table_as_output_isolates_dimensions_and_rows(@ForAll long seed) {
        Rng rng = Rng.of(seed);
        check(rng, LayerCase::products, "weight", rng.nextInt(2));
    }

    @Property(tries = 40)
    void gains_and_offsets_alone_are_isolated(@ForAll long seed) {
        Rng rng = Rng.of(seed);
        check(rng, LayerCase::gain, "weight", 0);
        check(rng, LayerCase::affine, rng.nextInt(2) == 0 ? "weight" : "bias", 0);
    }

    private static DType dtype(Rng rng) {
        return rng.nextInt(3) == 0 ? DType.F64 : DType.F32;
    }

    private static void check(Rng rng, LayerCase.Maker maker, String name, int axis) {
        try (TensorScope scope = TensorScope.open();
                TapSet taps = new TapSet();
                LayerCase c = maker.make(rng, dtype(rng), LARGEST)) {
            Parameter p = c.layer().parameters().get(name);
            if (p == null) {
                return;
            }
            long examples = c.points()[0];
            double[] outsider = coins(rng, examples);
            double[] unit = coins(rng, p.value().size(axis));
            Tensor out = Tensor.of(outsider, examples, 1);
            Tensor units = Tensor.of(unit, 1, unit.length);
            Tensor weights = Tensor.normal(rng, 1, DType.F64, examples, unit.length);
            Tensor mask = weights.sub(weights.mul(out).mul(units));
            p.maskPositions(new PositionMasks(taps, List.of(new AxisMask(axis, mask))));

            Tensor y = c.forward(c.input()).detach();
            Tensor c1 = Tensor.normal(rng, 1, y.dtype(), y.shape());
            byte[] before = gradient(c, p, axis, unit, c.input(), c1);
            Tensor other = disturbed(rng, c.input(), outsider, c.weight());
            byte[] after = gradient(c, p, axis, unit, other, c1);
            assertArrayEquals(before, after);
        }
    }

    private static double[] coins(Rng rng, long n) {
        double[] coins = new double[(int) n];
        for (int i = 0; i < coins.length; i++) {
            coins[i] = rng.nextInt(2);
        }
        return coins;
    }

    /** The bits of the parameter's gradient at the units, for a loss that is a sum over points. */
    private static byte[] gradient(
            LayerCase c, Parameter p, int axis, double[] unit, Tensor input, Tensor c1) {
        p.clearGrad();
        c.forward(input).tanh().mul(c1).sum().backward();
        long[] picked = LongStream.range(0, unit.length).filter(i -> unit[(int) i] == 1).toArray();
        Tensor g = Objects.requireNonNull(p.grad());
        return g.select(axis, Tensor.of(picked, picked.length)).bytes().array();
    }

    /** Other values, some of them huge or tiny, at the outsiders. */
    private static Tensor disturbed(Rng rng, Tensor x, double[] outsider, Tensor weight) {
        long[] column = new long[x.rank()];
        Arrays.fill(column, 1);
        column[0] = outsider.length;
        Tensor where = Tensor.of(outsider, column).eq(1).expand(x.shape());
        if (!x.dtype().floating()) {
            return LayerCase.ids(rng, weight.size(0), x.shape()).where(where, x);
        }
        Tensor scale = Tensor.uniform(rng, -33, 33, x.dtype(), x.shape()).exp();
        Tensor other = Tensor.normal(rng, 1, x.dtype(), x.shape()).mul(scale);
        return other.where(where, x.detach()).requireGrad();
    }
}
