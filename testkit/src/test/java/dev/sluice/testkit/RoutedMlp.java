package dev.sluice.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.DType;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Rng;
import dev.sluice.engine.TensorScope;
import dev.sluice.routing.Assignment;
import dev.sluice.routing.HookName;
import dev.sluice.routing.Mask;
import dev.sluice.routing.Mechanism;
import dev.sluice.routing.Route;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.Router;
import dev.sluice.routing.RoutingRule;
import dev.sluice.routing.RoutingTrace;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;

/** A tiny network, a route of each mechanism, and what tests of the router ask. */
abstract class RoutedMlp {
    static final int EXAMPLES = 4;

    private final TensorScope scope = TensorScope.open();
    final MlpTask task =
            MlpTask.random(new TinyMlp.Sizes(3, 5, 4, 2), DType.F64, Rng.of(7), EXAMPLES);
    final RoutingRule<Object> halves =
            batch -> Assignment.of(List.of("low", "high"), new int[] {0, 1, 0, -1}, EXAMPLES);
    final Route<Object> activation =
            Route.at(HookName.of("hidden1")).by(halves).mask("low", Mask.range("h1", 0, 2));
    final Route<Object> forward =
            Route.forward(HookName.of("hidden2")).by(halves).mask("high", Mask.range("h2", 1, 3));
    final Route<Object> parameter =
            Route.parameter(HookName.of("linear2.*"))
                    .by(halves)
                    .mask("low", Mask.range("h2", 0, 2));

    @AfterEach
    void free() {
        task.model().close();
        scope.close();
    }

    Route<Object> route(Mechanism mechanism) {
        return switch (mechanism) {
            case ACTIVATION -> activation;
            case PARAMETER -> parameter;
            case FORWARD -> forward;
        };
    }

    static void openAndClose(Layer model, RoutePlan<Object> plan) {
        try (Router router = Router.open(model, plan, "batch")) {
            router.trace();
        }
    }

    static RoutingTrace.Place place(RoutingTrace trace, String key) {
        return Objects.requireNonNull(trace.places().get(key), () -> trace.places().toString());
    }

    static void assertSame(RoutedStep expected, RoutedStep found) {
        assertTrue(expected.output().sameBits(found.output()), "output");
        expected.gradients().forEach((p, g) -> assertTrue(g.sameBits(found.gradient(p)), p));
    }

    static void assertContains(RuntimeException failure, String... parts) {
        assertContains(String.valueOf(failure.getMessage()), parts);
    }

    static void assertContains(String message, String... parts) {
        for (String part : parts) {
            assertTrue(message.contains(part), () -> message + " lacks " + part);
        }
    }
}
