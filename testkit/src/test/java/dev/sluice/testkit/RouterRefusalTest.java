package dev.sluice.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.engine.DType;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.layer.Linear;
import dev.sluice.routing.Assignment;
import dev.sluice.routing.HookName;
import dev.sluice.routing.Mask;
import dev.sluice.routing.Mechanism;
import dev.sluice.routing.Route;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.Router;
import dev.sluice.routing.RoutingException;
import dev.sluice.routing.RoutingRule;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a router refuses, and how it says so. */
final class RouterRefusalTest extends RoutedMlp {
    @Test
    void aSecondRouterOnARoutedModelIsRefused() {
        RoutePlan<Object> plan = RoutePlan.of(activation);
        try (Router router = Router.open(task.model(), plan, "batch")) {
            IllegalStateException refused =
                    assertThrows(
                            IllegalStateException.class, () -> openAndClose(task.model(), plan));
            assertContains(refused, "in use");
            task.loss(task.output()).backward();
            assertEquals(1, place(router.finish(), "activation hidden1#0").backward());
        }
    }

    @Test
    void aStepThatNeverPassesARoutesPlaceFails() {
        for (Route<Object> route : List.of(activation, forward, parameter)) {
            RoutePlan<Object> plan = RoutePlan.of(route);
            RoutingException failure =
                    assertThrows(RoutingException.class, () -> openAndClose(task.model(), plan));
            assertContains(failure, "forward pass did not come through");
            RoutedStep.unrouted(task);
        }
    }

    @Test
    void aModelThatLeavesARoutedLayerOutFailsTheStep() {
        try (Detour model = new Detour()) {
            RoutePlan<Object> plan =
                    RoutePlan.of(
                            Route.parameter(HookName.of("unused.weight"))
                                    .by(halves)
                                    .mask("low", Mask.all("out", 0)));
            try (Router router = Router.open(model, plan, "batch")) {
                model.forward(task.x()).sum().backward();
                RoutingException failure = assertThrows(RoutingException.class, router::finish);
                assertContains(failure, "unused.weight", "forward pass did not come through");
            }
        }
    }

    /** Has two layers and uses one. */
    private static final class Detour extends Layer {
        private final Linear used =
                child("used", new Linear("in", 3, "out", 2, true, DType.F64, Rng.of(1)));

        Detour() {
            child("unused", new Linear("in", 3, "out", 2, true, DType.F64, Rng.of(2)));
        }

        Tensor forward(Tensor x) {
            return used.forward(x);
        }
    }

    @Test
    void aRouterOnAPartOfARoutedModelIsRefusedAndTheOtherWayRound() {
        try (Detour model = new Detour()) {
            RoutePlan<Object> nothing = RoutePlan.of();
            try (Router router = Router.open(model, nothing, "batch")) {
                assertThrows(IllegalStateException.class, () -> openAndClose(model.used, nothing));
                router.finish();
            }
            try (Router router = Router.open(model.used, nothing, "batch")) {
                assertThrows(IllegalStateException.class, () -> openAndClose(model, nothing));
                router.finish();
            }
        }
    }

    @Test
    void aLossThatDoesNotDependOnARoutesPlaceFails() {
        for (Route<Object> route : List.of(activation, parameter)) {
            try (Router router = Router.open(task.model(), RoutePlan.of(route), "batch")) {
                task.output();
                task.model().parameters().values().iterator().next().value().sum().backward();
                RoutingException failure = assertThrows(RoutingException.class, router::finish);
                assertContains(failure, route.at().pattern().substring(0, 6), "no gradient came");
            }
        }
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

    private String refused(Route<Object> route) {
        RoutingException failure =
                assertThrows(
                        RoutingException.class,
                        () -> openAndClose(task.model(), RoutePlan.of(route)));
        return String.valueOf(failure.getMessage());
    }
}
