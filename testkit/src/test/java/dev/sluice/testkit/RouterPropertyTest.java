package dev.sluice.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.DType;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.testing.NoNativeLeaks;
import dev.sluice.routing.Assignment;
import dev.sluice.routing.HookName;
import dev.sluice.routing.Mask;
import dev.sluice.routing.Mechanism;
import dev.sluice.routing.Route;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.RoutingRule;
import dev.sluice.testkit.DrawnRoute.Choice;
import dev.sluice.testkit.DrawnRoute.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/** The router against the oracle, over random networks, data, rules and masks. */
@AddLifecycleHook(NoNativeLeaks.class)
final class RouterPropertyTest {
    private static final double RELATIVE = 1e-12;
    private static final double ABSOLUTE = 1e-14;

    @Property(tries = 400)
    void gradientsAreThoseOfTheOracle(
            @ForAll TinyTasks kind,
            @ForAll long seed,
            @ForAll @IntRange(max = 5) int routes,
            @ForAll Weights weights,
            @ForAll boolean blend,
            @ForAll boolean easedIn) {
        on(
                kind,
                seed,
                (task, rng) -> {
                    List<DrawnRoute> drawn = new ArrayList<>();
                    long step = rng.nextInt(6);
                    for (int i = 0; i < routes; i++) {
                        Mechanism mechanism = Mechanism.values()[rng.nextInt(3)];
                        drawn.add(
                                draw(
                                        task,
                                        new Choice(mechanism, weights, blend, easedIn),
                                        step,
                                        rng));
                    }
                    compare(task, drawn, step);
                });
    }

    @Property(tries = 100)
    void severalRoutesAtOnePlaceMultiply(
            @ForAll TinyTasks kind, @ForAll long seed, @ForAll Mechanism mechanism) {
        on(
                kind,
                seed,
                (task, rng) -> {
                    Choice choice = new Choice(mechanism, Weights.MIXED, false, false);
                    Place place = place(task, mechanism, rng);
                    List<DrawnRoute> drawn = new ArrayList<>();
                    for (int i = 0; i < 3; i++) {
                        drawn.add(DrawnRoute.at(task, choice, place.at, place.axis, 0, rng));
                    }
                    compare(task, drawn, 0);
                });
    }

    @Property(tries = 100)
    void masksOfGradientsLeaveEveryValueBitForBit(
            @ForAll TinyTasks kind,
            @ForAll long seed,
            @ForAll Weights weights,
            @ForAll boolean single) {
        on(
                single ? DType.F32 : DType.F64,
                kind,
                seed,
                (task, rng) -> {
                    List<DrawnRoute> drawn = new ArrayList<>();
                    for (int i = 0; i < 4; i++) {
                        Mechanism mechanism =
                                rng.nextInt(2) == 0 ? Mechanism.ACTIVATION : Mechanism.PARAMETER;
                        drawn.add(draw(task, new Choice(mechanism, weights, false, false), 0, rng));
                    }
                    RoutedStep routed = RoutedStep.of(task, plan(drawn), 0);
                    RoutedStep plain = RoutedStep.unrouted(task);
                    assertTrue(routed.output().sameBits(plain.output()), "output");
                    assertTrue(routed.loss().sameBits(plain.loss()), "loss");
                });
    }

    @Property(tries = 100)
    void anActivationMaskMultipliesTheArrivingGradientBitForBit(
            @ForAll TinyTasks kind, @ForAll long seed, @ForAll Weights weights) {
        on(
                kind,
                seed,
                (task, rng) -> {
                    Choice choice = new Choice(Mechanism.ACTIVATION, weights, false, false);
                    DrawnRoute drawn = draw(task, choice, 0, rng);
                    String at = drawn.route().at().pattern();
                    double[] plain = RoutedStep.unrouted(task).arrived(at).toDoubles();
                    double[] routed = RoutedStep.of(task, plan(drawn), 0).arrived(at).toDoubles();
                    double[][] mask = drawn.meaning().weights();
                    for (int i = 0; i < plain.length; i++) {
                        int units = mask[0].length;
                        assertEquals(plain[i] * mask[i / units][i % units], routed[i], 0.0);
                    }
                });
    }

    @Property(tries = 100)
    void aParameterMaskChangesNoOtherGradientBitForBit(
            @ForAll TinyTasks kind, @ForAll long seed, @ForAll Weights weights) {
        on(
                kind,
                seed,
                (task, rng) -> {
                    Choice choice = new Choice(Mechanism.PARAMETER, weights, false, false);
                    DrawnRoute drawn = draw(task, choice, 0, rng);
                    RoutedStep plain = RoutedStep.unrouted(task);
                    RoutedStep routed = RoutedStep.of(task, plan(drawn), 0);
                    String layer = drawn.route().at().pattern().replaceAll("\\..*", "");
                    plain.arrived()
                            .forEach((at, g) -> assertTrue(g.sameBits(routed.arrived(at)), at));
                    plain.gradients().entrySet().stream()
                            .filter(e -> !e.getKey().startsWith(layer + "."))
                            .forEach(
                                    e ->
                                            assertTrue(
                                                    e.getValue()
                                                            .sameBits(routed.gradient(e.getKey())),
                                                    e.getKey()));
                });
    }

