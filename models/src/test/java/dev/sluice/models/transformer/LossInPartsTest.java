package dev.sluice.models.transformer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.DType;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.testing.NoNativeLeaks;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The loss from the logits of a part of the places at a time is the loss from all of them. */
@ExtendWith(NoNativeLeaks.class)
class LossInPartsTest {
    /** So wide that 17 places are computed at a time. */
    private static final int VOCABULARY = 120_000;

    private static Transformer model(boolean tied) {
        TransformerConfig gpt2 = TransformerConfig.gpt2(VOCABULARY, 24, 1, 8, 2, 16);
        TransformerConfig config =
                new TransformerConfig(
                        gpt2.vocabulary(),
                        gpt2.dModel(),
                        gpt2.context(),
                        gpt2.blocks(),
                        gpt2.norm(),
                        gpt2.positions(),
                        gpt2.attention(),
                        gpt2.feedForward(),
                        new TransformerConfig.Output(tied, !tied));
        return new Transformer(config, 0.4, 0.3, DType.F64, Rng.of(1));
    }

    private static Tokens tokens(boolean padded) {
        Rng rng = Rng.of(2);
        int[][] ids = new int[2][21];
        int[][] mask = new int[2][21];
        for (int row = 0; row < ids.length; row++) {
            Arrays.setAll(ids[row], i -> rng.nextInt(VOCABULARY));
            Arrays.fill(mask[row], 1);
        }
        Arrays.fill(mask[1], 15, 21, padded ? 0 : 1);
        return Tokens.of(ids, mask);
    }

    private static Map<String, double[]> gradients(Transformer model, Tensor loss) {
        loss.backward();
        Map<String, double[]> found = new LinkedHashMap<>();
        model.parameters()
                .forEach((n, p) -> found.put(n, Objects.requireNonNull(p.grad()).toDoubles()));
        model.clearGradients();
        return found;
    }

    @ParameterizedTest
    @CsvSource({"true,true", "true,false", "false,true", "false,false"})
    void value_and_gradients_are_those_of_all_logits(boolean tied, boolean padded) {
        try (TensorScope scope = TensorScope.open();
                Transformer model = model(tied)) {
            Tokens whole = tokens(padded);
            Tensor expected = Transformer.loss(model.logits(whole.inputs()), whole);
            Tensor found = model.loss(whole.inputs(), whole);
            assertEquals(expected.item(), found.item(), 1e-13 * expected.item());
            Map<String, double[]> gradients = gradients(model, expected);
            assertTrue(gradients.containsKey("embed.weight"));
            gradients(model, found)
                    .forEach((n, g) -> assertArrayEquals(gradients.get(n), g, 1e-14, n));
        }
    }
}
