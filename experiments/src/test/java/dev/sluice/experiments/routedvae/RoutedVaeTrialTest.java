package dev.sluice.experiments.routedvae;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.data.ImageData;
import dev.sluice.engine.DType;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.experiments.AtStep;
import dev.sluice.experiments.LabelledImages;
import dev.sluice.experiments.PlanPicture;
import dev.sluice.experiments.RoutedTrial;
import dev.sluice.experiments.TinyVae;
import dev.sluice.experiments.TrialRequest;
import dev.sluice.experiments.UsageException;
import dev.sluice.experiments.Variant;
import dev.sluice.experiments.Verification;
import dev.sluice.models.VariationalAutoencoder;
import dev.sluice.routing.Claim;
import dev.sluice.routing.Reach;
import dev.sluice.training.Trial;
import dev.sluice.training.TrialState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoutedVaeTrialTest {
    private static final ImageData DATA = TinyVae.data(10);
    private static final Map<String, String> EVERYTHING =
            Map.ofEntries(
                    Map.entry("shift", "2"),
                    Map.entry("rotate", "9"),
                    Map.entry("scale", "0.1"),
                    Map.entry("shear", "0.1"),
                    Map.entry("kl", "0..1@0-0.5"),
                    Map.entry("other_units", "-0.2..0@0-0.5"),
                    Map.entry("other_columns", "0..1@0.3-0.6"),
                    Map.entry("own_divergence", "0.5"),
                    Map.entry("lr_schedule", "cosine"),
                    Map.entry("lr_warmup", "0.5"),
                    Map.entry("weight_decay", "0.01"));

    private static RoutedTrial<?> open(
            String variant, ImageData data, Map<String, String> settings) {
        TrialRequest request = TinyVae.trial(variant, data, settings);
        int steps = request.settings().integer("classifier_steps");
        return new RoutedTrial<>(
                request,
                new RoutedVaeTask(
                        request,
                        () -> ImageClassifier.train(data.train(), VaeImages.classes(data), steps)));
    }

    private static RoutedTrial<?> open(String variant) {
        return open(variant, DATA, Map.of());
    }

    private static void steps(Trial trial, int n) {
        for (int i = 0; i < n; i++) {
            trial.step(false);
        }
    }

    static List<String> variants() {
        return new RoutedVae().variants().stream().map(Variant::name).toList();
    }

    @Test
    void variants_and_control_are_those_of_the_contract() {
        assertEquals(List.of("best", "reference", "no-routing"), variants());
        assertEquals("no-routing", new RoutedVae().control());
    }

    @ParameterizedTest
    @ValueSource(strings = {"best", "reference", "no-routing", "everything"})
    void a_saved_trial_goes_on_to_the_bytes_of_an_uninterrupted_one(String variant)
            throws Exception {
        boolean everything = variant.equals("everything");
        String name = everything ? "reference" : variant;
        Map<String, String> settings = everything ? EVERYTHING : Map.of();
        for (int before : new int[] {0, 1, 4, 6}) {
            try (TensorScope scope = TensorScope.open();
                    RoutedTrial<?> whole = open(name, DATA, settings);
                    RoutedTrial<?> stopped = open(name, DATA, settings);
                    RoutedTrial<?> resumed = open(name, DATA, settings)) {
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

    private static TrialState throughJson(TrialState state) throws Exception {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        state.tensors().forEach((name, t) -> tensors.put(name, t.detach().copy()));
        ObjectMapper mapper = new ObjectMapper();
        JsonNode json = mapper.readTree(mapper.writeValueAsString(state.values()));
        Map<String, Object> values = new LinkedHashMap<>();
        json.fields().forEachRemaining(e -> values.put(e.getKey(), e.getValue()));
        return new TrialState(tensors, values);
    }

    private static void same(TrialState expected, TrialState found) throws Exception {
        assertEquals(expected.tensors().keySet(), found.tensors().keySet());
        expected.tensors()
                .forEach(
                        (name, t) -> {
                            Tensor other = found.tensors().get(name);
                            assertTrue(other != null && t.sameBits(other), name);
                        });
        ObjectMapper mapper = new ObjectMapper();
        assertEquals(
                mapper.writeValueAsString(expected.values()),
                mapper.writeValueAsString(found.values()));
    }

    @Test
    void seeds_differ_and_a_seed_repeats_itself() {
        TrialRequest request = TinyVae.trial("reference", DATA, Map.of());
        TrialRequest other =
                new TrialRequest("reference", request.settings(), 4, DATA, request.dtype(), false);
        try (RoutedTrial<?> a = open("reference");
                RoutedTrial<?> b = open("reference");
                RoutedTrial<?> c =
                        new RoutedTrial<>(
                                other, new RoutedVaeTask(other, RoutedVaeTrialTest::unused))) {
            Map<String, Double> first = a.step(true);
            assertEquals(first, b.step(true));
            assertFalse(first.equals(c.step(true)));
        }
    }

    @Test
    void a_step_without_a_finite_gradient_is_void_and_logged_and_training_goes_on() {
        try (TensorScope scope = TensorScope.open();
                RoutedTrial<?> trial = open("best")) {
            assertFalse(trial.step(true).containsKey("void_steps"));
            Tensor weight = present(trial.model().state().get("mean.weight"));
            Tensor sound = weight.detach().copy();
            weight.copyFrom(Tensor.full(Double.NaN, DType.F32, weight.shape()));
            assertEquals(1, trial.step(true).get("void_steps"));
            assertTrue(Double.isNaN(weight.detach().sum().item()));
            weight.copyFrom(sound);
            Map<String, Double> next = trial.step(true);
            assertEquals(1, next.get("void_steps"));
            assertTrue(Double.isFinite(present(next.get("loss"))));
            assertFalse(sound.sameBits(weight.detach()), "training goes on after a void step");
        }
    }

    private static ImageClassifier unused() {
        throw new AssertionError("no classifier is wanted");
    }

    @ParameterizedTest
    @MethodSource("variants")
    void every_variant_trains_and_reports_every_metric_of_the_contract(String variant) {
        try (RoutedTrial<?> trial = open(variant)) {
            for (int i = 0; i < 3; i++) {
                Map<String, Double> s = trial.step(true);
                assertEquals(
                        s.getOrDefault("loss", Double.NaN),
                        s.getOrDefault("loss.reconstruction", Double.NaN)
                                + s.getOrDefault("loss.kl", 0.0),
                        1e-4);
            }
            assertEquals(48, trial.examples());
            Map<String, Double> metrics = trial.evaluate();
            assertEquals(contractMetrics(10), new TreeSet<>(metrics.keySet()));
            metrics.forEach((name, v) -> assertTrue(Double.isFinite(v), name + " is " + v));
            assertEquals(0, trial.isolation().violations());
        }
    }

    private static Set<String> contractMetrics(int classes) {
        Set<String> names =
                new TreeSet<>(
                        List.of(
                                "argmax_accuracy",
                                "argmax_accuracy.sampled",
                                "dead_dimensions",
                                "reconstruction.mse",
                                "reconstruction.sse",
                                "kl",
                                "traversal.identity",
                                "off_label_share",
                                "classifier.accuracy"));
        for (int k = 0; k < classes; k++) {
            names.add("per_label." + k + ".reconstruction.mse");
            names.add("per_label." + k + ".recall");
        }
        return names;
    }

    @ParameterizedTest
    @CsvSource({"1,1", "2,1", "3,2", "7,1", "10,4"})
    void any_number_of_classes_and_units_for_each_trains_is_verified_and_drawn(
            int classes, int units) {
        ImageData data = TinyVae.data(classes);
        Map<String, String> more =
                Map.of("latents_per_class", Integer.toString(units), "verify_every", "1");
        try (RoutedTrial<?> trial = open("reference", data, more)) {
            steps(trial, 2);
            int latent = classes * units;
            Tensor bias = present(trial.model().state().get("mean.bias"));
            assertEquals(latent, bias.count());
            int claims = classes == 1 ? 0 : classes;
            assertEquals(new Trial.Isolation(claims, claims == 0 ? 0 : 2, 0), trial.isolation());
            assertEquals(contractMetrics(classes), new TreeSet<>(trial.evaluate().keySet()));
            Map<String, Object> artefacts = trial.artefacts();
            assertEquals(
                    latent, ((List<?>) artefacts.getOrDefault("activation", List.of())).size());
            assertEquals(360, ((List<?>) artefacts.getOrDefault("walk", List.of())).size());
        }
    }

    private static <T> T present(@org.jspecify.annotations.Nullable T value) {
        if (value == null) {
            throw new AssertionError("null");
        }
        return value;
    }

    @Test
    void claims_are_made_only_where_other_units_get_nothing_from_the_reconstruction() {
        Map<String, String> leaking = Map.of("other_units", "-0.1");
        Map<String, String> later = Map.of("other_units", "-0.1..0@0-0.5");
        try (RoutedTrial<?> reference = open("reference");
                RoutedTrial<?> negative = open("reference", DATA, leaking);
                RoutedTrial<?> ramped = open("reference", DATA, later);
                RoutedTrial<?> none = open("no-routing")) {
            for (RoutedTrial<?> trial : List.of(reference, negative, ramped, none)) {
                steps(trial, 7);
            }
            assertEquals(new Trial.Isolation(10, 3, 0), reference.isolation());
            assertEquals(new Trial.Isolation(0, 0, 0), negative.isolation());
            assertEquals(new Trial.Isolation(10, 1, 0), ramped.isolation());
            assertEquals(new Trial.Isolation(0, 0, 0), none.isolation());
        }
    }

    @Test
    void a_decoder_column_gets_nothing_from_other_classes_where_other_columns_is_zero() {
        Map<String, String> columns = Map.of("other_columns", "0", "other_units", "-0.1");
        try (RoutedTrial<?> trial = open("reference", DATA, columns)) {
            steps(trial, 7);
            assertEquals(new Trial.Isolation(10, 3, 0), trial.isolation());
            assertTrue(
                    trial.weightsMetadata()
                            .getOrDefault("plan", "")
                            .contains("decoder.first.weight"));
        }
    }

    @Test
    void the_headline_closes_its_encoder_when_it_opens_its_details() {
        try (TensorScope scope = TensorScope.open();
                RoutedTrial<?> trial = open("best", DATA, Map.of("verify_every", "1"))) {
            Map<String, Tensor> state = trial.model().state();
            Tensor detail = present(state.get("details.out.weight")).detach().copy();
            steps(trial, 5);
            assertEquals(new Trial.Isolation(20, 5, 0), trial.isolation());
            assertTrue(detail.sameBits(present(state.get("details.out.weight")).detach()));
            assertTrue(trial.step(true).containsKey("loss.reconstruction"));
            assertFalse(trial.step(true).containsKey("loss.kl"), "it would teach the encoder");
            steps(trial, 1);
            assertEquals(new Trial.Isolation(20, 8, 0), trial.isolation());
            assertFalse(detail.sameBits(present(state.get("details.out.weight")).detach()));
        }
    }

    @Test
    void where_no_unit_gets_anything_every_parameter_of_the_encoder_is_claimed() {
        try (RoutedTrial<?> trial = open("best")) {
            VariationalAutoencoder model = (VariationalAutoencoder) trial.model();
            RoutedVaePlan.Shares shares = new RoutedVaePlan.Shares(0, 0, 1, 1);
            List<Claim<LabelledImages>> claims = RoutedVaePlan.of(shares, model.sizes()).claims();
            assertEquals(10, claims.size());
            for (Claim<LabelledImages> claim : claims) {
                model.parameters()
                        .forEach(
                                (name, p) ->
                                        assertEquals(
                                                name.matches("(encoder|mean|spread)[.].*"),
                                                claim.region().masks(model).containsKey(p),
                                                name));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "0.999", "-0.1..0.2@0-0.5", "0..1@0-0.5", "0"})
    void a_share_of_details_that_could_change_who_is_largest_or_adds_nothing_is_refused(
            String share) {
        assertThrows(UsageException.class, () -> open("best", DATA, Map.of("detail_share", share)));
    }

    @ParameterizedTest
    @CsvSource({"1, true", "0, false"})
    void the_divergence_pulls_an_own_unit_unless_its_weight_there_is_zero(
            String weight, boolean pulls) {
        try (RoutedTrial<?> trial =
                open("reference", DATA, Map.of("own_divergence", weight, "noise", "0"))) {
            for (Reach.Path path : trial.reach(null).get(0).found().paths()) {
                if (path.term().equals("kl") && path.parameter().equals("mean.bias")) {
                    List<Integer> units = path.units().getOrDefault("latent", List.of());
                    assertEquals(
                            pulls, units.contains(Integer.valueOf(path.from())), path::toString);
                    assertTrue(units.size() >= 9, path::toString);
                }
            }
        }
    }

    @Test
    void the_unrouted_divergence_shows_as_an_undeclared_path() {
        Verification found =
                new RoutedVae()
                        .verify(TinyVae.trial("reference", DATA, Map.of()), null)
                        .get(0)
                        .found();
        assertEquals(10, found.claims().size());
        assertTrue(found.report().violations().isEmpty(), found::text);
        assertFalse(found.undeclared().isEmpty());
        assertTrue(found.undeclared().stream().allMatch(p -> p.through().equals("kl")));
    }

    @Test
    void a_plan_that_changes_is_tried_drawn_and_written_as_it_begins_and_as_it_ends() {
        try (RoutedTrial<?> changing = open("best");
                RoutedTrial<?> steady = open("reference")) {
            List<AtStep<Verification>> tried = changing.verify(null);
            assertEquals(
                    List.of(AtStep.FIRST, AtStep.LAST), tried.stream().map(AtStep::step).toList());
            tried.forEach(v -> assertTrue(v.found().report().violations().isEmpty()));
            assertClaims("decoder.first.weight", "encoder", tried.get(0).found());
            assertClaims("encoder", "decoder.first.weight", tried.get(1).found());
            List<AtStep<PlanPicture>> drawn = changing.pictures(null);
            assertEquals(3, drawn.get(0).found().routes().size());
            assertEquals(1, drawn.get(1).found().routes().size());
            assertTrue(changing.weightsMetadata().containsKey("plan_of_last_step"));

            assertEquals(
                    List.of(AtStep.EVERY), steady.verify(null).stream().map(AtStep::step).toList());
            assertFalse(steady.weightsMetadata().containsKey("plan_of_last_step"));
        }
    }

    @Test
    void a_term_that_comes_in_on_the_way_is_tried_where_it_is() {
        Map<String, String> later = Map.of("kl", "0..1@0-0.5", "own_divergence", "1");
        try (RoutedTrial<?> trial = open("reference", DATA, later)) {
            List<AtStep<Verification>> tried = trial.verify(null);
            assertTrue(tried.get(0).found().undeclared().isEmpty());
            assertEquals(AtStep.LAST, tried.get(1).step());
            assertFalse(tried.get(1).found().undeclared().isEmpty());
            assertFalse(trial.weightsMetadata().containsKey("plan_of_last_step"), "the same plan");
        }
    }

    private static void assertClaims(String closed, String open, Verification found) {
        assertEquals(10, found.claims().size());
        for (String claim : found.claims()) {
            assertTrue(claim.contains(closed), claim);
            assertFalse(claim.contains(open), claim);
        }
    }

    @Test
    void verification_leaves_every_byte_of_the_training_as_it_is() throws Exception {
        try (TensorScope scope = TensorScope.open();
                RoutedTrial<?> quiet = open("reference", DATA, Map.of("verify_every", "0"));
                RoutedTrial<?> checked = open("reference", DATA, Map.of("verify_every", "1"))) {
            steps(quiet, 5);
            steps(checked, 5);
            quiet.model()
                    .state()
                    .forEach(
                            (name, t) ->
                                    assertTrue(
                                            t.sameBits(present(checked.model().state().get(name))),
                                            name));
        }
    }

    /** The forward values are those of no routing, so the first step's losses are the same. */
    @Test
    void routing_changes_gradients_and_not_the_loss() {
        try (TensorScope scope = TensorScope.open();
                RoutedTrial<?> routed = open("reference");
                RoutedTrial<?> plain = open("reference", DATA, Map.of("routing", "none"))) {
            assertEquals(routed.step(true), plain.step(true));
            assertFalse(
                    present(routed.model().state().get("mean.weight"))
                            .sameBits(present(plain.model().state().get("mean.weight"))));
            assertTrue(
                    present(routed.model().state().get("decoder.out.weight"))
                            .sameBits(present(plain.model().state().get("decoder.out.weight"))));
        }
    }
}