    @Property(tries = 100)
    void whatAMaskedClassHoldsNeverMovesTheGradientOfItsClosedUnits(
            @ForAll long seed, @ForAll boolean parameter, @ForAll @IntRange(min = 1) int scale) {
        on(
                TinyTasks.MLP_EXAMPLES,
                seed,
                (task, rng) -> {
                    MlpTask before = (MlpTask) task;
                    int[] classes = new int[task.pointCount()];
                    Arrays.setAll(classes, i -> rng.nextInt(2));
                    RoutingRule<Object> rule =
                            batch ->
                                    Assignment.of(
                                            List.of("kept", "closed"), classes, task.points());
                    int units = (int) RoutedStep.unrouted(task).gradient("linear1.bias").count();
                    int closed = 1 + rng.nextInt(units);
                    Route.Place place =
                            parameter
                                    ? Route.parameter(HookName.of("linear1.*"))
                                    : Route.at(HookName.of("hidden1"));
                    Mask mask = Mask.all("h1", 1).with(0, closed, 0);
                    RoutePlan<Object> plan = RoutePlan.of(place.by(rule).mask("closed", mask));
                    MlpTask after =
                            new MlpTask(
                                    before.model(),
                                    replaced(before.x(), classes, scale, rng),
                                    before.target());
                    RoutedStep first = RoutedStep.of(before, plan, 0);
                    RoutedStep second = RoutedStep.of(after, plan, 0);
                    for (String name : List.of("linear1.weight", "linear1.bias")) {
                        assertArrayEquals(
                                first.gradient(name).narrow(0, 0, closed).toDoubles(),
                                second.gradient(name).narrow(0, 0, closed).toDoubles(),
                                0.0,
                                name);
                    }
                });
    }

    /** Other values, some of them huge, for the examples of class 1. */
    private static Tensor replaced(Tensor x, int[] classes, double scale, Rng rng) {
        double[] values = x.toDoubles();
        int width = values.length / classes.length;
        for (int i = 0; i < values.length; i++) {
            if (classes[i / width] == 1) {
                values[i] = scale * rng.nextGaussian();
            }
        }
        return Tensor.of(values, x.shape()).requireGrad();
    }

    private static void on(TinyTasks kind, long seed, BiConsumer<TinyTask, Rng> body) {
        on(DType.F64, kind, seed, body);
    }

    private static void on(DType dtype, TinyTasks kind, long seed, BiConsumer<TinyTask, Rng> body) {
        Rng rng = Rng.of(seed);
        try (TensorScope scope = TensorScope.open()) {
            TinyTask task = kind.draw(dtype, rng);
            try (var model = task.model()) {
                body.accept(task, rng);
            }
        }
    }

    private record Place(String at, int axis) {}

    private static Place place(TinyTask task, Mechanism mechanism, Rng rng) {
        if (mechanism == Mechanism.PARAMETER) {
            List<String> names = List.copyOf(task.model().parameters().keySet());
            String at = names.get(rng.nextInt(names.size()));
            var parameter = Objects.requireNonNull(task.model().parameters().get(at));
            return new Place(at, rng.nextInt(parameter.axes().size()));
        }
        List<String> names = List.copyOf(task.model().hooks().keySet());
        return new Place(names.get(rng.nextInt(names.size())), 0);
    }

    private static DrawnRoute draw(TinyTask task, Choice choice, long step, Rng rng) {
        Place place = place(task, choice.mechanism(), rng);
        return DrawnRoute.at(task, choice, place.at, place.axis, step, rng);
    }

    private static RoutePlan<Object> plan(DrawnRoute... drawn) {
        return plan(List.of(drawn));
    }

    private static RoutePlan<Object> plan(List<DrawnRoute> drawn) {
        List<Route<Object>> routes = drawn.stream().map(DrawnRoute::route).toList();
        return new RoutePlan<>(routes, List.of(), List.of());
    }

    private static void compare(TinyTask task, List<DrawnRoute> drawn, long step) {
        RoutedStep routed = RoutedStep.of(task, plan(drawn), step);
        Map<String, Tensor> expected =
                RoutingOracle.gradients(
                        task.pointwise(),
                        task.model().state(),
                        task.pointCount(),
                        drawn.stream().map(DrawnRoute::meaning).toList());
        double largest =
                expected.values().stream()
                        .mapToDouble(g -> g.abs().max().item())
                        .max()
                        .orElseThrow();
        expected.forEach((name, g) -> assertClose(name, g, routed.gradient(name), largest));
    }

    /** What masks left small was added up from what is as large as the largest gradient. */
    private static void assertClose(String name, Tensor expected, Tensor found, double largest) {
        double bound = RELATIVE * largest + ABSOLUTE;
        double error = expected.sub(found).abs().max().item();
        assertTrue(error <= bound, () -> name + " is off by " + error + ", allowed " + bound);
    }
}
