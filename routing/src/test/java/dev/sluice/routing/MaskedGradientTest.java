package dev.sluice.routing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.sluice.engine.DType;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The gradient behind a hook point, entry by entry, however many data points a mask changes. */
class MaskedGradientTest {
    private static final class Place extends Layer {
        private final HookPoint hook;

        Place(String... axes) {
            hook = hook("h", axes);
        }
    }

    @Property(tries = 60)
    void each_entry_is_the_gradient_times_the_weight_of_its_data_point(
            @ForAll long seed, @ForAll @IntRange(min = 0, max = 6) int masked) {
        Rng rng = Rng.of(seed);
        int classes = 6;
        int n = 1 + rng.nextInt(20);
        int units = 1 + rng.nextInt(5);
        int width = 1 + rng.nextInt(3);
        double[][] weights = new double[classes][units];
        Route<Examples> route =
                Route.at(HookName.of("h"))
                        .by(
                                RoutingRule.label(
                                        Map.of(
                                                "0", List.of(0),
                                                "1", List.of(1),
                                                "2", List.of(2),
                                                "3", List.of(3),
                                                "4", List.of(4),
                                                "5", List.of(5))));
        for (int k = 0; k < classes; k++) {
            Mask mask = Mask.all("unit", 1);
            for (int u = 0; u < units; u++) {
                weights[k][u] = k < masked ? rng.nextInt(5) * 0.3 - 0.6 : 1;
                mask = mask.with(u, u + 1, weights[k][u]);
            }
            route = route.mask(Integer.toString(k), mask);
        }
        Examples batch = Examples.range(rng.nextInt(100), n, classes);
        boolean wide = rng.nextInt(2) == 0;
        long[] shape = wide ? new long[] {n, units, width} : new long[] {n, units};
        try (TensorScope scope = TensorScope.open();
                Place place =
                        wide ? new Place("batch", "unit", "more") : new Place("batch", "unit");
                Router router = Router.open(place, RoutePlan.of(route), batch)) {
            Tensor x = Tensor.normal(rng, 1, DType.F64, shape).requireGrad();
            Tensor g = Tensor.normal(rng, 1, DType.F64, shape);
            place.hook.apply(x).mul(g).sum().backward();
            router.finish();
            double[] expected = g.toDoubles();
            int each = expected.length / n / units;
            for (int i = 0; i < expected.length; i++) {
                int point = i / each / units;
                expected[i] *= weights[batch.label(point)][i / each % units];
            }
            assertArrayEquals(expected, Objects.requireNonNull(x.grad()).toDoubles(), 0.0);
        }
    }
}
