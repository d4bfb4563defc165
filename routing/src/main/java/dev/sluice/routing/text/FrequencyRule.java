package dev.sluice.routing.text;

import dev.sluice.routing.Assignment;
import dev.sluice.routing.Batch;
import dev.sluice.routing.RoutingRule;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Blends {@code forget} and {@code retain} for every target by how much more often its token occurs
 * in forget text than in retain text: with r = p_forget / p_retain the weight of {@code retain} is
 *
 * <pre>ω = 1 − sigmoid(scale · (r − 1/r) + bias)</pre>
 *
 * near 0 for tokens that belong to the forget text, near 1 for all others (arXiv 2410.04332,
 * appendix C; there scale 1, bias −4, priors 1 and 20). Frequencies are counts plus a prior for
 * every token of the vocabulary, normalised.
 */
public final class FrequencyRule implements RoutingRule<Batch.Sequences> {
    /** The route of weight 0. */
    public static final String FORGET = "forget";

    /** The route of weight 1. */
    public static final String RETAIN = "retain";

    private final double[] forget;
    private final double[] retain;
    private final double[] weights;
    private final Map<String, Object> description;

    /**
     * @param forget count of each token in forget text, [vocabulary]
     * @param retain the same of retain text
     * @param description in the language of plan files; empty if there is none
     * @throws IllegalArgumentException if the tables differ in length or a frequency is not
     *     positive
     */
    public FrequencyRule(
            long[] forget, long[] retain, Curve curve, Map<String, Object> description) {
        if (forget.length != retain.length || forget.length == 0) {
            throw new IllegalArgumentException(
                    "counts of one vocabulary, found "
                            + forget.length
                            + " for forget and "
                            + retain.length
                            + " for retain");
        }
        this.forget = frequencies(FORGET, forget, curve.forgetPrior);
        this.retain = frequencies(RETAIN, retain, curve.retainPrior);
        this.description = Map.copyOf(description);
        weights = new double[forget.length];
        for (int t = 0; t < weights.length; t++) {
            weights[t] = curve.weight(this.forget[t], this.retain[t]);
        }
    }

    /**
     * How frequencies become weights.
     *
     * @param forgetPrior added to the count of every token in forget text
     * @param retainPrior the same for retain text
     */
    public record Curve(double forgetPrior, double retainPrior, double scale, double bias) {
        /** The settings of the paper's unlearning experiment. */
        public static final Curve PAPER = new Curve(1, 20, 1, -4);

        /**
         * @throws IllegalArgumentException if a number is not finite or a prior negative
         */
        public Curve {
            for (double number : new double[] {forgetPrior, retainPrior, scale, bias}) {
                if (!Double.isFinite(number)) {
                    throw new IllegalArgumentException("a finite number, found " + number);
                }
            }
            if (forgetPrior < 0 || retainPrior < 0) {
                throw new IllegalArgumentException(
                        "priors that are not negative, found " + forgetPrior + ", " + retainPrior);
            }
        }

        /** ω of a token with these frequencies. */
        double weight(double forget, double retain) {
            double r = forget / retain;
            return 1 / (1 + Math.exp(scale * (r - 1 / r) + bias));
        }
    }

    private static double[] frequencies(String name, long[] counts, double prior) {
        double sum = Arrays.stream(counts).sum() + counts.length * prior;
        double[] all = new double[counts.length];
        for (int t = 0; t < all.length; t++) {
            all[t] = (counts[t] + prior) / sum;
            if (!(all[t] > 0)) {
                throw new IllegalArgumentException(
                        "token "
                                + t
                                + " never occurs in "
                                + name
                                + " text: a prior above 0 is needed");
            }
        }
        return all;
    }

    /** How often a token occurs in forget text, prior included. */
    public double forget(int token) {
        return forget[token];
    }

    /** How often a token occurs in retain text, prior included. */
    public double retain(int token) {
        return retain[token];
    }

    /** The weight ω of {@code retain} where a token is the target. */
    public double weight(int token) {
        return weights[Math.min(token, weights.length - 1)];
    }

    @Override
    public Assignment assign(Batch.Sequences batch) {
        int length = batch.length() - 1;
        float[] blend = new float[Math.multiplyExact(batch.size(), length)];
        for (int p = 0; p < blend.length; p++) {
            blend[p] = (float) weight(batch.token(p / length, p % length + 1));
        }
        return Assignment.blend(FORGET, RETAIN, blend, batch.size(), length);
    }

    @Override
    public Set<String> routes() {
        return new LinkedHashSet<>(List.of(FORGET, RETAIN));
    }

    @Override
    public Map<String, Object> description() {
        return description;
    }
}
