package dev.sluice.experiments;

import dev.sluice.training.Trial;
import java.util.Map;

/** What a finished trial contributes to the summary; checkpoints carry those of earlier trials. */
record TrialResult(
        String variant, long seed, Map<String, Double> metrics, Trial.Isolation isolation) {}
