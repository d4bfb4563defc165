package dev.sluice.models.transformer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.DType;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.Rng;
import dev.sluice.engine.TapSet;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.testing.NoNativeLeaks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every hook point of every form is live, forward and backward. */
@ExtendWith(NoNativeLeaks.class)
final class HookPointTest {
    private static Tokens tokens(Forms form) {
        return form.tokens(Rng.of(3), false, 6, 6);
    }

    private static Tensor loss(Transformer model, Tokens whole) {
        return Transformer.loss(model.logits(whole.inputs()), whole);
    }

    private static Map<String, Tensor> gradients(Transformer model, Tokens whole) {
        model.clearGradients();
        loss(model, whole).backward();
        Map<String, Tensor> gradients = new LinkedHashMap<>();
        for (Parameter p : model.parameters().values()) {
            Tensor g = p.grad();
            gradients.put(
                    p.name(), g == null ? Tensor.zeros(DType.F64, p.value().shape()) : g.copy());
        }
        return gradients;
    }

    @ParameterizedTest
    @EnumSource
    void another_value_at_a_hook_point_changes_the_loss(Forms form) {
        try (TensorScope scope = TensorScope.open();
                Transformer model = form.model(DType.F64, 1)) {
            double before = loss(model, tokens(form)).item();
            for (HookPoint hook : model.hooks().values()) {
                Rng rng = Rng.of(2);
                try (HookPoint.Interception other =
                        hook.intercept(
                                x -> x.mul(Tensor.uniform(rng, 0.5, 0.9, DType.F64, x.shape())))) {
                    double after = loss(model, tokens(form)).item();
                    assertTrue(Double.isFinite(after), hook.name());
                    assertTrue(Math.abs(after - before) > 1e-9, hook.name());
                }
            }
            assertEquals(before, loss(model, tokens(form)).item());
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_gradient_arrives_at_a_hook_point_and_what_is_stopped_there_goes_no_further(
            Forms form) {
        try (TensorScope scope = TensorScope.open();
                Transformer model = form.model(DType.F64, 1)) {
            Map<String, Tensor> before = gradients(model, tokens(form));
            for (HookPoint hook : model.hooks().values()) {
                List<Double> arrived = new ArrayList<>();
                try (TapSet taps = new TapSet();
                        HookPoint.Interception stop =
                                hook.intercept(
                                        x -> {
                                            Tensor y = x.reshape(x.shape());
                                            taps.tap(
                                                    y,
                                                    g -> {
                                                        arrived.add(g.abs().max().item());
                                                        return g.mul(0);
                                                    });
                                            return y;
                                        })) {
                    Map<String, Tensor> after = gradients(model, tokens(form));
                    assertEquals(1, arrived.size(), hook.name());
                    assertTrue(arrived.get(0) > 1e-12, hook.name());
                    assertFalse(same(before, after), hook.name());
                }
            }
        }
    }

    private static boolean same(Map<String, Tensor> a, Map<String, Tensor> b) {
        return a.keySet().stream()
                .allMatch(
                        name ->
                                Objects.requireNonNull(a.get(name))
                                                .sub(Objects.requireNonNull(b.get(name)))
                                                .abs()
                                                .max()
                                                .item()
                                        < 1e-12);
    }

    @ParameterizedTest
    @EnumSource
    void scores_that_are_looked_at_give_what_the_fused_kernel_gives(Forms form) {
        try (TensorScope scope = TensorScope.open();
                Transformer model = form.model(DType.F64, 1)) {
            for (boolean left : new boolean[] {true, false}) {
                Tokens whole = form.tokens(Rng.of(5), left, 9, 4, 6);
                double fused = loss(model, whole).item();
                Map<String, Tensor> expected = gradients(model, whole);
                for (String name : List.of("hook_attn_scores", "hook_pattern")) {
                    List<HookPoint.Interception> open = new ArrayList<>();
                    for (HookPoint hook : model.hooks().values()) {
                        if (hook.name().endsWith(name)) {
                            open.add(hook.intercept(x -> x));
                        }
                    }
                    assertEquals(fused, loss(model, whole).item(), 1e-12);
                    assertTrue(same(expected, gradients(model, whole)), name);
                    open.forEach(HookPoint.Interception::close);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void scores_are_computed_only_while_someone_looks(Forms form) {
        try (TensorScope scope = TensorScope.open();
                Transformer model = form.model(DType.F64, 1)) {
            model.logits(tokens(form));
            for (HookPoint hook : model.hooks().values()) {
                boolean scores =
                        hook.name().endsWith("_scores") || hook.name().endsWith("_pattern");
                assertEquals(
                        scores || (hook.name().endsWith("hook_scale") && hook.reached() == 0)
                                ? 0
                                : 1,
                        hook.reached(),
                        hook.name());
            }
        }
    }
}
