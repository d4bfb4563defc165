package dev.sluice.experiments.splitdigits;

import static dev.sluice.experiments.splitdigits.GoldenLosses.fields;
import static dev.sluice.experiments.splitdigits.GoldenLosses.number;
import static dev.sluice.experiments.splitdigits.GoldenLosses.sums;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.data.ImageSet;
import dev.sluice.engine.DType;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.testing.Golden;
import dev.sluice.engine.testing.GoldenCheck;
import dev.sluice.engine.testing.GoldenTensors;
import dev.sluice.experiments.RoutedTrial;
import dev.sluice.experiments.TrialRequest;
import dev.sluice.training.TrialState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("golden")
class SplitDigitsGoldenTest {
    private final Golden folder = Golden.subject("autoencoder");
    private final JsonNode index = folder.json("cases.json");
    private final GoldenTensors data = required("data.safetensors");
    private final GoldenTensors init = required("init.safetensors");

    private GoldenTensors required(String file) {
        GoldenTensors tensors = folder.tensors(file);
        if (tensors == null) {
            throw new AssertionError("no " + file + " in " + folder.folder());
        }
        return tensors;
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"F64", "F32"})
    void every_row_of_table_2_has_the_published_losses_gradients_and_steps(DType dtype) {
        GoldenCheck check = new GoldenCheck("autoencoder, table 2, " + dtype.label());
        fields(index.path("cases"))
                .forEach((name, json) -> check(GoldenCase.of(name, json, index), dtype, check));
        check.finish();
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"F64", "F32"})
    void single_mean_is_the_independent_mask_variant(DType dtype) {
        GoldenCheck check = new GoldenCheck("autoencoder, mask variant, " + dtype.label());
        fields(index.path("mask_variant"))
                .forEach(
                        (name, json) ->
                                check(GoldenCase.maskVariant(name, json, index), dtype, check));
        check.finish();
    }

    private void check(GoldenCase golden, DType dtype, GoldenCheck check) {
        check.startCase();
        Bounds bounds = Bounds.of(index.path("tolerance"), dtype);
        try (TensorScope scope = TensorScope.open();
                GoldenStep step = new GoldenStep(golden, init, allImages(golden), dtype)) {
            boolean decided = dtype == DType.F64 || step.ties() == 0;
            losses(golden, step.run(), bounds, check);
            for (String file : files(golden)) {
                GoldenTensors tensors = folder.tensors(file);
                if (tensors != null) {
                    step.outputs()
                            .forEach((k, t) -> rows(tensors, "forward." + k, t, bounds, check));
                    if (decided) {
                        gradients(golden, step, tensors, bounds, check);
                    }
                }
            }
            if (decided) {
                fields(golden.json().path("gradient_f64"))
                        .forEach(
                                (theirs, sums) ->
                                        sums(
                                                golden.name() + " gradient " + theirs,
                                                sums,
                                                step.gradient(theirs),
                                                bounds.single(),
                                                check));
            }
        }
        if (golden.typed().batch() >= index.path("batch").asInt()) {
            trajectory(golden, dtype, bounds, check);
        }
    }

    private List<String> files(GoldenCase golden) {
        boolean unnamed = !golden.json().has("tensors");
        return unnamed && golden.typed().batch() == index.path("batch").asInt()
                ? List.of("mask_variant.safetensors")
                : golden.files();
    }

    private ImageSet allImages(GoldenCase golden) {
        int n = (int) data.get("labels").count();
        return GoldenStep.images(golden, data, IntStream.range(0, n).toArray());
    }

    /** Our terms are weighted, and the reconstruction is one term. */
    private static void losses(
            GoldenCase golden, Map<String, Tensor> terms, Bounds bounds, GoldenCheck check) {
        Map<String, Double> expected = GoldenLosses.weighted(golden);
        Map<String, Double> found = GoldenLosses.found(terms, expected.containsKey("l1"));
        check.require(
                golden.name() + ": terms " + found.keySet() + ", expected " + expected.keySet(),
                found.keySet().equals(expected.keySet()));
        expected.forEach(
                (name, value) ->
                        number(
                                golden.name() + " " + name,
                                value,
                                found.getOrDefault(name, Double.NaN),
                                bounds.single(),
                                check));
        number(
                golden.name() + " total",
                golden.json().path("total_f64").asDouble(),
                GoldenStep.total(terms).item(),
                bounds.single(),
                check);
    }

    private static void rows(
            GoldenTensors tensors, String name, Tensor ours, Bounds bounds, GoldenCheck check) {
        if (tensors.has(name)) {
            Tensor expected = tensors.get(name);
            check.compare(
                    name,
                    expected,
                    ours.narrow(0, 0, expected.size(0)),
                    bounds.of(expected, bounds.single()),
                    0);
        }
    }

    private static void gradients(
            GoldenCase golden,
            GoldenStep step,
            GoldenTensors tensors,
            Bounds bounds,
            GoldenCheck check) {
        for (String name : tensors.names()) {
            if (name.startsWith("grad.")) {
                Tensor expected = tensors.get(name);
                check.compare(
                        golden.name() + " " + name,
                        expected,
                        step.gradient(name.substring("grad.".length())),
                        bounds.of(expected, bounds.single()),
                        0);
            }
        }
    }

    /** The trial itself, from the reference's weights, on the same batch at every step. */
    private void trajectory(GoldenCase golden, DType dtype, Bounds bounds, GoldenCheck check) {
        ImageSet images = allImages(golden);
        TrialRequest request =
                new TrialRequest(
                        golden.name(), golden.settings(), 0, GoldenStep.data(images), dtype, false);
        JsonNode losses = golden.json().path("loss_per_step_f64");
        try (TensorScope scope = TensorScope.open();
                RoutedTrial<?> trial = SplitDigitsTask.open(request)) {
            startFromReference(trial, golden, dtype);
            for (int step = 1; step <= 5; step++) {
                double loss = Objects.requireNonNull(trial.step(true).get("loss"));
                if (losses.has(step - 1)) {
                    number(
                            golden.name() + " loss of step " + step,
                            losses.path(step - 1).asDouble(),
                            loss,
                            step == 1 ? bounds.single() : bounds.steps(),
                            check);
                }
                weights(golden, trial, step, bounds, check);
            }
            evaluation(golden, trial.evaluate(), "mse", bounds, check);
            evaluation(golden, trial.evaluate(), "mae", bounds, check);
            check.require(golden.name() + ": leaks", trial.isolation().violations() == 0);
        }
    }

    private void startFromReference(RoutedTrial<?> trial, GoldenCase golden, DType dtype) {
        TrialState fresh = trial.save();
        Map<String, Tensor> tensors = new LinkedHashMap<>(fresh.tensors());
        GoldenStep.weights(golden, init, trial.model().state(), dtype)
                .forEach((name, t) -> tensors.put("model/" + name, t));
        trial.restore(new TrialState(tensors, fresh.values()));
    }

    private void weights(
            GoldenCase golden, RoutedTrial<?> trial, int step, Bounds bounds, GoldenCheck check) {
        fields(golden.json().path("weights_after_" + step + "_f64"))
                .forEach(
                        (theirs, sums) ->
                                sums(
                                        golden.name() + " after " + step + " " + theirs,
                                        sums,
                                        weight(golden, trial, theirs),
                                        bounds.steps(),
                                        check));
        String prefix = "after" + step + ".";
        for (String file : files(golden)) {
            GoldenTensors tensors = folder.tensors(file);
            for (String name : tensors == null ? List.<String>of() : tensors.names()) {
                if (tensors != null && name.startsWith(prefix)) {
                    Tensor expected = tensors.get(name);
                    check.compare(
                            golden.name() + " " + name,
                            expected,
                            weight(golden, trial, name.substring(prefix.length())),
                            bounds.of(expected, bounds.steps()),
                            0);
                }
            }
        }
    }

    private static Tensor weight(GoldenCase golden, RoutedTrial<?> trial, String theirs) {
        Tensor ours = trial.model().state().get(golden.parameter(theirs));
        if (ours == null) {
            throw new AssertionError("the model lacks " + theirs);
        }
        return golden.turn(theirs, ours.detach());
    }

    /** By digit; of two decoders ours reads each digit with that of its group. */
    private static void evaluation(
            GoldenCase golden,
            Map<String, Double> metrics,
            String kind,
            Bounds bounds,
            GoldenCheck check) {
        JsonNode table = golden.json().path("evaluation_after_5_" + kind + "_f64");
        JsonNode labels = golden.json().path("evaluation_after_5_mse_f64").path("labels");
        for (String part :
                List.of("decoder", "certificate_first_half", "certificate_second_half")) {
            List<Double> expected = new ArrayList<>();
            List<Double> found = new ArrayList<>();
            for (int i = 0; i < labels.size(); i++) {
                int digit = labels.path(i).asInt();
                String decoder = golden.firstServes(digit) ? "first" : "second";
                String row = part.equals("decoder") ? "shared_or_" + decoder + "_decoder" : part;
                String ours =
                        part.equals("decoder")
                                ? part
                                : "certificate." + golden.halfName(part.contains("first"));
                String metric = "per_label." + golden.label(digit) + "." + ours + "." + kind;
                expected.add(table.path(row).path(i).asDouble());
                found.add(metrics.getOrDefault(metric, Double.NaN));
            }
            if (!expected.isEmpty()) {
                check.compare(
                        golden.name() + " " + part + " " + kind,
                        tensor(expected),
                        tensor(found),
                        bounds.steps(),
                        0);
            }
        }
    }

    private static Tensor tensor(List<Double> values) {
        return Tensor.of(values.stream().mapToDouble(Double::doubleValue).toArray(), values.size());
    }
}
