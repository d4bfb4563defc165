package dev.sluice.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.engine.Rng;
import dev.sluice.engine.TensorScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class UndoTest {
    @Property(tries = 200)
    void every_part_runs_last_first_and_every_failure_is_told(@ForAll List<Boolean> fails) {
        Undo undo = new Undo();
        List<Integer> ran = new ArrayList<>();
        List<Integer> expected = new ArrayList<>();
        List<RuntimeException> failures = new ArrayList<>();
        for (int i = 0; i < fails.size(); i++) {
            int number = i;
            RuntimeException failure = new IllegalStateException("part " + i);
            expected.add(0, i);
            if (fails.get(i)) {
                failures.add(0, failure);
            }
            undo.push(
                    () -> {
                        ran.add(number);
                        if (fails.get(number)) {
                            throw failure;
                        }
                    });
        }
        RuntimeException thrown = null;
        try {
            undo.close();
        } catch (RuntimeException e) {
            thrown = e;
        }
        assertEquals(expected, ran);
        if (failures.isEmpty()) {
            assertNull(thrown);
        } else {
            RuntimeException first = failures.remove(0);
            assertSame(first, thrown);
            assertEquals(failures, Arrays.asList(first.getSuppressed()));
        }
        undo.close();
        assertEquals(expected, ran);
    }

    @Test
    @SuppressWarnings("MustBeClosed") // closing is what is tried
    void a_router_sets_the_model_free_although_a_part_of_it_cannot_be_taken_back() {
        try (TensorScope scope = TensorScope.open();
                Chain model = new Chain(Rng.of(1), false, 4, 6, 5)) {
            RoutingRule<Batch.Labelled> low = RoutingRule.label(Map.of("low", List.of(0)));
            RoutePlan<LabelledVectors> plan =
                    RoutePlan.of(
                            Route.at(HookName.of("h1"))
                                    .<LabelledVectors>by(low)
                                    .mask("low", Mask.all("d1", 0)),
                            Route.parameter(HookName.of("l1.weight"))
                                    .<LabelledVectors>by(low)
                                    .mask("low", Mask.all("d1", 0)));
            LabelledVectors batch = LabelledVectors.random(Rng.of(2), 4, 0, 1);
            Router router = Router.open(model, plan, batch);
            AssertionError first = new AssertionError("first");
            IllegalStateException second = new IllegalStateException("second");
            router.undo.last(
                    () -> {
                        throw second;
                    });
            router.undo.push(
                    () -> {
                        throw first;
                    });
            assertSame(first, assertThrows(AssertionError.class, router::close));
            assertEquals(List.of(second), Arrays.asList(first.getSuppressed()));
            model.hooks().values().forEach(hook -> assertFalse(hook.open(), hook.name()));
            model.parameters().values().forEach(p -> assertNull(p.masks(), p.name()));
            try (Router again = Router.open(model, plan, batch)) {
                model.forward(batch.x());
            }
        }
    }
}
