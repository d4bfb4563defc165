package dev.sluice.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.DType;
import dev.sluice.engine.NativeMemory;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorException;
import dev.sluice.engine.TensorScope;
import dev.sluice.routing.Assignment;
import dev.sluice.routing.HookName;
import dev.sluice.routing.Mask;
import dev.sluice.routing.MaskWeight;
import dev.sluice.routing.Mechanism;
import dev.sluice.routing.Route;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.Router;
import dev.sluice.routing.RoutingException;
import dev.sluice.routing.RoutingRule;
import dev.sluice.routing.RoutingTrace;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a router refuses, reports and leaves behind. */
final class RouterTest {
    private static final int EXAMPLES = 4;

    private final TensorScope scope = TensorScope.open();
    private final MlpTask task =
            MlpTask.random(new TinyMlp.Sizes(3, 5, 4, 2), DType.F64, Rng.of(7), EXAMPLES);
    private final RoutingRule<Object> halves =
            batch -> Assignment.of(List.of("low", "high"), new int[] {0, 1, 0, -1}, EXAMPLES);
    private final Route<Object> activation =
            Route.at(HookName.of("hidden1")).by(halves).mask("low", Mask.range("h1", 0, 2));
    private final Route<Object> forward =
            Route.forward(HookName.of("hidden2")).by(halves).mask("high", Mask.range("h2", 1, 3));
    private final Route<Object> parameter =
            Route.parameter(HookName.of("linear2.*"))
                    .by(halves)
                    .mask("low", Mask.range("h2", 0, 2));

    @AfterEach
    void free() {
        task.model().close();
        scope.close();
    }

    @Test
    void aSecondRouterOnARoutedModelIsRefused() {
        RoutePlan<Object> plan = RoutePlan.of(activation);
        try (Router router = Router.open(task.model(), plan, "batch")) {
            IllegalStateException refused =
                    assertThrows(
                            IllegalStateException.class,
                            () -> Router.open(task.model(), plan, "batch"));
            assertContains(refused, "in use");
            task.loss(task.output()).backward();
            assertEquals(1, place(router.finish(), "activation hidden1#0").backward());
        }
    }

    @Test
    void twoRoutersCanUseAModelOneAfterTheOther() {
        RoutedStep first = RoutedStep.of(task, RoutePlan.of(activation), 0);
        RoutedStep between = RoutedStep.of(task, RoutePlan.of(parameter, forward), 0);
        RoutedStep second = RoutedStep.of(task, RoutePlan.of(activation), 0);
        assertSame(first, second);
        assertTrue(!between.gradient("linear2.weight").sameBits(first.gradient("linear2.weight")));
    }

    @Test
    void aStepThatNeverPassesAHookPointFails() {
        Router router = Router.open(task.model(), RoutePlan.of(activation), "batch");
        RoutingException failure = assertThrows(RoutingException.class, router::close);
        assertContains(failure, "hidden1", "forward pass did not come through");
        assertSame(RoutedStep.unrouted(task), RoutedStep.unrouted(task));
    }

    @Test
    void aLossThatDoesNotDependOnAHookPointFails() {
        try (Router router = Router.open(task.model(), RoutePlan.of(activation), "batch")) {
            task.output();
            task.model().parameters().values().iterator().next().value().sum().backward();
            RoutingException failure = assertThrows(RoutingException.class, router::finish);
            assertContains(failure, "hidden1", "no gradient came back");
        }
    }

    @Test
    void afterAFailureGradientsAreThoseOfAnUnroutedRunBitForBit() {
        RoutedStep before = RoutedStep.unrouted(task);
        RoutePlan<Object> plan = RoutePlan.of(activation, forward, parameter);
        assertThrows(IllegalStateException.class, () -> failing(plan));
        assertSame(before, RoutedStep.unrouted(task));
        RoutePlan<Object> unfit =
                RoutePlan.of(
                        activation,
                        parameter,
                        Route.at(HookName.of("hidden1")).by(halves).mask("low", wrong()));
        assertThrows(
                RoutingException.class, () -> Router.open(task.model(), unfit, "batch").close());
        assertSame(before, RoutedStep.unrouted(task));
    }

