package dev.sluice.models.transformer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.engine.DType;
import dev.sluice.engine.GradMode;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.testing.Golden;
import dev.sluice.engine.testing.GoldenCheck;
import dev.sluice.engine.testing.GoldenTensors;
import dev.sluice.engine.testing.NoNativeLeaks;
import dev.sluice.models.pretrained.PretrainedWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every family in numbers that other programs computed: f64 decides, f32 is a smoke test. */
@Tag("golden")
@ExtendWith(NoNativeLeaks.class)
final class TransformerGoldenTest {
    private final Golden golden = Golden.subject("transformer");

    /** One model in one number type. */
    private record Case(
            String name, JsonNode index, GoldenTensors tensors, PretrainedWeights weights) {
        boolean f64() {
            return name.endsWith("f64");
        }

        Tensor get(String tensor) {
            return tensors.get(tensor);
        }

        Tokens tokens(String batch) {
            return GoldenTokens.of(get(batch + "/input_ids"), get(batch + "/attention_mask"));
        }

        Transformer load() {
            return weights.load(f64() ? DType.F64 : DType.F32);
        }
    }

    private interface Body {
        void run(GoldenCheck check, Case c, Transformer model);
    }

    private void forEveryCase(String what, Body body) throws IOException {
        GoldenCheck check = new GoldenCheck("transformer, " + what);
        List<Path> folders;
        try (Stream<Path> found = Files.list(golden.folder())) {
            folders = found.filter(Files::isDirectory).sorted().toList();
        }
        for (Path folder : folders) {
            String name = String.valueOf(folder.getFileName());
            for (String dtype : List.of("f64", "f32")) {
                GoldenTensors tensors = golden.tensors(name + "/golden." + dtype + ".safetensors");
                if (tensors == null) {
                    continue;
                }
                check.startCase();
                JsonNode index = golden.json(name + "/golden.json");
                try (TensorScope scope = TensorScope.open();
                        PretrainedWeights weights = PretrainedWeights.open(folder)) {
                    Case c = new Case(name + " " + dtype, index, tensors, weights);
                    try (Transformer model = c.load()) {
                        body.run(check, c, model);
                    }
                }
            }
        }
        check.finish();
    }

    private static void compare(
            GoldenCheck check, Case c, String tensor, Tensor actual, boolean gradient) {
        if (c.tensors.has(tensor)) {
            check.compare(
                    c.name + "/" + tensor,
                    c.get(tensor),
                    actual,
                    c.f64() ? 1e-10 : gradient ? 5e-5 : 1e-5,
                    c.f64() ? 1e-13 : 1e-6);
        }
    }

    private static Iterable<JsonNode> batches(Case c) {
        return c.index.get("batches");
    }

    @Test
    void logits_loss_and_every_gradient_are_those_of_the_reference() throws IOException {
        forEveryCase(
                "gradients",
                (check, c, model) -> {
                    for (JsonNode batch : batches(c)) {
                        String name = batch.asText();
                        model.clearGradients();
                        Tokens whole = c.tokens(name);
                        Tensor logits = model.logits(whole.inputs());
                        Tensor loss = Transformer.loss(logits, whole);
                        loss.backward();
                        Tensor shown = GoldenTokens.atRealPlaces(logits, whole.inputs());
                        compare(check, c, name + "/logits", shown, false);
                        compare(check, c, name + "/loss", loss.reshape(1), false);
                        c.weights
                                .stored(model, TransformerGoldenTest::gradient)
                                .forEach((p, g) -> compare(check, c, name + "/grad/" + p, g, true));
                    }
                });
    }

    private static Tensor gradient(Parameter p) {
        return Objects.requireNonNull(p.grad(), p.name());
    }

