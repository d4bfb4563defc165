package dev.sluice.experiments.routedvae;

import static dev.sluice.experiments.splitdigits.GoldenLosses.fields;
import static dev.sluice.experiments.splitdigits.GoldenLosses.number;
import static dev.sluice.experiments.splitdigits.GoldenLosses.sums;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.engine.DType;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.testing.GoldenCheck;
import dev.sluice.engine.testing.GoldenTensors;
import dev.sluice.experiments.LabelledImages;
import dev.sluice.experiments.RoutedStep;
import dev.sluice.experiments.RoutedTrial;
import dev.sluice.experiments.TrialRequest;
import dev.sluice.experiments.splitdigits.Bounds;
import dev.sluice.models.VariationalAutoencoder;
import dev.sluice.models.VariationalAutoencoder.Posterior;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.Router;
import dev.sluice.training.TrialState;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("golden")
class RoutedVaeGoldenTest {
    private final GoldenVae golden = new GoldenVae();

    private Bounds bounds(DType dtype) {
        Bounds b = Bounds.of(golden.index.path("tolerance"), dtype);
        return dtype == DType.F64 ? b : new Bounds(b.single(), b.single(), b.stored());
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"F64", "F32"})
    void every_case_has_the_published_losses_gradients_and_steps(DType dtype) {
        GoldenCheck check = new GoldenCheck("vae, cases, " + dtype.label());
        fields(golden.index.path("cases"))
                .forEach(
                        (name, json) -> {
                            check.startCase();
                            gradients(name, json, dtype, check);
                            trajectory(name, json, dtype, check);
                        });
        check.finish();
    }

    private static boolean routed(String name) {
        return name.equals("routed");
    }

    private void gradients(String name, JsonNode json, DType dtype, GoldenCheck check) {
        Bounds bounds = bounds(dtype);
        try (TensorScope scope = TensorScope.open();
                VariationalAutoencoder model =
                        GoldenVae.model(GoldenVae.weights(golden.init, "", dtype), dtype)) {
            pass(model, routed(name), dtype);
            fields(json.path("gradient_f64"))
                    .forEach(
                            (theirs, sums) ->
                                    sums(
                                            name + " gradient " + theirs,
                                            sums,
                                            gradient(model, theirs),
                                            bounds.single(),
                                            check));
            for (JsonNode file : json.path("tensors")) {
                GoldenTensors tensors = golden.folder.tensors(file.asText());
                for (String key : names(tensors, "grad.")) {
                    Tensor expected = Objects.requireNonNull(tensors).get(key);
                    check.compare(
                            name + " " + key,
                            expected,
                            gradient(model, key.substring("grad.".length())),
                            bounds.of(expected, bounds.single()),
                            0);
                }
            }
        }
    }

    private static java.util.List<String> names(
            @org.jspecify.annotations.Nullable GoldenTensors tensors, String prefix) {
        return tensors == null
                ? java.util.List.of()
                : tensors.names().stream().filter(n -> n.startsWith(prefix)).toList();
    }

    private static Tensor gradient(VariationalAutoencoder model, String theirs) {
        var parameter = model.parameters().get(GoldenVae.ours(theirs));
        if (parameter == null) {
            throw new AssertionError("the model lacks " + theirs);
        }
        Tensor g = parameter.grad();
        return g == null ? parameter.value().detach().mul(0) : g;
    }

    /** Forward and backward of the first step, with the experiment's own plan and loss. */
    private static RoutePlan<LabelledImages> plan(boolean routed, VariationalAutoencoder model) {
        return routed
                ? RoutedVaePlan.of(new RoutedVaePlan.Shares(1, 0, 1, 1), model.sizes())
                : RoutePlan.of();
    }

    private void pass(VariationalAutoencoder model, boolean routed, DType dtype) {
        RoutedVaeSettings settings =
                RoutedVaeSettings.of(golden.request(routed, model.sizes(), dtype).settings());
        LabelledImages batch = golden.batch(dtype);
        try (Router router = Router.open(model, plan(settings.routed(), model), batch)) {
            RoutedVaeLoss loss = new RoutedVaeLoss(model, settings.reconstruction());
            loss
                    .of(batch.images(), golden.zeta(0, dtype), settings.schedules().kl().to(), 0)
                    .terms()
                    .values()
                    .stream()
                    .reduce(Tensor::add)
                    .orElseThrow()
                    .backward();
            router.finish();
        }
    }

    /** The trial itself, from the reference's weights, on the reference's batches. */
    private void trajectory(String name, JsonNode json, DType dtype, GoldenCheck check) {
        Bounds bounds = bounds(dtype);
        try (TensorScope scope = TensorScope.open();
                VariationalAutoencoder sized =
                        GoldenVae.model(GoldenVae.weights(golden.init, "", dtype), dtype);
                RoutedTrial<LabelledImages> trial =
                        trial(golden.request(routed(name), sized.sizes(), dtype))) {
            startFromReference(trial, dtype);
            for (int step = 0; step < golden.steps(); step++) {
                Map<String, Double> scalars = trial.step(true);
                JsonNode expected = json.path("per_step_f64").path(step);
                double bound = step == 0 ? bounds.single() : bounds.steps();
                String place = name + " step " + (step + 1) + " ";
                compare(place + "loss", expected.path("loss"), scalars, "loss", bound, check);
                compare(
                        place + "mse",
                        expected.path("mse"),
                        scalars,
                        "reconstruction.sse",
                        bound,
                        check);
                compare(place + "kl", expected.path("kl"), scalars, "kl", bound, check);
                weights(name, json, trial, step + 1, bounds, check);
            }
            check.require(name + ": leaks", trial.isolation().violations() == 0);
            check.require(
                    name + ": claims tried",
                    (trial.isolation().checkedSteps() > 0) == routed(name));
        }
    }

    private RoutedTrial<LabelledImages> trial(TrialRequest request) {
        return new RoutedTrial<>(
                request,
                new RoutedVaeTask(
                        request,
                        () -> {
                            throw new AssertionError("nothing to evaluate");
                        }) {
                    @Override
                    public RoutedStep<LabelledImages> next(long done) {
                        return next(
                                done,
                                golden.zeta((int) done, request.dtype()),
                                golden.batch(request.dtype()));
                    }
                });
    }

    private static void compare(
            String name,
            JsonNode expected,
            Map<String, Double> scalars,
            String ours,
            double bound,
            GoldenCheck check) {
        if (expected.isNumber()) {
            double found = scalars.getOrDefault(ours, Double.NaN);
            number(name, expected.asDouble(), found, bound, check);
        }
    }

    private void startFromReference(RoutedTrial<?> trial, DType dtype) {
        TrialState fresh = trial.save();
        Map<String, Tensor> tensors = new LinkedHashMap<>(fresh.tensors());
        GoldenVae.weights(golden.init, "", dtype)
                .forEach((name, t) -> tensors.put("model/" + name, t));
        trial.restore(new TrialState(tensors, fresh.values()));
    }

    private void weights(
            String name,
            JsonNode json,
            RoutedTrial<?> trial,
            int step,
            Bounds bounds,
            GoldenCheck check) {
        fields(json.path("weights_after_" + step + "_f64"))
                .forEach(
                        (theirs, sums) ->
                                sums(
                                        name + " after " + step + " " + theirs,
                                        sums,
                                        weight(trial, theirs),
                                        bounds.steps(),
                                        check));
        String prefix = "after" + step + ".";
        for (JsonNode file : json.path("tensors")) {
            GoldenTensors tensors = golden.folder.tensors(file.asText());
            for (String key : names(tensors, prefix)) {
                Tensor expected = Objects.requireNonNull(tensors).get(key);
                check.compare(
                        name + " " + key,
                        expected,
                        weight(trial, key.substring(prefix.length())),
                        bounds.of(expected, bounds.steps()),
                        0);
            }
        }
    }

    private static Tensor weight(RoutedTrial<?> trial, String theirs) {
        Tensor ours = trial.model().state().get(GoldenVae.ours(theirs));
        if (ours == null) {
            throw new AssertionError("the model lacks " + theirs);
        }
        return ours.detach();
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"F64", "F32"})
    void the_forward_pass_and_what_arrives_at_mean_and_spread_are_the_published_ones(DType dtype) {
        GoldenCheck check = new GoldenCheck("vae, forward, " + dtype.label());
        GoldenTensors expected = golden.required("forward.f64.safetensors");
        check.startCase();
        try (TensorScope scope = TensorScope.open();
                VariationalAutoencoder model =
                        GoldenVae.model(GoldenVae.weights(golden.init, "", dtype), dtype)) {
            Map<String, Tensor> found = new LinkedHashMap<>();
            forward(model, dtype, found);
            arrivals(model, "routed", dtype, found);
            arrivals(model, "plain", dtype, found);
            double bound = bounds(dtype).single();
            for (String name : expected.names()) {
                Tensor ours = found.get(name);
                check.require("unknown tensor " + name, ours != null);
                if (ours != null) {
                    check.compare(name, expected.get(name), ours, bound, 0);
                }
            }
        }
        check.finish();
    }

    private void forward(VariationalAutoencoder model, DType dtype, Map<String, Tensor> found) {
        try (HookPoint.Interception seen =
                hook(model, "encoder.out")
                        .intercept(
                                t -> {
                                    found.put("encoder_out", t);
                                    return t;
                                })) {
            Posterior posterior = model.encode(golden.batch(dtype).images());
            Tensor sample = model.sample(posterior, golden.zeta(0, dtype));
            Tensor z = model.gate(sample);
            found.put("mean", posterior.mean());
            found.put("cov_diag", posterior.spread());
            found.put("z_before_relu", sample);
            found.put("z", z);
            found.put("z_masked", z);
            found.put("decoded", model.decode(z));
        }
    }

    /** Makes leaves of mean and spread, so that their gradients can be read. */
    private void arrivals(
            VariationalAutoencoder model, String name, DType dtype, Map<String, Tensor> found) {
        Map<String, Tensor> leaves = new LinkedHashMap<>();
        try (HookPoint.Interception mean = leaf(model, "latent.mean", "mean", leaves);
                HookPoint.Interception spread = leaf(model, "latent.spread", "cov_diag", leaves)) {
            pass(model, routed(name), dtype);
        }
        leaves.forEach(
                (theirs, leaf) ->
                        found.put(
                                name + ".grad_" + theirs,
                                Objects.requireNonNull(leaf.grad()).copy()));
    }

    private static HookPoint.Interception leaf(
            VariationalAutoencoder model, String hook, String name, Map<String, Tensor> leaves) {
        return hook(model, hook)
                .intercept(
                        t -> {
                            Tensor leaf = t.detach().copy().requireGrad();
                            leaves.put(name, leaf);
                            return leaf;
                        });
    }

    private static HookPoint hook(VariationalAutoencoder model, String name) {
        return Objects.requireNonNull(model.hooks().get(name));
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"F64", "F32"})
    void the_trained_model_is_read_as_in_the_reference(DType dtype) {
        GoldenCheck check = new GoldenCheck("vae, trained, " + dtype.label());
        GoldenTensors trained = golden.required("trained.safetensors");
        check.startCase();
        try (TensorScope scope = TensorScope.open();
                VariationalAutoencoder model =
                        GoldenVae.model(GoldenVae.weights(trained, "weights.", dtype), dtype)) {
            Tensor mean = model.encode(GoldenVae.pixels(trained, dtype)).mean();
            check.compare("mean", trained.get("mean_f64"), mean, bounds(dtype).single(), 0);
            int n = (int) mean.size(0);
            double[] values = mean.toDoubles();
            int[] read = new int[n];
            for (int i = 0; i < n; i++) {
                read[i] = Means.largest(values, i * model.sizes().latent(), model.sizes());
            }
            check.compare("argmax", trained.get("argmax"), Tensor.of(read, n), 0, 0);
        }
        check.finish();
    }
}
