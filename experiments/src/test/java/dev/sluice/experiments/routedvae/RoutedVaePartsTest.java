package dev.sluice.experiments.routedvae;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.data.GeneratedDigits;
import dev.sluice.data.ImageData;
import dev.sluice.data.ImageSet;
import dev.sluice.engine.DType;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.experiments.Setting;
import dev.sluice.experiments.Settings;
import dev.sluice.experiments.UsageException;
import dev.sluice.models.CodeActivation;
import dev.sluice.models.Parametrisation;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Schedules, augmentation, classifier, and the formulas that no reference number covers. */
class RoutedVaePartsTest {
    private static Settings settings(String preset, Map<String, String> more) {
        return Settings.of(RoutedVaeSettings.DECLARED, RoutedVaeSettings.preset(preset), more);
    }

    @ParameterizedTest
    @ValueSource(strings = {"smoke", "quick", "paper"})
    void every_setting_has_a_value_in_every_preset(String preset) {
        assertEquals(
                RoutedVaeSettings.DECLARED.stream().map(Setting::key).collect(Collectors.toSet()),
                RoutedVaeSettings.preset(preset).keySet());
    }

    @Test
    void paper_is_the_published_architecture_and_schedule() {
        RoutedVaeSettings s = RoutedVaeSettings.of(settings("paper", RoutedVaeSettings.REFERENCE));
        assertEquals(100, s.epochs());
        assertEquals(128, s.batch());
        assertEquals(2048, s.hidden1());
        assertEquals(512, s.hidden2());
        assertEquals(0.3, s.reconstruction());
        assertEquals(1, s.schedules().kl().at(0, 46_900));
        assertEquals(1e-3, s.schedules().learningRate(468, 46_900, 469));
        assertEquals(1e-3 * 0.95, s.schedules().learningRate(469, 46_900, 469), 1e-18);
        assertEquals(
                1e-3 * Math.pow(0.95, 99), s.schedules().learningRate(46_899, 46_900, 469), 1e-15);
    }

    @Test
    void a_ramp_goes_in_a_line_and_stays() {
        Ramp ramp = Ramp.of("kl", "-1..1@0.2-0.4");
        assertEquals(-1, ramp.at(0, 100));
        assertEquals(-1, ramp.at(20, 100));
        assertEquals(0, ramp.at(30, 100), 1e-12);
        assertEquals(1, ramp.at(40, 100));
        assertEquals(1, ramp.at(100, 100));
        assertEquals(0.5, Ramp.of("kl", "5e-1").at(0, 100));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "x", "1..2", "1..2@0.5", "1..2@0.5-0.5", "1..2@0-1.5", "NaN", "1.1.1"})
    void a_ramp_of_another_form_is_refused(String text) {
        assertThrows(UsageException.class, () -> Ramp.of("kl", text));
    }

    @Test
    void the_rate_warms_up_and_goes_down_a_cosine() {
        RoutedVaeSchedules s =
                RoutedVaeSettings.of(
                                settings(
                                        "quick",
                                        Map.of(
                                                "lr_schedule", "cosine",
                                                "lr_warmup", "1",
                                                "lr", "2")))
                        .schedules();
        assertEquals(2 * 0.1, s.learningRate(0, 100, 10), 1e-12);
        assertEquals(1, s.learningRate(50, 100, 10), 1e-12);
        assertEquals(0, s.learningRate(100, 100, 10), 1e-12);
    }

    @Test
    void a_leak_is_of_a_relu_alone() {
        assertThrows(
                UsageException.class,
                () ->
                        RoutedVaeSettings.of(
                                settings("quick", Map.of("leak", "0.1", "code", "none"))));
    }

    @Test
    void an_augmentation_of_nothing_and_of_whole_pixels_moves_images_exactly() {
        ImageSet set = GeneratedDigits.generate(1, 10, 1).train();
        int[] rows = {3, 7};
        try (TensorScope scope = TensorScope.open()) {
            float[] same = new Augmentation(0, 0, 0, 0).apply(set, rows, Rng.of(1));
            assertArrayEquals(new VaeImages(set, DType.F32).at(rows).toFloats(), same, 1e-6f);
        }
        float[] moved = new Augmentation(3, 0, 0, 0).apply(set, rows, Rng.of(2));
        double ink = 0;
        double before = 0;
        for (int i = 0; i < moved.length; i++) {
            ink += moved[i];
            before += (set.images()[rows[i / 784] * 784 + i % 784] & 0xFF) / 255.0;
        }
        assertEquals(before, ink, 0.02 * before);
    }

    @Test
    void a_quarter_turn_maps_pixels_onto_pixels() {
        byte[] image = new byte[25];
        image[1] = (byte) 255;
        ImageSet set = new ImageSet(5, 5, image, new byte[1]);
        boolean turned = false;
        for (int seed = 0; seed < 40; seed++) {
            float[] out = new Augmentation(0, 180, 0, 0).apply(set, new int[] {0}, Rng.of(seed));
            double ink = 0;
            for (float v : out) {
                ink += v;
            }
            assertTrue(ink > 0.2 && ink < 1.5, "ink " + ink);
            turned |= out[1] < 0.2;
        }
        assertTrue(turned);
    }

    @ParameterizedTest
    @EnumSource(names = "REFERENCE", mode = EnumSource.Mode.EXCLUDE)
    void the_divergence_is_that_of_the_deviation(Parametrisation form) {
        double[] means = {-2, 0, 0.3, 1.5};
        double[] spreads = {-3, -0.5, 0, 2};
        try (TensorScope scope = TensorScope.open()) {
            Tensor mean = Tensor.of(means, 4);
            Tensor c = Tensor.of(spreads, 4);
            double[] sigma = form.deviation(c).toDoubles();
            double[] found = form.divergence(mean, c).toDoubles();
            for (int i = 0; i < 4; i++) {
                double variance = sigma[i] * sigma[i];
                double expected = 0.5 * (means[i] * means[i] + variance - 1 - Math.log(variance));
                assertEquals(expected, found[i], 1e-12);
            }
        }
    }

    @Test
    void a_leak_changes_the_gradient_and_never_the_value() {
        try (TensorScope scope = TensorScope.open()) {
            Tensor x = Tensor.of(new double[] {-2, -0.5, 0.5, 3}, 4).requireGrad();
            Tensor y = new CodeActivation(CodeActivation.Kind.RELU, -0.25).apply(x);
            assertArrayEquals(new double[] {0, 0, 0.5, 3}, y.toDoubles(), 0.0);
            y.sum().backward();
            Tensor grad = Objects.requireNonNull(x.grad());
            assertArrayEquals(new double[] {-0.25, -0.25, 1, 1}, grad.toDoubles(), 0.0);
        }
    }

    @Test
    void the_classifier_learns_repeats_itself_and_serves_several_threads() throws Exception {
        ImageData data = GeneratedDigits.generate(1, 2000, 300);
        SharedClassifier shared = new SharedClassifier();
        ImageClassifier[] seen = new ImageClassifier[2];
        Thread other = new Thread(() -> seen[1] = shared.of(data, 150));
        other.start();
        seen[0] = shared.of(data, 150);
        other.join();
        assertTrue(seen[0] == seen[1], "trained twice");
        double accuracy = seen[0].accuracy(data.test());
        assertTrue(accuracy > 0.8, "accuracy " + accuracy);
        assertEquals(accuracy, ImageClassifier.train(data.train(), 10, 150).accuracy(data.test()));
    }
}
