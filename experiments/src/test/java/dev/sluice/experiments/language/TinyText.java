package dev.sluice.experiments.language;

import dev.sluice.data.ProgressListener;
import dev.sluice.engine.DType;
import dev.sluice.engine.Rng;
import dev.sluice.experiments.Catalogue;
import dev.sluice.experiments.Experiment;
import dev.sluice.experiments.RunRequest;
import dev.sluice.experiments.Settings;
import dev.sluice.experiments.TrialRequest;
import dev.sluice.models.transformer.Tokens;
import dev.sluice.models.transformer.Transformer;
import dev.sluice.models.transformer.TransformerConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Language models and texts of a size for tests. */
final class TinyText {
    static final Map<String, String> SIZES =
            Map.of(
                    "steps", "6",
                    "batch", "4",
                    "context", "24",
                    "layers", "2",
                    "width", "16",
                    "heads", "2",
                    "documents", "200",
                    "validate_every", "3",
                    "validation_rows", "6",
                    "sample_tokens", "5");

    private TinyText() {}

    static Settings settings(Map<String, String> more) {
        Experiment experiment = Catalogue.experiment(LanguageModel.NAME);
        return Settings.of(experiment.settings(), experiment.preset("smoke"), SIZES, more);
    }

    static TextData data(Map<String, String> more, Map<String, String> environment, String source) {
        return new TextData(
                source,
                1,
                new LanguageSettings(settings(more)),
                environment,
                ProgressListener.silent());
    }

    static TrialRequest trial(Map<String, String> more) {
        Map<String, String> environment = Map.of("SLUICE_CACHE", "/nowhere");
        return new TrialRequest(
                LanguageModel.MODEL,
                settings(more),
                3,
                data(more, environment, "generated-stories"),
                DType.F32,
                false);
    }

    static RunRequest run(List<String> variants, Map<String, String> more) {
        Map<String, List<String>> sets = new LinkedHashMap<>();
        SIZES.forEach((key, value) -> sets.put(key, List.of(value)));
        more.forEach((key, value) -> sets.put(key, List.of(value)));
        return new RunRequest(
                LanguageModel.NAME,
                "smoke",
                variants,
                List.of(5L),
                sets,
                "generated-stories",
                1,
                "f32",
                1,
                0);
    }

    /** A model of 11 tokens with weights large enough that everything matters. */
    static Transformer model(DType dtype, long seed) {
        TransformerConfig config = TransformerConfig.gpt2(11, 12, 2, 8, 2, 16);
        return new Transformer(config, 0.4, 0.3, dtype, Rng.of(seed));
    }

    /** Rows of random tokens, each as long as it likes, padded on the right. */
    static TextBatch batch(Rng rng, int rows, int length) {
        int[][] ids = new int[rows][length];
        int[][] mask = new int[rows][length];
        for (int row = 0; row < rows; row++) {
            int own = row == 0 ? length : 2 + rng.nextInt(length - 1);
            for (int column = 0; column < length; column++) {
                ids[row][column] = rng.nextInt(11);
                mask[row][column] = column < own ? 1 : 0;
            }
        }
        return TextBatch.of(Tokens.of(ids, mask));
    }
}
