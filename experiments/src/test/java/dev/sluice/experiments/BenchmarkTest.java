package dev.sluice.experiments;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.training.Trial;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class BenchmarkTest {
    private static final Experiment DIGITS = Catalogue.experiment("split-digits");

    @Test
    void an_emulated_number_type_is_refused_with_how_slow_it_is() {
        UncheckedIOException slow =
                assertThrows(UncheckedIOException.class, () -> Benchmark.requireSpeed(200, 0.5));
        assertTrue(
                String.valueOf(slow.getMessage())
                        .contains("emulates bf16: a matrix product takes 400 times"),
                slow::getMessage);
        assertDoesNotThrow(() -> Benchmark.requireSpeed(200, 60));
        assertDoesNotThrow(() -> Benchmark.requireSpeed("f32", 1));
    }

    /** The code's weight after three steps: Adam's first looks at signs alone. */
    private static Tensor codeWeight(Trial trial) {
        for (int step = 0; step < 3; step++) {
            trial.step(false);
        }
        Tensor weight = trial.model().state().get("encoder.out.weight");
        if (weight == null) {
            throw new AssertionError("the model has no code");
        }
        return weight;
    }

    @Test
    void each_mechanism_trains_the_same_model_in_a_way_of_its_own() {
        TrialRequest request = TinyDigits.trial("routed", TinyDigits.data(), Map.of());
        List<String> names = List.copyOf(DIGITS.mechanisms().keySet());
        assertEquals(List.of("activation", "parameter", "forward", "leave"), names);
        try (TensorScope scope = TensorScope.open();
                Trial fresh = DIGITS.open(request);
                Trial routed = DIGITS.open(request)) {
            Tensor start = fresh.model().state().get("encoder.out.weight");
            Tensor own = codeWeight(routed);
            List<Trial> trials = names.stream().map(n -> mechanism(n).apply(request)).toList();
            List<Tensor> after = trials.stream().map(BenchmarkTest::codeWeight).toList();
            assertTrue(after.get(0).sameBits(own), "activation is the experiment itself");
            for (int i = 0; i < names.size(); i++) {
                for (int j = 0; j < i; j++) {
                    assertTrue(
                            !after.get(i).sameBits(after.get(j)),
                            names.get(i) + " does what " + names.get(j) + " does");
                }
            }
            if (start == null) {
                throw new AssertionError("the model has no code");
            }
            assertTrue(after.get(3).narrow(0, 3, 3).sameBits(start.narrow(0, 3, 3)));
            assertTrue(!after.get(3).narrow(0, 0, 3).sameBits(start.narrow(0, 0, 3)));
            trials.forEach(Trial::close);
        }
    }

    private static Function<TrialRequest, Trial> mechanism(String name) {
        var found = DIGITS.mechanisms().get(name);
        if (found == null) {
            throw new AssertionError("no mechanism " + name);
        }
        return found;
    }

    @Test
    void bf16_is_timed_or_refused_within_seconds() {
        long start = System.nanoTime();
        try {
            Benchmark.requireSpeed("bf16", 1);
        } catch (UncheckedIOException refused) {
            assertTrue(String.valueOf(refused.getMessage()).contains("--dtype f32"));
        }
        assertTrue(System.nanoTime() - start < 30_000_000_000L, "it took too long to say");
    }
}