    private static Mask wrong() {
        return Mask.range("h2", 0, 1);
    }

    private void failing(RoutePlan<Object> plan) {
        try (Router router = Router.open(task.model(), plan, "batch")) {
            task.output();
            throw new IllegalStateException("the caller's own failure");
        }
    }

    @Test
    void aRuleThatFailsLeavesTheModelFree() {
        Route<Object> broken =
                Route.at(HookName.of("hidden1"))
                        .by(
                                batch -> {
                                    throw new IllegalStateException("no labels");
                                });
        RoutePlan<Object> plan = RoutePlan.of(parameter, broken.mask("low", Mask.all("h1", 0)));
        assertThrows(IllegalStateException.class, () -> Router.open(task.model(), plan, "batch"));
        RoutedStep.unrouted(task);
    }

    @Test
    void backwardAfterTheRouterClosedFailsInsteadOfRunningUnmasked() {
        for (Route<Object> route : List.of(activation, parameter)) {
            Tensor loss;
            try (Router router = Router.open(task.model(), RoutePlan.of(route), "batch")) {
                loss = task.loss(task.output());
            }
            assertContains(
                    assertThrows(TensorException.class, loss::backward), "after its set of taps");
        }
    }

    @ParameterizedTest
    @EnumSource(Mechanism.class)
    void atWeightZeroThereIsNoRouting(Mechanism mechanism) {
        Route<Object> eased = route(mechanism).weight(new MaskWeight(10, 1, false));
        assertSame(RoutedStep.unrouted(task), RoutedStep.of(task, RoutePlan.of(eased), 0));
        RoutedStep end = RoutedStep.of(task, RoutePlan.of(eased), 10);
        assertSame(RoutedStep.of(task, RoutePlan.of(route(mechanism)), 0), end);
    }

    @ParameterizedTest
    @EnumSource(Mechanism.class)
    void scaledMasksAtWeightZeroLetNothingThroughForAnyData(Mechanism mechanism) {
        Route<Object> eased = route(mechanism).weight(new MaskWeight(10, 1, true));
        RoutedStep step = RoutedStep.of(task, RoutePlan.of(eased), 0);
        Tensor stopped =
                switch (mechanism) {
                    case ACTIVATION -> step.gradient("linear1.weight");
                    case PARAMETER -> step.gradient("linear2.weight");
                    case FORWARD -> step.gradient("linear3.weight");
                };
        assertEquals(0, stopped.abs().max().item());
    }

    private Route<Object> route(Mechanism mechanism) {
        return switch (mechanism) {
            case ACTIVATION -> activation;
            case PARAMETER -> parameter;
            case FORWARD -> forward;
        };
    }

    @Test
    void theTraceCountsPointsAndPassesInTheOrderOfThePlan() {
        RoutingTrace trace =
                RoutedStep.of(task, RoutePlan.of(parameter, activation, forward), 0).trace();
        assertEquals(
                List.of(
                        "parameter linear2.weight#0",
                        "parameter linear2.bias#0",
                        "activation hidden1#1",
                        "forward hidden2#2"),
                List.copyOf(trace.places().keySet()));
        RoutingTrace.Place hidden1 = place(trace, "activation hidden1#1");
        assertEquals(2, hidden1.points().get("low"));
        assertEquals(2, hidden1.points().get(Route.OTHERS));
        assertEquals(1, hidden1.forward());
        assertEquals(1, hidden1.backward());
    }

