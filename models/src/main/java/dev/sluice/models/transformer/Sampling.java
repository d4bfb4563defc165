package dev.sluice.models.transformer;

import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * How the next token is chosen. The order is that of Hugging Face: logits over temperature, then
 * the best k, then the fewest tokens that together have probability p.
 *
 * @param temperature that logits are divided by; 0: always the likeliest token
 * @param topK how many of the likeliest tokens may be chosen; 0: all
 * @param topP the probability that the tokens to choose from must have together; 1: all
 */
public record Sampling(double temperature, int topK, double topP) {
    /** Always the likeliest token, and of equal ones the first. */
    public static final Sampling GREEDY = new Sampling(0, 0, 1);

    /** Refuses what is no distribution. */
    public Sampling {
        if (!(temperature >= 0 && temperature < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "temperature: expected a number from 0 on, found " + temperature);
        }
        if (topK < 0) {
            throw new IllegalArgumentException("top-k: expected at least 0, found " + topK);
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new IllegalArgumentException("top-p: expected 0 < p ≤ 1, found " + topP);
        }
    }

    /**
     * The probability of each token: what it may not be has 0.
     *
     * @throws IllegalArgumentException if no logit is a number, or one is NaN
     */
    public double[] probabilities(double[] logits) {
        int best = likeliest(logits);
        double[] p = new double[logits.length];
        if (temperature == 0) {
            p[best] = 1;
            return p;
        }
        int[] order = order(logits);
        int kept = topK == 0 ? p.length : Math.min(topK, p.length);
        while (kept < p.length && logits[order[kept]] == logits[order[kept - 1]]) {
            kept++;
        }
        for (int i = 0; i < kept; i++) {
            p[order[i]] = StrictMath.exp((logits[order[i]] - logits[best]) / temperature);
        }
        normalize(p);
        if (topP < 1) {
            cut(p, order);
        }
        return p;
    }

    private static int likeliest(double[] logits) {
        int best = 0;
        for (int i = 0; i < logits.length; i++) {
            if (Double.isNaN(logits[i])) {
                throw new IllegalArgumentException("the logit of token " + i + " is NaN");
            }
            best = logits[i] > logits[best] ? i : best;
        }
        if (logits.length == 0 || Double.isInfinite(logits[best])) {
            throw new IllegalArgumentException("no token has a finite logit");
        }
        return best;
    }

    /** Tokens, likeliest first, equal ones in their order. */
    private static int[] order(double[] logits) {
        return IntStream.range(0, logits.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -logits[i]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** Drops what comes after the first tokens that together have {@code topP}. */
    private void cut(double[] p, int[] order) {
        double sum = 0;
        for (int token : order) {
            double own = p[token];
            if (sum >= topP) {
                p[token] = 0;
            }
            sum += own;
        }
        normalize(p);
    }

    private static void normalize(double[] p) {
        double sum = Arrays.stream(p).sum();
        for (int i = 0; i < p.length; i++) {
            p[i] /= sum;
        }
    }

    /**
     * A token for each row of logits [rows, vocab]; draws one number from {@code rng} for each row,
     * none where the likeliest is taken.
     */
    public int[] choose(Tensor logits, Rng rng) {
        int rows = (int) logits.size(0);
        int vocabulary = (int) logits.size(1);
        double[] all = logits.toDoubles();
        int[] chosen = new int[rows];
        for (int row = 0; row < rows; row++) {
            double[] own = Arrays.copyOfRange(all, row * vocabulary, (row + 1) * vocabulary);
            chosen[row] = temperature == 0 ? likeliest(own) : draw(probabilities(own), rng);
        }
        return chosen;
    }

    private static int draw(double[] p, Rng rng) {
        double left = rng.nextDouble();
        int last = 0;
        for (int i = 0; i < p.length; i++) {
            if (p[i] > 0) {
                last = i;
                left -= p[i];
                if (left < 0) {
                    return i;
                }
            }
        }
        return last;
    }
}
