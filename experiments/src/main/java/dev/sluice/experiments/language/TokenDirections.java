package dev.sluice.experiments.language;

import dev.sluice.data.text.tokenizer.Tokenizer;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.models.transformer.Transformer;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * The tokens that a direction of the residual stream makes likelier: by the cosine between it and
 * the rows of the map to logits.
 *
 * @param top the largest cosines
 * @param bottom the smallest: what the opposite direction makes likelier
 */
public record TokenDirections(List<Hit> top, List<Hit> bottom) {
    /**
     * A token.
     *
     * @param cosine between the direction and the token's row of the map to logits
     * @param logit what a step of length 1 along the direction adds to the token's logit, behind
     *     the gain of the last norm, whose scale is taken as 1
     */
    public record Hit(int id, String text, double cosine, double logit) {}

    /** Finds the {@code count} tokens at either end. */
    public static TokenDirections of(
            Transformer model, Tokenizer tokenizer, double[] direction, int count) {
        double length = length(direction);
        int tokens = Math.min(tokenizer.vocabulary(), model.config().vocabulary());
        double[] cosines = new double[tokens];
        double[] logits = new double[tokens];
        try (TensorScope scope = TensorScope.open()) {
            Map<String, Parameter> parameters = model.parameters();
            Parameter own = parameters.get("unembed.weight");
            Parameter output =
                    own == null ? Objects.requireNonNull(parameters.get("embed.weight")) : own;
            double[] gain = value(parameters, "ln_final.weight");
            int width = direction.length;
            for (int id = 0; id < tokens; id++) {
                try (TensorScope each = TensorScope.open()) {
                    Tensor values = output.value().detach().narrow(0, id, 1).contiguous();
                    double[] row = values.toDoubles();
                    double dot = 0;
                    for (int i = 0; i < width; i++) {
                        dot += row[i] * direction[i];
                        logits[id] += row[i] * gain[i] * direction[i] / length;
                    }
                    cosines[id] = dot / (length * length(row));
                }
            }
        }
        List<Hit> sorted =
                IntStream.range(0, tokens)
                        .filter(id -> Double.isFinite(cosines[id]))
                        .mapToObj(id -> new Hit(id, tokenizer.text(id), cosines[id], logits[id]))
                        .sorted(Comparator.comparingDouble(hit -> -hit.cosine()))
                        .toList();
        int n = Math.min(count, sorted.size());
        List<Hit> bottom =
                IntStream.range(0, n).mapToObj(i -> sorted.get(sorted.size() - 1 - i)).toList();
        return new TokenDirections(sorted.subList(0, n), bottom);
    }

    private static double[] value(Map<String, Parameter> parameters, String name) {
        return Objects.requireNonNull(parameters.get(name), name).value().toDoubles();
    }

    /** √Σx². */
    static double length(double[] x) {
        double squares = 0;
        for (double v : x) {
            squares += v * v;
        }
        return Math.sqrt(squares);
    }
}
