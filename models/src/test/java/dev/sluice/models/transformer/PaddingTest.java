package dev.sluice.models.transformer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.engine.DType;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.testing.NoNativeLeaks;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/** Padding shifts nothing: a sequence computes what it computes alone. */
@AddLifecycleHook(NoNativeLeaks.class)
class PaddingTest {
    @Property(tries = 40)
    void padded_sequences_have_the_logits_that_they_have_alone(
            @ForAll Forms form, @ForAll boolean left, @ForAll long seed) {
        try (TensorScope scope = TensorScope.open();
                Transformer model = form.model(DType.F64, seed)) {
            Rng rng = Rng.of(seed);
            int[] lengths = {1 + rng.nextInt(12), 1 + rng.nextInt(12), 1 + rng.nextInt(12)};
            Tokens batch = form.tokens(rng, left, lengths);
            Tensor logits = model.logits(batch);
            for (int row = 0; row < lengths.length; row++) {
                int from = left ? batch.length() - lengths[row] : 0;
                Tokens alone = row(batch, row, from, lengths[row]);
                Tensor expected = model.logits(alone);
                Tensor found = logits.narrow(0, row, 1).narrow(1, from, lengths[row]);
                assertArrayEquals(expected.toDoubles(), found.toDoubles(), 1e-11);
            }
        }
    }

    private static Tokens row(Tokens batch, int row, int from, int length) {
        int[][] ids = new int[1][length];
        for (int i = 0; i < length; i++) {
            ids[0][i] = batch.id(row, from + i);
        }
        return Tokens.of(ids);
    }

    @Property(tries = 30)
    void left_and_right_padding_give_the_same_loss_and_gradients(
            @ForAll Forms form, @ForAll long seed) {
        try (TensorScope scope = TensorScope.open();
                Transformer model = form.model(DType.F64, seed)) {
            int[] lengths = {2 + (int) (seed & 7), 9, 3};
            Map<String, Tensor> left = step(model, form.tokens(Rng.of(seed), true, lengths));
            Map<String, Tensor> right = step(model, form.tokens(Rng.of(seed), false, lengths));
            left.forEach(
                    (name, g) ->
                            assertArrayEquals(
                                    g.toDoubles(),
                                    Objects.requireNonNull(right.get(name)).toDoubles(),
                                    1e-11,
                                    name));
        }
    }

    private static Map<String, Tensor> step(Transformer model, Tokens whole) {
        model.clearGradients();
        Tensor loss = Transformer.loss(model.logits(whole.inputs()), whole);
        loss.backward();
        Map<String, Tensor> all = new LinkedHashMap<>();
        all.put("loss", loss);
        model.parameters()
                .forEach(
                        (name, p) -> {
                            Tensor g = p.grad();
                            if (g != null) {
                                all.put(name, g.copy());
                            }
                        });
        return all;
    }

    @Example
    void a_loss_without_targets_and_tokens_outside_the_vocabulary_are_refused() {
        Forms form = Forms.GPT2;
        try (TensorScope scope = TensorScope.open();
                Transformer model = form.model(DType.F32, 1)) {
            Tokens single = form.tokens(Rng.of(1), true, 1, 1);
            Tokens padded = Tokens.of(new int[][] {{0, 1}}, new int[][] {{0, 1}});
            Tensor logits = model.logits(padded.inputs());
            assertThrows(IllegalArgumentException.class, () -> Transformer.loss(logits, padded));
            assertThrows(IllegalArgumentException.class, single::inputs);
            for (int id : new int[] {-1, 11, Integer.MAX_VALUE}) {
                Tokens wrong = Tokens.of(new int[][] {{0, id}});
                String message =
                        assertThrows(IllegalArgumentException.class, () -> model.logits(wrong))
                                .getMessage();
                assertEquals(true, String.valueOf(message).contains("row 0, column 1"), message);
            }
            Tokens tooLong = form.tokens(Rng.of(1), true, 17);
            assertThrows(IllegalArgumentException.class, () -> model.logits(tooLong));
        }
    }
}
