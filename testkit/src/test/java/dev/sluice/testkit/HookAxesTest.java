package dev.sluice.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.sluice.engine.DType;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.routing.Assignment;
import dev.sluice.routing.HookName;
import dev.sluice.routing.Mask;
import dev.sluice.routing.Route;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.Router;
import dev.sluice.routing.RoutingRule;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hook points may name their axes in any order. */
final class HookAxesTest {
    private static final List<String> AXES = List.of("batch", "pos", "unit", "other");
    private static final int[] SIZES = {2, 3, 4, 5};

    @ParameterizedTest
    @ValueSource(
            strings = {
                "batch pos unit",
                "unit batch pos",
                "batch unit pos",
                "other batch pos unit",
                "batch other unit pos",
                "unit other batch pos",
                "batch pos unit other"
            })
    void tokenMasksMeetTheirTokensAndUnits(String axes) {
        check(axes.split(" "), true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"batch unit", "unit batch", "unit batch pos", "batch unit pos other"})
    void exampleMasksMeetTheirExamplesAndUnits(String axes) {
        check(axes.split(" "), false);
    }

    /** Mask weights that say which point and unit they are for, on an activation of ones. */
    private static void check(String[] axes, boolean tokens) {
        int points = tokens ? SIZES[0] * SIZES[1] : SIZES[0];
        int[] ids = new int[points];
        Arrays.setAll(ids, i -> i);
        String[] names = new String[points];
        Arrays.setAll(names, i -> "point" + i);
        long[] shape = tokens ? new long[] {SIZES[0], SIZES[1]} : new long[] {SIZES[0]};
        RoutingRule<Object> rule = batch -> Assignment.of(List.of(names), ids, shape);
        Route<Object> route = Route.forward(HookName.of("place")).by(rule);
        for (int p = 0; p < points; p++) {
            double[] weights = new double[SIZES[2]];
            int point = p;
            Arrays.setAll(weights, u -> 10 * point + u);
            route = route.mask(names[p], Mask.of("unit", weights));
        }
        try (TensorScope scope = TensorScope.open();
                Place model = new Place(axes)) {
            long[] sizes = Arrays.stream(axes).mapToLong(a -> SIZES[AXES.indexOf(a)]).toArray();
            Tensor ones = Tensor.full(1, DType.F64, sizes);
            try (Router router = Router.open(model, RoutePlan.of(route), "batch")) {
                assertArrayEquals(
                        expected(List.of(axes), sizes, tokens),
                        model.forward(ones).toDoubles(),
                        0.0);
                router.finish();
            }
        }
    }

    private static double[] expected(List<String> axes, long[] sizes, boolean tokens) {
        int count = (int) Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
        double[] out = new double[count];
        for (int i = 0; i < count; i++) {
            int[] index = new int[axes.size()];
            int rest = i;
            for (int axis = axes.size() - 1; axis >= 0; axis--) {
                index[axis] = (int) (rest % sizes[axis]);
                rest = (int) (rest / sizes[axis]);
            }
            int batch = index[axes.indexOf("batch")];
            int point = tokens ? batch * SIZES[1] + index[axes.indexOf("pos")] : batch;
            out[i] = 10 * point + index[axes.indexOf("unit")];
        }
        return out;
    }

    /** A model that is nothing but a hook point. */
    private static final class Place extends Layer {
        private final HookPoint place;

        Place(String... axes) {
            place = hook("place", axes);
        }

        Tensor forward(Tensor x) {
            return place.apply(x);
        }
    }
}
