package dev.sluice.models.transformer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.engine.DType;
import dev.sluice.engine.GradMode;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Optimizer;
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

    private static void compareGradients(
            GoldenCheck check, GoldenTensors expected, CompanionModel s) {
        s.weights
                .stored(s.model, CompanionGoldenTest::gradient)
                .forEach((name, g) -> CompanionModel.compare(check, expected, "grad." + name, g));
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
                    s.routeBlocks(cases.at("/steer/blocks_to_mask_as_given"));
                }
                Tensor logits = s.model.logits(s.tokens);
                Tensor loss = s.loss(logits);
                loss.backward();
                CompanionModel.compare(check, expected, "logits", logits);
                CompanionModel.compareNumber(
                        check, cases.at("/steer/" + mode + "/loss_f64"), loss.item());
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
            CompanionModel.compare(
                    check, expected, "residual_after_block", Tensor.stack(residuals, 0));
            residuals.forEach(Tensor::close);
            Tensor each = logits.reshape(-1, logits.size(-1)).crossEntropy(s.targets.reshape(-1));
            CompanionModel.compare(
                    check, expected, "per_token_loss", each.reshape(s.targets.shape()));
            ignore(check, each, s.tokens.length());
            s.stopIntercepting();
            steer(check, expected, s);
            ablate(check, expected, s);
            rotate(check, expected, s);
            sample(check, expected, logits);
        }
        check.finish();
    }

    /** Text such as "row 0, columns 0..2" says which targets do not count. */
    private void ignore(GoldenCheck check, Tensor each, int length) {
        JsonNode said = cases.at("/steer/ignored_targets");
        Matcher place =
                Pattern.compile("row (\\d+), columns (\\d+)\\.\\.(\\d+)")
                        .matcher(said.path("set_to_minus_one").asText());
        if (!place.matches()) {
            return;
        }
        double[] all = each.toDoubles();
        int start = Integer.parseInt(place.group(1)) * length;
        double sum = 0;
        int count = 0;
        for (int i = 0; i < all.length; i++) {
            boolean ignored =
                    i >= start + Integer.parseInt(place.group(2))
                            && i <= start + Integer.parseInt(place.group(3));
            sum += ignored ? 0 : all[i];
            count += ignored ? 0 : 1;
        }
        CompanionModel.compareNumber(check, said.path("loss_f64"), sum / count);
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
            CompanionModel.compare(check, expected, "ablated_mask_" + mask + ".logits", logits);
            CompanionModel.compareNumber(
                    check,
                    cases.at("/steer/ablated_loss_mask_" + mask + "_f64"),
                    s.loss(logits).item());
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
                CompanionModel.compare(check, expected, tensor, Tensor.stack(rows, 0));
            }
        }
    }

    private static void rotate(GoldenCheck check, GoldenTensors expected, CompanionModel s) {
        if (!expected.has("rope.input")) {
            return;
        }
        try (Pass pass = new Pass(s.tokens, s.model.config(), DType.F64, null)) {
            Tensor in = expected.get("rope.input").transpose(1, 2);
            CompanionModel.compare(check, expected, "rope.output", pass.rotate(in).transpose(1, 2));
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
                CompanionModel.compare(check, expected, name, s.model.logits(s.tokens));
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
            s.routeBlocks(cases.at("/steer/blocks_to_mask_as_given"));
            Tensor there = s.whereRouted();
            Tensor bias = expected.get("conditional_bias").to(DType.F64).requireGrad();
            Parameter gain = Objects.requireNonNull(s.model.parameters().get("ln_final.weight"));
            s.intercept("ln_final.hook_normalized", x -> x.add(there.mul(bias.div(gain.value()))));
            Tensor logits = s.model.logits(s.tokens);
            Tensor loss = s.loss(logits);
            loss.backward();
            CompanionModel.compare(check, expected, "logits", logits);
            CompanionModel.compareNumber(
                    check, cases.at("/conditional_bias/loss_f64"), loss.item());
            compareGradients(check, expected, s);
            Tensor g = Objects.requireNonNull(bias.grad());
            CompanionModel.compare(check, expected, "grad.conditional_bias", g);
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
            CompanionModel.compareNumber(
                    check, cases.at("/mlp_masks/cross_entropy_alone_f64"), loss.item());
            long points = s.maskIds.length;
            for (Tensor a : activations) {
                double l1 = cases.at("/mlp_masks/config/l1_coeff").asDouble() / points;
                loss = loss.add(a.abs().sum().mul(l1));
            }
            loss.backward();
            CompanionModel.compare(check, expected, "logits", logits);
            CompanionModel.compareNumber(check, cases.at("/mlp_masks/loss_f64"), loss.item());
            compareGradients(check, expected, s);
            s.stopIntercepting();
            for (int b : s.blocks(cases.at("/mlp_masks/blocks_to_mask"))) {
                Tensor kept = reserved(width).neg().add(1);
                s.intercept("blocks." + b + ".mlp.hook_post", x -> x.mul(kept));
            }
            Tensor ablated = s.model.logits(s.tokens);
            CompanionModel.compare(check, expected, "ablated_mask_0.logits", ablated);
            CompanionModel.compareNumber(
                    check, cases.at("/mlp_masks/ablated_loss_mask_0_f64"), s.loss(ablated).item());
        }
        check.finish();
    }

    /** AdamW as the reference sets it, gradients clipped: matrices alone decay. */
    @Test
    void steps_of_the_optimiser_end_at_the_weights_of_the_reference() throws IOException {
        GoldenCheck check = new GoldenCheck("nanogpt, optimiser");
        GoldenTensors data = Objects.requireNonNull(tensors("steer_data"));
        GoldenTensors expected = tensors("steer_adamw3.f64");
        if (expected == null) {
            return;
        }
        JsonNode said = cases.at("/steer/adamw");
        try (TensorScope scope = TensorScope.open();
                CompanionModel s = new CompanionModel(golden, "steer", data, folder);
                Optimizer optimizer = s.optimizer(said)) {
            check.startCase();
            s.routeBlocks(cases.at("/steer/blocks_to_mask_as_given"));
            int steps = said.get("steps").asInt();
            for (int step = 0; step < steps; step++) {
                Tensor loss = s.loss(s.model.logits(s.tokens));
                CompanionModel.compareNumber(
                        check, said.at("/loss_per_step_f64/" + step), loss.item());
                optimizer.clearGradients();
                loss.backward();
                double norm = optimizer.clipGradients(said.get("clip_global_norm").asDouble());
                CompanionModel.compareNumber(
                        check, said.at("/gradient_norm_before_clipping_f64/" + step), norm);
                optimizer.step();
            }
            double bound = cases.at("/tolerance/f64_after_optimiser_steps").asDouble();
            s.weights
                    .stored(s.model, p -> p.value().detach())
                    .forEach(
                            (name, w) -> {
                                String there = "after" + steps + "." + name;
                                if (expected.has(there)) {
                                    check.compare(there, expected.get(there), w, bound, 1e-13);
                                }
                            });
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
