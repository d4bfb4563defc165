package dev.sluice.experiments.splitdigits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.data.ImageData;
import dev.sluice.engine.DType;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.experiments.RoutedTrial;
import dev.sluice.experiments.TinyDigits;
import dev.sluice.experiments.Variant;
import dev.sluice.training.Trial;
import dev.sluice.training.TrialState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SplitDigitsTrialTest {
    private static final ImageData DATA = TinyDigits.data();

    private static RoutedTrial<?> open(String variant) {
        return SplitDigitsTask.open(TinyDigits.trial(variant, DATA, Map.of()));
    }

    private static void steps(Trial trial, int n) {
        for (int i = 0; i < n; i++) {
            trial.step(false);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"routed", "routing-share", "separate-decoders", "hash-control"})
    void a_saved_trial_goes_on_to_the_bytes_of_an_uninterrupted_one(String variant)
            throws Exception {
        for (int before : new int[] {0, 1, 4, 6}) {
            try (TensorScope scope = TensorScope.open();
                    RoutedTrial<?> whole = open(variant);
                    RoutedTrial<?> stopped = open(variant);
                    RoutedTrial<?> resumed = open(variant)) {
                steps(whole, 7);
                steps(stopped, before);
                TrialState saved = throughJson(stopped.save());
                steps(resumed, 2);
                resumed.restore(saved);
                steps(resumed, 7 - before);
                same(whole.save(), resumed.save());
                assertEquals(whole.evaluate(), resumed.evaluate());
                assertEquals(whole.isolation(), resumed.isolation());
            }
        }
    }

    /** As a checkpoint keeps it: tensors apart from the trial's, values as JSON text. */
    private static TrialState throughJson(TrialState state) throws Exception {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        state.tensors().forEach((name, t) -> tensors.put(name, t.detach().copy()));
        ObjectMapper mapper = new ObjectMapper();
        JsonNode json = mapper.readTree(mapper.writeValueAsString(state.values()));
        Map<String, Object> values = new LinkedHashMap<>();
        json.fields().forEachRemaining(e -> values.put(e.getKey(), e.getValue()));
        return new TrialState(tensors, values);
    }

    private static void same(TrialState expected, TrialState found) {
        ObjectMapper mapper = new ObjectMapper();
        JsonNode values = mapper.valueToTree(expected.values());
        assertEquals(values, mapper.valueToTree(found.values()));
        assertEquals(expected.tensors().keySet(), found.tensors().keySet());
        expected.tensors()
                .forEach(
                        (name, t) -> {
                            Tensor other = found.tensors().get(name);
                            assertTrue(other != null && t.sameBits(other), name + " differs");
                        });
    }

    @Test
    void seeds_differ_and_a_seed_repeats_itself() {
        try (TensorScope scope = TensorScope.open();
                RoutedTrial<?> a = open("routed");
                RoutedTrial<?> b = open("routed")) {
            assertEquals(a.step(true), b.step(true));
            var request = TinyDigits.trial("routed", DATA, Map.of());
            var other =
                    new dev.sluice.experiments.TrialRequest(
                            "routed", request.settings(), 4, DATA, request.dtype(), false);
            try (RoutedTrial<?> c = SplitDigitsTask.open(other)) {
                c.step(false);
                assertTrue(!a.evaluate().equals(c.evaluate()));
            }
        }
    }

    @Test
    void a_step_without_a_finite_gradient_is_void_and_logged_and_training_goes_on() {
        try (TensorScope scope = TensorScope.open();
                RoutedTrial<?> trial = open("routed")) {
            assertTrue(!trial.step(true).containsKey("void_steps"));
            Map<String, Tensor> before = new LinkedHashMap<>();
            trial.save().tensors().forEach((name, t) -> before.put(name, t.detach().copy()));
            Tensor weight = Objects.requireNonNull(trial.model().state().get("encoder.out.weight"));
            Tensor sound = weight.detach().copy();
            weight.copyFrom(Tensor.full(Double.NaN, DType.F32, weight.shape()));
            assertEquals(1, trial.step(true).get("void_steps"));
            weight.copyFrom(sound);
            assertEquals(before.keySet(), trial.save().tensors().keySet());
            trial.save()
                    .tensors()
                    .forEach(
                            (name, t) ->
                                    assertTrue(
                                            t.sameBits(Objects.requireNonNull(before.get(name))),
                                            name));
            Map<String, Double> next = trial.step(true);
            assertEquals(1, next.get("void_steps"));
            assertTrue(Double.isFinite(Objects.requireNonNull(next.get("loss"))));
            assertTrue(!sound.sameBits(weight.detach()), "training goes on after a void step");
        }
    }

    static List<String> variants() {
        return new SplitDigits().variants().stream().map(Variant::name).toList();
    }

    @Test
    void variants_and_control_are_those_of_the_contract() {
        assertEquals(
                List.of(
                        "routed",
                        "separate-decoders",
                        "no-correlation",
                        "no-regularisation",
                        "no-regularisation-separate-decoders",
                        "high-half-on-all",
                        "high-only-l1",
                        "high-only",
                        "no-routing",
                        "no-routing-no-regularisation",
                        "routing-share",
                        "hash-control",
                        "single-mean",
                        "plain",
                        "six-to-nine-only"),
                variants());
        assertEquals("no-routing", new SplitDigits().control());
    }

    @ParameterizedTest
    @MethodSource("variants")
    void every_variant_trains_and_reports_every_metric_of_the_contract(String variant) {
        try (RoutedTrial<?> trial = open(variant)) {
            for (int i = 0; i < 3; i++) {
                Map<String, Double> scalars = trial.step(true);
                assertTrue(scalars.containsKey("loss.reconstruction"), scalars::toString);
                double sum =
                        scalars.entrySet().stream()
                                .filter(e -> e.getKey().startsWith("loss."))
                                .mapToDouble(Map.Entry::getValue)
                                .sum();
                assertEquals(scalars.getOrDefault("loss", Double.NaN), sum, 1e-5);
            }
            assertEquals(3, trial.done());
            assertEquals(48, trial.examples());
            Map<String, Double> metrics = trial.evaluate();
            assertEquals(contractMetrics(), new TreeSet<>(metrics.keySet()));
            metrics.forEach(
                    (name, v) -> assertTrue(Double.isFinite(v) && v > 0, name + " is " + v));
            for (String group : List.of("low", "high")) {
                String wrong = group.equals("low") ? "high" : "low";
                assertEquals(
                        metric(metrics, "certificate." + wrong + ".mse." + group)
                                / metric(metrics, "certificate." + group + ".mse." + group),
                        metric(metrics, "separation." + group),
                        1e-12);
            }
            assertEquals(0, trial.isolation().violations());
        }
    }

    private static double metric(Map<String, Double> metrics, String name) {
        return metrics.getOrDefault(name, Double.NaN);
    }

    private static Set<String> contractMetrics() {
        TreeSet<String> names = new TreeSet<>();
        for (String kind : List.of("mse", "mae")) {
            for (String group : List.of("low", "high")) {
                names.add("decoder." + kind + "." + group);
                names.add("constant." + kind + "." + group);
                names.add("certificate.low." + kind + "." + group);
                names.add("certificate.high." + kind + "." + group);
                names.add("separation." + group);
            }
            for (int digit = 0; digit < 10; digit++) {
                for (String part : List.of("decoder", "certificate.low", "certificate.high")) {
                    names.add("per_label." + digit + "." + part + "." + kind);
                }
            }
        }
        return names;
    }

    @ParameterizedTest
    @ValueSource(strings = {"shared", "separate"})
    void a_batch_without_a_digit_for_the_decoders_trains_the_certificates_alone(String decoders) {
        Map<String, String> sixes =
                Map.of("decoders", decoders, "decoder_digits", "6-9", "batch", "2");
        try (RoutedTrial<?> trial = SplitDigitsTask.open(TinyDigits.trial("routed", DATA, sixes))) {
            double least = 1;
            for (int i = 0; i < 30; i++) {
                Map<String, Double> scalars = trial.step(true);
                scalars.forEach((name, v) -> assertTrue(Double.isFinite(v), name + " is " + v));
                least = Math.min(least, metric(scalars, "loss.reconstruction"));
            }
            assertEquals(0, least, "no batch was without a digit of 6-9");
        }
    }

    @Test
    void routed_claims_both_halves_tries_them_and_finds_no_leak() {
        try (RoutedTrial<?> trial = open("routed")) {
            steps(trial, 7);
            assertEquals(new Trial.Isolation(2, 3, 0), trial.isolation());
        }
    }

    @Test
    void a_variant_claims_no_more_than_its_routing_gives() {
        Map<String, Integer> claims =
                Map.of(
                        "separate-decoders", 2,
                        "hash-control", 2,
                        "single-mean", 2,
                        "high-half-on-all", 1,
                        "routing-share", 1,
                        "no-routing", 0,
                        "high-only", 0);
        claims.forEach(
                (variant, count) -> {
                    try (RoutedTrial<?> trial = open(variant)) {
                        trial.step(false);
                        assertEquals(
                                new Trial.Isolation(count, count == 0 ? 0 : 1, 0),
                                trial.isolation(),
                                variant);
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("variants")
    void the_weights_file_tells_of_regions_only_where_something_is_routed(String variant)
            throws Exception {
        boolean routed =
                !SplitDigitsSettings.of(TinyDigits.trial(variant, DATA, Map.of()).settings())
                        .routing()
                        .equals(SplitDigitsSettings.Routing.NONE);
        try (RoutedTrial<?> trial = open(variant)) {
            String regions = trial.weightsMetadata().get("regions");
            assertEquals(routed, regions != null, variant);
            if (regions != null) {
                JsonNode tree = new ObjectMapper().readTree(regions);
                assertEquals("0-2", tree.at("/low/units").asText());
                assertEquals("3-5", tree.at("/high/units").asText());
                assertEquals("encoder.out.weight", tree.at("/high/parameters").asText());
            }
        }
    }

    @Test
    void verification_leaves_every_byte_of_the_training_as_it_is() {
        Map<String, String> never = Map.of("verify_every", "0");
        Map<String, String> always = Map.of("verify_every", "1");
        try (TensorScope scope = TensorScope.open();
                RoutedTrial<?> quiet =
                        SplitDigitsTask.open(TinyDigits.trial("routed", DATA, never));
                RoutedTrial<?> checked =
                        SplitDigitsTask.open(TinyDigits.trial("routed", DATA, always))) {
            steps(quiet, 5);
            steps(checked, 5);
            quiet.model()
                    .state()
                    .forEach(
                            (name, t) -> {
                                Tensor other = checked.model().state().get(name);
                                assertTrue(other != null && t.sameBits(other), name);
                            });
            assertEquals(new Trial.Isolation(2, 5, 0), checked.isolation());
        }
    }
}
