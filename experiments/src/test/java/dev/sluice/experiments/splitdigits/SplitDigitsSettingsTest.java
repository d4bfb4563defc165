package dev.sluice.experiments.splitdigits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.experiments.Catalogue;
import dev.sluice.experiments.Experiment;
import dev.sluice.experiments.RunRequest;
import dev.sluice.experiments.Setting;
import dev.sluice.experiments.Settings;
import dev.sluice.experiments.UsageException;
import dev.sluice.experiments.splitdigits.SplitDigitsSettings.Routing;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SplitDigitsSettingsTest {
    private static final Experiment EXPERIMENT = Catalogue.experiment("split-digits");

    private static RunRequest request(Map<String, List<String>> sets, String... variants) {
        return new RunRequest(
                "split-digits",
                "smoke",
                List.of(variants),
                List.of(0L),
                sets,
                "generated",
                1,
                "f32",
                1,
                0);
    }

    private static String refusal(Map<String, List<String>> sets) {
        RunRequest request = request(sets, "routed");
        return String.valueOf(
                assertThrows(UsageException.class, () -> request.points(EXPERIMENT)).getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"smoke", "quick", "paper"})
    void presets_give_every_declared_setting_a_value_that_fits(String preset) {
        assertEquals(
                EXPERIMENT.settings().stream().map(Setting::key).collect(Collectors.toSet()),
                EXPERIMENT.preset(preset).keySet());
        Settings settings = Settings.of(EXPERIMENT.settings(), EXPERIMENT.preset(preset));
        EXPERIMENT.check(settings);
    }

    @Test
    void paper_is_the_size_and_the_optimiser_of_the_paper() {
        SplitDigitsSettings s =
                SplitDigitsSettings.of(
                        Settings.of(EXPERIMENT.settings(), EXPERIMENT.preset("paper")));
        assertEquals(List.of(200, 2048, 0), List.of(s.epochs(), s.batch(), s.images()));
        assertEquals(List.of(2048, 512, 32), List.of(s.hidden1(), s.hidden2(), s.code()));
        assertEquals(List.of(1e-3, 5e-5), List.of(s.learningRate(), s.weightDecay()));
    }

    /** Rows of table 2: routing, decoders, L1 of the low and high half, correlation, digits. */
    @ParameterizedTest
    @CsvSource({
        "routed, DIGITS, false, 3e-3, 3e-3, 0.1, 0",
        "separate-decoders, DIGITS, true, 3e-3, 3e-3, 0.1, 0",
        "no-correlation, DIGITS, false, 3e-3, 3e-3, 0, 0",
        "no-regularisation, DIGITS, false, 0, 0, 0, 0",
        "no-regularisation-separate-decoders, DIGITS, true, 0, 0, 0, 0",
        "high-half-on-all, HIGH_HALF_ON_ALL, false, 3e-3, 2e-2, 0.1, 0",
        "high-only-l1, NONE, false, 1e-3, 1e-3, 0, 5",
        "high-only, NONE, false, 0, 0, 0, 5",
        "no-routing, NONE, false, 3e-3, 3e-3, 0.1, 0",
        "no-routing-no-regularisation, NONE, false, 0, 0, 0, 0",
        "hash-control, HASH, false, 3e-3, 3e-3, 0.1, 0",
        "single-mean, DIGITS, false, 1e-3, 1e-3, 0, 0",
        "plain, NONE, false, 3e-3, 3e-3, 0, 0",
        "six-to-nine-only, NONE, false, 3e-3, 3e-3, 0, 6"
    })
    void variants_are_the_rows_of_table_2_and_the_further_controls(
            String variant,
            Routing routing,
            boolean separate,
            double low,
            double high,
            double correlation,
            int from) {
        SplitDigitsSettings s =
                SplitDigitsSettings.of(
                        Settings.of(
                                EXPERIMENT.settings(),
                                EXPERIMENT.preset("paper"),
                                Catalogue.variant(EXPERIMENT, variant).settings()));
        assertEquals(routing, s.routing());
        assertEquals(separate, s.separateDecoders());
        assertEquals(low, s.l1Low());
        assertEquals(high, s.l1High(), 1e-12);
        assertEquals(correlation, s.correlation());
        assertEquals(from, s.decoderFrom());
        assertEquals(List.of("single-mean", "plain").contains(variant), s.singleMean());
        assertEquals(1, s.routingShare());
    }

    @Test
    void an_unknown_key_is_answered_with_the_nearest_names() {
        String message = refusal(Map.of("epoch", List.of("3")));
        assertTrue(message.contains("'epoch'") && message.contains("nearest: epochs"), message);
    }

    @ParameterizedTest
    @CsvSource({
        "epochs, 0",
        "epochs, many",
        "batch, 1",
        "lr, -1",
        "lr, NaN",
        "l1, 1e999",
        "routing, digit",
        "hidden, 0x5",
        "hidden, 12xx4",
        "code, 7",
        "routing_share, 1.01"
    })
    void a_value_that_does_not_fit_is_refused_by_name_before_anything_starts(
            String key, String value) {
        String message = refusal(Map.of(key, List.of(value)));
        assertTrue(
                message.contains(key) && message.contains("expected") && message.contains(value),
                message);
    }

    @Test
    void an_image_that_trains_both_halves_cannot_go_to_separate_decoders() {
        for (Map<String, List<String>> sets :
                List.of(
                        Map.of("decoders", List.of("separate"), "routing_share", List.of("0.5")),
                        Map.of(
                                "decoders",
                                List.of("separate"),
                                "routing",
                                List.of("high-half-on-all")))) {
            String message = refusal(sets);
            assertTrue(message.contains("decoders") && message.contains("shared"), message);
        }
    }

    @Test
    void a_sweep_names_each_point_by_what_varies_alone() {
        Map<String, List<String>> sets = new LinkedHashMap<>();
        sets.put("l1", List.of("1e-3", "5e-3"));
        sets.put("epochs", List.of("2"));
        sets.put("code", List.of("8", "16"));
        List<RunRequest.Point> points = request(sets, "routed", "no-routing").points(EXPERIMENT);
        assertEquals(
                List.of(
                        "routed@l1=1e-3,code=8",
                        "routed@l1=1e-3,code=16",
                        "routed@l1=5e-3,code=8",
                        "routed@l1=5e-3,code=16",
                        "no-routing@l1=1e-3,code=8",
                        "no-routing@l1=1e-3,code=16",
                        "no-routing@l1=5e-3,code=8",
                        "no-routing@l1=5e-3,code=16"),
                points.stream().map(RunRequest.Point::name).toList());
        Settings last = points.get(7).settings();
        assertEquals(
                List.of("5e-3", "16", "2", "none"),
                List.of(
                        last.text("l1"),
                        last.text("code"),
                        last.text("epochs"),
                        last.text("routing")));
    }

    @Test
    void a_variant_keeps_what_it_fixes_and_runs_once_in_a_sweep_of_it() {
        Map<String, List<String>> sets = new LinkedHashMap<>();
        sets.put("l1", List.of("1e-2", "1e-3"));
        sets.put("code", List.of("8", "16"));
        RunRequest request = request(sets, "no-regularisation", "no-correlation");
        List<RunRequest.Point> points = request.points(EXPERIMENT);
        assertEquals(
                List.of(
                        "no-regularisation@code=8",
                        "no-regularisation@code=16",
                        "no-correlation@l1=1e-2,code=8",
                        "no-correlation@l1=1e-2,code=16",
                        "no-correlation@l1=1e-3,code=8",
                        "no-correlation@l1=1e-3,code=16"),
                points.stream().map(RunRequest.Point::name).toList());
        assertEquals("0", points.get(0).settings().text("l1"));
        assertEquals("1e-2", points.get(2).settings().text("l1"));
        assertEquals(
                "set by the variant itself: no-regularisation keeps l1=0",
                request.keptByVariants(EXPERIMENT).orElseThrow());
        assertTrue(request(sets, "routed").keptByVariants(EXPERIMENT).isEmpty());
    }

    @Test
    void a_value_that_the_only_variant_has_anyway_is_no_contradiction() {
        RunRequest request = request(Map.of("l1", List.of("0")), "no-regularisation");
        assertEquals("no-regularisation", request.points(EXPERIMENT).get(0).name());
    }

    @Test
    void values_and_variants_are_refused_when_they_come_twice() {
        for (List<String> values : List.of(List.of("1e-3", "1e-3"), List.of("0.001", "1e-3"))) {
            String message = refusal(Map.of("l1", values));
            assertTrue(message.contains("l1") && message.contains("twice"), message);
        }
        RunRequest twice = request(Map.of(), "routed", "plain", "routed");
        assertThrows(UsageException.class, () -> twice.points(EXPERIMENT));
    }

    @Test
    void unknown_variants_presets_and_experiments_are_refused_with_names() {
        UsageException variant =
                assertThrows(
                        UsageException.class, () -> request(Map.of(), "routd").points(EXPERIMENT));
        assertTrue(String.valueOf(variant.getMessage()).contains("nearest: routed"));
        UsageException preset =
                assertThrows(UsageException.class, () -> EXPERIMENT.preset("small"));
        assertTrue(String.valueOf(preset.getMessage()).contains("quick"));
        UsageException experiment =
                assertThrows(UsageException.class, () -> Catalogue.experiment("split-digit"));
        assertTrue(String.valueOf(experiment.getMessage()).contains("split-digits"));
    }
}