    @Test
    void every_hook_point_sees_the_activation_of_the_reference() throws IOException {
        forEveryCase(
                "hook points",
                (check, c, model) -> {
                    for (JsonNode batch : c.index.get("batches_with_activations")) {
                        String name = batch.asText();
                        Tokens inputs = c.tokens(name).inputs();
                        Map<String, Tensor> seen = seen(model, inputs);
                        c.index
                                .get("hook_points")
                                .fieldNames()
                                .forEachRemaining(
                                        hook -> compareHook(check, c, name, hook, seen, inputs));
                        seen.values().forEach(Tensor::close);
                    }
                });
    }

    private static void compareHook(
            GoldenCheck check,
            Case c,
            String batch,
            String hook,
            Map<String, Tensor> seen,
            Tokens inputs) {
        Tensor x = seen.get(hook);
        if (x == null) {
            check.require(c.name + ": hook point " + hook, false);
            return;
        }
        boolean pairs = hook.endsWith("_scores") || hook.endsWith("_pattern");
        Tensor real =
                pairs
                        ? GoldenTokens.atRealQueries(x, inputs)
                        : GoldenTokens.atRealPlaces(x, inputs);
        compare(check, c, batch + "/act/" + hook, real, false);
    }

    private static Map<String, Tensor> seen(Transformer model, Tokens inputs) {
        Map<String, Tensor> seen = new LinkedHashMap<>();
        List<HookPoint.Interception> open = new ArrayList<>();
        try (GradMode off = GradMode.off();
                TensorScope scope = TensorScope.open()) {
            for (HookPoint hook : model.hooks().values()) {
                open.add(
                        hook.intercept(
                                x -> {
                                    seen.put(hook.name(), x.copy().retain());
                                    return x;
                                }));
            }
            model.logits(inputs);
        } finally {
            open.forEach(HookPoint.Interception::close);
        }
        return seen;
    }

    @Test
    void greedy_continuations_and_their_logits_are_those_of_the_reference() throws IOException {
        forEveryCase(
                "continuations",
                (check, c, model) -> {
                    for (int k = 0; c.tensors.has("generate/" + k + "/start_ids"); k++) {
                        continueGreedily(check, c, model, "generate/" + k);
                    }
                });
    }

    private static void continueGreedily(
            GoldenCheck check, Case c, Transformer model, String start) {
        Tokens tokens =
                GoldenTokens.of(c.get(start + "/start_ids"), c.get(start + "/attention_mask"));
        int[][] expected = GoldenTokens.ints(c.get(start + "/output_ids"));
        int more = expected[0].length - tokens.length();
        List<Tensor> logits = new ArrayList<>();
        try (Generator generator = Generator.open(model, tokens, more)) {
            for (int i = 0; i < more; i++) {
                logits.add(generator.logits().copy());
                generator.append(Sampling.GREEDY.choose(generator.logits(), Rng.of(0)));
            }
            for (int row = 0; row < tokens.rows(); row++) {
                check.require(
                        c.name + "/" + start + "/output_ids, row " + row,
                        Arrays.equals(expected[row], generator.tokens().idsOf(row)));
            }
        }
        compare(check, c, start + "/step_logits", Tensor.stack(logits, 0), false);
    }

    @Test
    void hook_points_have_the_axes_of_the_reference() throws IOException {
        forEveryCase(
                "axes",
                (check, c, model) ->
                        c.index
                                .get("hook_points")
                                .properties()
                                .forEach(
                                        e ->
                                                check.require(
                                                        c.name + ": axes of " + e.getKey(),
                                                        axes(e.getValue())
                                                                .equals(axes(model, e.getKey())))));
    }

    private static List<String> axes(Transformer model, String hook) {
        HookPoint point = model.hooks().get(hook);
        return point == null ? List.of() : point.axes();
    }

    private static List<String> axes(JsonNode hook) {
        List<String> axes = new ArrayList<>();
        for (JsonNode axis : hook.get("axes")) {
            String name = axis.asText();
            axes.add(name.equals("position") || name.equals("query") ? "pos" : name);
        }
        return axes;
    }
}
