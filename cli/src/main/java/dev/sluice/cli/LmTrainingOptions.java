package dev.sluice.cli;

import static dev.sluice.cli.LmModelOptions.put;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How long and on what rows a language model is trained. */
final class LmTrainingOptions {
    @Option(names = "--steps", paramLabel = "N", description = "training steps")
    private @Nullable Integer steps;

    @Option(names = "--batch", paramLabel = "N", description = "rows a step")
    private @Nullable Integer batch;

    @Option(names = "--context", paramLabel = "N", description = "tokens a row has to predict")
    private @Nullable Integer context;

    @Option(names = "--lr", paramLabel = "X", description = "highest learning rate of AdamW")
    private @Nullable Double lr;

    @Option(
            names = "--lr-schedule",
            paramLabel = "cosine|constant",
            description = "after the warm-up (default: cosine)")
    private @Nullable String schedule;

    @Option(names = "--warmup", paramLabel = "STEPS", description = "over which lr rises")
    private @Nullable Integer warmup;

    @Option(names = "--weight-decay", paramLabel = "X", description = "of matrices (default: 0.1)")
    private @Nullable Double weightDecay;

    @Option(
            names = "--clip",
            paramLabel = "X",
            description = "norm that gradients are clipped to; 0: never (default: 1)")
    private @Nullable Double clip;

    @Option(
            names = "--validate-every",
            paramLabel = "STEPS",
            description = "between looks at text set aside, each with a sample")
    private @Nullable Integer validateEvery;

    @Option(
            names = "--prompt",
            paramLabel = "TEXT",
            description = "of the sample text (default: none, a text begins)")
    private @Nullable String prompt;

    @Option(names = "--seed", paramLabel = "N", description = "of weights and order (default: 0)")
    private @Nullable Long seed;

    @Nullable Long seed() {
        return seed;
    }

    void into(Map<String, String> settings) {
        put(settings, "steps", steps);
        put(settings, "batch", batch);
        put(settings, "context", context);
        put(settings, "lr", lr);
        put(settings, "lr_schedule", schedule);
        put(settings, "warmup", warmup);
        put(settings, "weight_decay", weightDecay);
        put(settings, "clip", clip);
        put(settings, "validate_every", validateEvery);
        put(settings, "prompt", prompt);
    }
}
