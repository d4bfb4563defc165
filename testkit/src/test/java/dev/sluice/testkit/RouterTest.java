package dev.sluice.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.NativeMemory;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorException;
import dev.sluice.engine.TensorScope;
import dev.sluice.routing.HookName;
import dev.sluice.routing.Mask;
import dev.sluice.routing.MaskWeight;
import dev.sluice.routing.Mechanism;
import dev.sluice.routing.Route;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.Router;
import dev.sluice.routing.RoutingException;
import dev.sluice.routing.RoutingTrace;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a router reports, and what it leaves behind. */
final class RouterTest extends RoutedMlp {
    @Test
    void twoRoutersCanUseAModelOneAfterTheOther() {
        RoutedStep first = RoutedStep.of(task, RoutePlan.of(activation), 0);
        RoutedStep between = RoutedStep.of(task, RoutePlan.of(parameter, forward), 0);
        RoutedStep second = RoutedStep.of(task, RoutePlan.of(activation), 0);
        assertSame(first, second);
        assertTrue(!between.gradient("linear2.weight").sameBits(first.gradient("linear2.weight")));
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
        assertThrows(RoutingException.class, () -> openAndClose(task.model(), unfit));
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
        assertThrows(IllegalStateException.class, () -> openAndClose(task.model(), plan));
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
        trace.places()
                .forEach(
                        (name, place) -> {
                            assertEquals(1, place.forward(), name);
                            assertEquals(name.startsWith("forward") ? 0 : 1, place.backward());
                        });
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
        long grown = counts.get(counts.size() - 1) - counts.get(10);
        assertTrue(grown <= 0, () -> grown + " more native objects after 1,000 steps");
    }
}
