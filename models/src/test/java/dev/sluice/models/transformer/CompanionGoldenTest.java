package dev.sluice.models.transformer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.engine.DType;
import dev.sluice.engine.GradMode;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.testing.Golden;
import dev.sluice.engine.testing.GoldenCheck;
import dev.sluice.engine.testing.GoldenTensors;
import dev.sluice.engine.testing.NoNativeLeaks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The decoder of the companion repository, in numbers that it computed itself. */
@Tag("golden")
@ExtendWith(NoNativeLeaks.class)
final class CompanionGoldenTest {
    private static final double BOUND = 1e-9;

    private final Golden golden = Golden.subject("nanogpt");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private JsonNode cases;

    @BeforeEach
    void read() {
        cases = golden.json("cases.json");
    }

    private @Nullable GoldenTensors tensors(String name) {
        return golden.tensors(name + ".safetensors");
    }

    private static Tensor gradient(Parameter p) {
        Tensor g = p.grad();
        return g == null ? Tensor.zeros(p.value().dtype(), p.value().shape()) : g;
    }

    private static void compare(
            GoldenCheck check, GoldenTensors expected, String name, Tensor actual) {
        if (expected.has(name)) {
            boolean rounded = expected.get(name).dtype() == DType.F32;
            check.compare(name, expected.get(name), actual, rounded ? 1e-6 : BOUND, 1e-13);
        }
    }

    private static void compareGradients(
            GoldenCheck check, GoldenTensors expected, CompanionModel s) {
        s.weights
                .stored(s.model, CompanionGoldenTest::gradient)
                .forEach((name, g) -> compare(check, expected, "grad." + name, g));
    }

    private static void compareLoss(GoldenCheck check, JsonNode expected, Tensor loss) {
        double value = expected.asDouble();
        check.require(
                "loss " + value + ", found " + loss.item(),
                Math.abs(value - loss.item()) <= BOUND * Math.abs(value));
    }

    @Test
    void logits_and_gradients_are_those_of_the_reference_with_and_without_routing()
            throws IOException {
        GoldenCheck check = new GoldenCheck("nanogpt, steering");
        GoldenTensors data = Objects.requireNonNull(tensors("steer_data"));
        for (String mode : List.of("plain", "routed")) {
            GoldenTensors expected = tensors("steer_" + mode + ".f64");
            if (expected == null) {
                continue;
            }
            check.startCase();
            try (TensorScope scope = TensorScope.open();
                    CompanionModel s = new CompanionModel(golden, "steer", data, folder)) {
                if (mode.equals("routed")) {
                    Tensor row = s.firstUnit();
                    for (int b : s.blocks(cases.at("/steer/blocks_to_mask_as_given"))) {
                        s.route("blocks." + b + ".hook_resid_post", row);
                    }
                }
                Tensor logits = s.model.logits(s.tokens);
                Tensor loss = s.loss(logits);
                loss.backward();
                compare(check, expected, "logits", logits);
                compareLoss(check, cases.at("/steer/" + mode + "/loss_f64"), loss);
                compareGradients(check, expected, s);
            }
        }
        check.finish();
    }

    @Test
    void residuals_ablated_and_steered_logits_are_those_of_the_reference() throws IOException {
        GoldenCheck check = new GoldenCheck("nanogpt, forward");
        GoldenTensors data = Objects.requireNonNull(tensors("steer_data"));
        GoldenTensors expected = Objects.requireNonNull(tensors("steer_forward.f64"));
        try (GradMode off = GradMode.off();
                TensorScope scope = TensorScope.open();
                CompanionModel s = new CompanionModel(golden, "steer", data, folder)) {
            check.startCase();
            List<Tensor> residuals = new ArrayList<>();
            for (int b = 0; b < s.model.config().blocks().size(); b++) {
                s.intercept("blocks." + b + ".hook_resid_post", x -> kept(residuals, x));
            }
            Tensor logits = s.model.logits(s.tokens);
            compare(check, expected, "residual_after_block", Tensor.stack(residuals, 0));
            residuals.forEach(Tensor::close);
            Tensor each = logits.reshape(-1, logits.size(-1)).crossEntropy(s.targets.reshape(-1));
            compare(check, expected, "per_token_loss", each.reshape(s.targets.shape()));
            s.stopIntercepting();
            steer(check, expected, s);
            ablate(check, expected, s);
            rotate(check, expected, s);
            sample(check, expected, logits);
        }
        check.finish();
    }

    private void ablate(GoldenCheck check, GoldenTensors expected, CompanionModel s) {
        Tensor first = s.firstUnit();
        List<Tensor> rows = List.of(first, first.mul(0).add(1));
        for (int mask = 0; mask < rows.size(); mask++) {
            Tensor kept = rows.get(mask).neg().add(1);
            for (int b : s.blocks(cases.at("/steer/blocks_to_mask_as_given"))) {
                s.intercept("blocks." + b + ".hook_resid_post", x -> x.mul(kept));
            }
            Tensor logits = s.model.logits(s.tokens);
            compare(check, expected, "ablated_mask_" + mask + ".logits", logits);
            s.stopIntercepting();
        }
    }

