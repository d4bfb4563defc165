package dev.sluice.training;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Where a run stood when a checkpoint was written; the tensors that belong to it (weights, state of
 * the optimiser) lie beside it in the same file.
 *
 * <p>{@code step} counts the steps done of {@code variant} with {@code seed}; {@code metricsOffset}
 * is where {@code metrics.jsonl} ended ({@link MetricsLog#offset}); {@code score} tells the best
 * checkpoint from the others, lower is better, NaN if there is none; {@code details} is whatever
 * else a continuation with the same bytes needs: states of generators and streams, results so far.
 */
@JsonPropertyOrder({"variant", "seed", "step", "metrics_offset", "score", "details"})
public record Checkpoint(
        @JsonProperty("variant") String variant,
        @JsonProperty("seed") long seed,
        @JsonProperty("step") long step,
        @JsonProperty("metrics_offset") long metricsOffset,
        @JsonProperty("score") double score,
        @JsonProperty("details") ObjectNode details) {
    /** Copies the details. */
    public Checkpoint {
        details = details.deepCopy();
    }

    /** A copy of the details. */
    @Override
    public ObjectNode details() {
        return details.deepCopy();
    }

    boolean sameTraining(Checkpoint other) {
        return variant.equals(other.variant) && seed == other.seed;
    }
}
