package dev.sluice.models.transformer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.DType;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.testing.NoNativeLeaks;
import java.util.Arrays;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AddLifecycleHook;

@AddLifecycleHook(NoNativeLeaks.class)
class GeneratorTest {
    @Property(tries = 30)
    void each_step_has_the_logits_of_reading_everything_again(
            @ForAll Forms form, @ForAll boolean left, @ForAll long seed) {
        try (TensorScope scope = TensorScope.open();
                Transformer model = form.model(DType.F64, seed)) {
            Rng rng = Rng.of(seed);
            Tokens start = form.tokens(rng, left, 1 + rng.nextInt(6), 1 + rng.nextInt(6));
            try (Generator generator = Generator.open(model, start, 5)) {
                for (int i = 0; i < 5; i++) {
                    Tokens now = generator.tokens();
                    Tensor all = model.logits(now);
                    for (int row = 0; row < now.rows(); row++) {
                        Tensor last = all.narrow(0, row, 1).narrow(1, now.lastReal(row), 1);
                        assertArrayEquals(
                                last.toDoubles(),
                                generator.logits().narrow(0, row, 1).toDoubles(),
                                1e-11);
                    }
                    generator.append(new Sampling(1, 0, 1).choose(generator.logits(), rng));
                }
                assertEquals(start.length() + 5, generator.tokens().length());
                assertThrows(IllegalStateException.class, () -> generator.append(0, 0));
            }
        }
    }

    @Example
    void the_same_generator_state_gives_the_same_text() {
        try (TensorScope scope = TensorScope.open();
                Transformer model = Forms.LLAMA.model(DType.F32, 4)) {
            Tokens start = Forms.LLAMA.tokens(Rng.of(1), true, 4, 2);
            int[][] texts = new int[2][];
            for (int i = 0; i < 2; i++) {
                try (Generator g = Generator.open(model, start, 9)) {
                    texts[i] = g.run(new Sampling(1.5, 8, 0.95), 9, Rng.of(7)).idsOf(0);
                }
            }
            assertArrayEquals(texts[0], texts[1]);
            try (Generator g = Generator.open(model, start, 9)) {
                int[] other = g.run(new Sampling(1.5, 8, 0.95), 9, Rng.of(8)).idsOf(0);
                assertTrue(!Arrays.equals(texts[0], other));
            }
        }
    }

    @Example
    void empty_sequences_and_texts_beyond_the_learned_positions_are_refused() {
        try (TensorScope scope = TensorScope.open();
                Transformer model = Forms.GPT2.model(DType.F32, 4)) {
            Tokens empty = Tokens.of(new int[][] {{1}, {1}}, new int[][] {{1}, {0}});
            refused(model, empty, 1);
            refused(model, Tokens.of(new int[][] {{1}}), 16);
        }
    }

    @SuppressWarnings("MustBeClosedChecker") // nothing is opened
    private static void refused(Transformer model, Tokens start, int most) {
        assertThrows(IllegalArgumentException.class, () -> Generator.open(model, start, most));
    }

    @Property(tries = 200)
    void probabilities_keep_the_likeliest_tokens_in_proportion(@ForAll long seed) {
        Rng rng = Rng.of(seed);
        double[] logits = new double[1 + rng.nextInt(30)];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = rng.nextInt(8) == 0 ? Double.NEGATIVE_INFINITY : 3 * rng.nextGaussian();
        }
        logits[rng.nextInt(logits.length)] = 1;
        double temperature = 0.2 + rng.nextDouble();
        int k = rng.nextInt(logits.length + 2);
        double p = rng.nextInt(2) == 0 ? 1 : 0.05 + 0.9 * rng.nextDouble();
        double[] all = new Sampling(temperature, 0, 1).probabilities(logits);
        double[] kept = new Sampling(temperature, k, p).probabilities(logits);
        assertEquals(1, Arrays.stream(kept).sum(), 1e-12);
        double[] sorted = Arrays.stream(all).sorted().toArray();
        double mass = 0;
        int count = 0;
        double topK = 0;
        for (int i = sorted.length - 1; i >= 0 && (k == 0 || sorted.length - i <= k); i--) {
            topK += sorted[i];
        }
        for (int i = sorted.length - 1; i >= 0; i--) {
            boolean inK = k == 0 || count < k;
            if (inK && mass < p * topK * (1 - 1e-12)) {
                mass += sorted[i];
                count++;
            }
        }
        double least = sorted[sorted.length - Math.max(1, count)];
        for (int i = 0; i < all.length; i++) {
            assertEquals(all[i] >= least && all[i] > 0 ? all[i] / mass : 0, kept[i], 1e-9);
        }
    }

    @Example
    void temperature_zero_takes_the_first_of_the_likeliest_and_draws_nothing() {
        try (TensorScope scope = TensorScope.open()) {
            Tensor logits = Tensor.of(new double[] {0, 2, 2, 1, 5, 1}, 2, 3);
            Rng rng = Rng.of(1);
            long[] before = rng.state();
            assertArrayEquals(new int[] {1, 1}, Sampling.GREEDY.choose(logits, rng));
            assertArrayEquals(before, rng.state());
        }
    }
}