    /** The name says temperature and top-k. */
    private static void sample(GoldenCheck check, GoldenTensors expected, Tensor logits) {
        Pattern name = Pattern.compile("sampling\\.last_probabilities_temperature_(.*)_top_(.*)");
        for (String tensor : expected.names()) {
            Matcher match = name.matcher(tensor);
            if (match.matches()) {
                Sampling sampling =
                        new Sampling(
                                Double.parseDouble(match.group(1)),
                                Integer.parseInt(match.group(2)),
                                1);
                Tensor last = logits.narrow(1, logits.size(1) - 1, 1).squeeze(1);
                List<Tensor> rows = new ArrayList<>();
                for (int row = 0; row < last.size(0); row++) {
                    double[] p = sampling.probabilities(last.narrow(0, row, 1).toDoubles());
                    rows.add(Tensor.of(p, p.length));
                }
                compare(check, expected, tensor, Tensor.stack(rows, 0));
            }
        }
    }

    private static void rotate(GoldenCheck check, GoldenTensors expected, CompanionModel s) {
        if (!expected.has("rope.input")) {
            return;
        }
        try (Pass pass = new Pass(s.tokens, s.model.config(), DType.F64, null)) {
            Tensor in = expected.get("rope.input").transpose(1, 2);
            compare(check, expected, "rope.output", pass.rotate(in).transpose(1, 2));
        }
    }

    private static Tensor kept(List<Tensor> into, Tensor x) {
        into.add(x.copy().retain());
        return x;
    }

    private void steer(GoldenCheck check, GoldenTensors expected, CompanionModel s) {
        int after = cases.at("/steer/steering/after_block").asInt();
        Tensor axis = s.firstUnit();
        for (JsonNode coefficient : cases.at("/steer/steering/coefficients")) {
            int c = coefficient.asInt();
            try (HookPoint.Interception add =
                    s.hook("blocks." + after + ".hook_resid_post")
                            .intercept(x -> x.add(axis.mul((double) c)))) {
                String name = "steered_" + (c > 0 ? "+" : "") + c + ".logits";
                compare(check, expected, name, s.model.logits(s.tokens));
            }
        }
    }

    @Test
    void a_bias_after_the_last_norm_has_the_gradient_of_the_reference() throws IOException {
        GoldenCheck check = new GoldenCheck("nanogpt, conditional bias");
        GoldenTensors data = Objects.requireNonNull(tensors("steer_data"));
        GoldenTensors expected = Objects.requireNonNull(tensors("conditional_bias.f64"));
        try (TensorScope scope = TensorScope.open();
                CompanionModel s = new CompanionModel(golden, "steer", data, folder)) {
            check.startCase();
            Tensor row = s.firstUnit();
            for (int b : s.blocks(cases.at("/steer/blocks_to_mask_as_given"))) {
                s.route("blocks." + b + ".hook_resid_post", row);
            }
            Tensor there = s.whereRouted();
            Tensor bias = expected.get("conditional_bias").to(DType.F64).requireGrad();
            Parameter gain = Objects.requireNonNull(s.model.parameters().get("ln_final.weight"));
            s.intercept("ln_final.hook_normalized", x -> x.add(there.mul(bias.div(gain.value()))));
            Tensor logits = s.model.logits(s.tokens);
            Tensor loss = s.loss(logits);
            loss.backward();
            compare(check, expected, "logits", logits);
            compareLoss(check, cases.at("/conditional_bias/loss_f64"), loss);
            compareGradients(check, expected, s);
            Tensor g = Objects.requireNonNull(bias.grad());
            compare(check, expected, "grad.conditional_bias", g);
        }
        check.finish();
    }

    @Test
    void grouped_heads_and_masks_on_the_hidden_layer_are_those_of_the_reference()
            throws IOException {
        GoldenCheck check = new GoldenCheck("nanogpt, hidden layer");
        GoldenTensors expected = Objects.requireNonNull(tensors("mlp_masks.f64"));
        try (TensorScope scope = TensorScope.open();
                CompanionModel s = new CompanionModel(golden, "mlp_masks", expected, folder)) {
            check.startCase();
            int width = s.model.config().blocks().get(0).dMlp();
            List<Tensor> activations = new ArrayList<>();
            for (int b : s.blocks(cases.at("/mlp_masks/blocks_to_mask"))) {
                String hook = "blocks." + b + ".mlp.hook_post";
                s.route(hook, reserved(width));
                s.intercept(
                        hook,
                        x -> {
                            activations.add(s.taps.retain(x));
                            return x;
                        });
            }
            Tensor logits = s.model.logits(s.tokens);
            Tensor loss = s.loss(logits);
            long points = s.maskIds.length;
            for (Tensor a : activations) {
                double l1 = cases.at("/mlp_masks/config/l1_coeff").asDouble() / points;
                loss = loss.add(a.abs().sum().mul(l1));
            }
            loss.backward();
            compare(check, expected, "logits", logits);
            compareLoss(check, cases.at("/mlp_masks/loss_f64"), loss);
            compareGradients(check, expected, s);
            s.stopIntercepting();
            for (int b : s.blocks(cases.at("/mlp_masks/blocks_to_mask"))) {
                Tensor kept = reserved(width).neg().add(1);
                s.intercept("blocks." + b + ".mlp.hook_post", x -> x.mul(kept));
            }
            compare(check, expected, "ablated_mask_0.logits", s.model.logits(s.tokens));
        }
        check.finish();
    }

    /** Row 0 of the table: some units alone, all others a vanishing negative weight. */
    private Tensor reserved(int width) {
        JsonNode table = cases.at("/mlp_masks/mask_0_table");
        double[] row = new double[width];
        for (int i = 0; i < width; i++) {
            boolean inside = i >= table.get("first").asInt() && i <= table.get("last").asInt();
            row[i] = table.get(inside ? "inside" : "others").asDouble();
        }
        return Tensor.of(row, width);
    }
}
