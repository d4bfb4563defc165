package dev.sluice.experiments;

import dev.sluice.data.GeneratedDigits;
import dev.sluice.data.ImageData;
import dev.sluice.engine.DType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Split digits at a size where a training takes milliseconds: 8 steps, the last of an epoch small.
 */
public final class TinyDigits {
    private static final Map<String, String> SIZES =
            Map.of(
                    "epochs", "2",
                    "batch", "16",
                    "images", "0",
                    "hidden", "9x7",
                    "code", "6",
                    "lr", "1e-3",
                    "verify_every", "3");

    private TinyDigits() {}

    /** 60 images to train on, 20 to test on. */
    public static ImageData data() {
        return GeneratedDigits.generate(1, 60, 20);
    }

    /** A variant at this size. */
    public static Settings settings(Variant variant, Map<String, String> more) {
        Experiment experiment = Catalogue.experiment("split-digits");
        return Settings.of(
                experiment.settings(), experiment.preset("smoke"), SIZES, variant.settings(), more);
    }

    /** A trial of a variant. */
    public static TrialRequest trial(String variant, ImageData data, Map<String, String> more) {
        Variant v = Catalogue.variant(Catalogue.experiment("split-digits"), variant);
        return new TrialRequest(variant, settings(v, more), 3, data, DType.F32, false);
    }

    /** A whole run, one training after the other. */
    public static RunRequest run(
            List<String> variants, List<Long> seeds, Map<String, List<String>> more) {
        return run(variants, seeds, more, 1);
    }

    /** A whole run; with several threads as many trainings side by side. */
    public static RunRequest run(
            List<String> variants, List<Long> seeds, Map<String, List<String>> more, int threads) {
        Map<String, List<String>> sets = new LinkedHashMap<>();
        SIZES.forEach((key, value) -> sets.put(key, List.of(value)));
        sets.putAll(more);
        return new RunRequest(
                "split-digits", "smoke", variants, seeds, sets, "generated", 1, "f32", threads, 0);
    }
}