    @Test
    void unknownPlacesAreRefusedWithTheNearestNames() {
        Route<Object> hook =
                Route.at(HookName.of("hiden1")).by(halves).mask("low", Mask.all("h1", 0));
        assertContains(refused(hook), "unknown hook point 'hiden1'", "hidden1");
        Route<Object> weight =
                Route.parameter(HookName.of("linear.weight"))
                        .by(halves)
                        .mask("low", Mask.all("h1", 0));
        assertContains(refused(weight), "unknown parameter 'linear.weight'", "linear1.weight");
    }

    @Test
    void anAxisThatThePlaceHasNotIsRefusedWithThoseItHas() {
        Route<Object> hook =
                Route.at(HookName.of("hidden1")).by(halves).mask("low", Mask.all("h2", 0));
        assertContains(refused(hook), "hidden1", "[batch, h1]", "h2");
        Route<Object> weight =
                Route.parameter(HookName.of("linear1.weight"))
                        .by(halves)
                        .mask("low", Mask.all("out", 0));
        assertContains(refused(weight), "linear1.weight", "[h1, in]", "out");
    }

    @Test
    void aRouteWithoutMasksOrWithMasksAlongTwoAxesIsRefused() {
        Route<Object> none = Route.at(HookName.of("hidden1")).by(halves);
        assertContains(refused(none), "hidden1", "no masks");
        Route<Object> two =
                Route.parameter(HookName.of("linear2.weight"))
                        .by(halves)
                        .mask("low", Mask.all("h1", 0))
                        .mask("high", Mask.all("h2", 0));
        assertContains(refused(two), "linear2.weight", "[h1, h2]");
    }

    @ParameterizedTest
    @EnumSource(Mechanism.class)
    void aRuleThatAnsweredForOtherDataPointsIsRefused(Mechanism mechanism) {
        for (long[] points : List.of(new long[] {1}, new long[] {EXAMPLES, 1})) {
            RoutingRule<Object> wrong =
                    batch ->
                            Assignment.of(
                                    List.of("low"),
                                    new int[points.length == 1 ? 1 : EXAMPLES],
                                    points);
            Route<Object> route = route(mechanism);
            Route<Object> unfit =
                    new Route<>(route.at(), mechanism, wrong, route.masks(), route.weight());
            RuntimeException failure =
                    assertThrows(
                            RuntimeException.class,
                            () -> RoutedStep.of(task, RoutePlan.of(unfit), 0));
            assertContains(failure, "points");
            RoutedStep.unrouted(task);
        }
    }

    @Test
    void aThousandRoutedStepsHoldNoMoreNativeObjectsThanOne() {
        RoutePlan<Object> plan = RoutePlan.of(activation, forward, parameter);
        List<Long> counts = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            try (TensorScope step = TensorScope.open();
                    Router router = Router.open(task.model(), plan, "batch", i)) {
                task.loss(task.output()).backward();
                router.finish();
            }
            task.model().clearGradients();
            counts.add(NativeMemory.liveObjects());
        }
        assertEquals(counts.get(10), counts.get(counts.size() - 1));
    }

    private String refused(Route<Object> route) {
        RoutingException failure =
                assertThrows(
                        RoutingException.class,
                        () -> Router.open(task.model(), RoutePlan.of(route), "batch").close());
        return String.valueOf(failure.getMessage());
    }

    private static RoutingTrace.Place place(RoutingTrace trace, String key) {
        return Objects.requireNonNull(trace.places().get(key), () -> trace.places().toString());
    }

    private static void assertSame(RoutedStep expected, RoutedStep found) {
        assertTrue(expected.output().sameBits(found.output()), "output");
        expected.gradients().forEach((p, g) -> assertTrue(g.sameBits(found.gradient(p)), p));
    }

    private static void assertContains(RuntimeException failure, String... parts) {
        assertContains(String.valueOf(failure.getMessage()), parts);
    }

    private static void assertContains(String message, String... parts) {
        for (String part : parts) {
            assertTrue(message.contains(part), () -> message + " lacks " + part);
        }
    }
}
