package dev.sluice.models.transformer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.Autocast;
import dev.sluice.engine.DType;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.testing.NoNativeLeaks;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(NoNativeLeaks.class)
final class AutocastTest {
    @ParameterizedTest
    @EnumSource
    void in_bf16_the_loss_is_close_and_gradients_are_f32(Forms form) {
        try (TensorScope scope = TensorScope.open();
                Transformer model = form.model(DType.F32, 1)) {
            Tokens whole = form.tokens(Rng.of(2), true, 9, 7);
            double expected = loss(model, whole).item();
            try (Autocast cast = Autocast.bf16()) {
                Tensor loss = loss(model, whole);
                assertEquals(expected, loss.item(), 0.03 * expected);
                loss.backward();
            }
            for (Parameter p : model.parameters().values()) {
                Tensor g = Objects.requireNonNull(p.grad(), p.name());
                assertEquals(DType.F32, g.dtype());
                assertTrue(g.isFinite().logicalNot().to(DType.I64).sum().item() == 0, p.name());
            }
        }
    }

    private static Tensor loss(Transformer model, Tokens whole) {
        return Transformer.loss(model.logits(whole.inputs()), whole);
    }

    @ParameterizedTest
    @EnumSource
    void in_bf16_scores_can_be_looked_at_and_text_be_continued(Forms form) {
        try (TensorScope scope = TensorScope.open();
                Transformer model = form.model(DType.F32, 1);
                Autocast cast = Autocast.bf16()) {
            List<HookPoint.Interception> open = new ArrayList<>();
            model.hooks().values().forEach(hook -> open.add(hook.intercept(x -> x)));
            Tokens start = form.tokens(Rng.of(2), true, 4, 3);
            assertTrue(Double.isFinite(loss(model, start).item()));
            open.forEach(HookPoint.Interception::close);
            try (Generator generator = Generator.open(model, start, 4)) {
                assertEquals(8, generator.run(Sampling.GREEDY, 4, Rng.of(1)).length());
            }
        }
    }
}
