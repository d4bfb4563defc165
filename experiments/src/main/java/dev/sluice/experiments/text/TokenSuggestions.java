package dev.sluice.experiments.text;

import dev.sluice.data.text.corpus.Document;
import dev.sluice.data.text.tokenizer.Tokenizer;
import dev.sluice.routing.text.FrequencyRule;
import dev.sluice.routing.text.FrequencyRule.Curve;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Tokens that tell forget text from retain text, with the weights that a rule by frequency would
 * give them.
 *
 * @param tokens the ones that belong most to the forget text first: by weight, then by count
 * @param weights of every occurrence in forget text: how many tokens of it have a weight ω in each
 *     of twenty equal parts of 0…1
 * @param forgetTokens how many tokens the forget text has
 * @param retainTokens how many the retain text has
 * @param cautions why the numbers may mean little, in words; mostly empty
 */
public record TokenSuggestions(
        List<Suggestion> tokens,
        List<Long> weights,
        long forgetTokens,
        long retainTokens,
        List<String> cautions) {
    private static final int PARTS = 20;

    /**
     * A token.
     *
     * @param ratio how many times as frequent it is in forget text, priors included
     * @param weight ω: near 0 belongs to forget text, near 1 to retain text
     */
    public record Suggestion(
            int id, String text, long forget, long retain, double ratio, double weight) {}

    /**
     * Counts both texts.
     *
     * @param documents of each that are read at most
     * @param top how many tokens are kept
     * @throws java.util.concurrent.CancellationException if this thread is interrupted
     */
    public static TokenSuggestions of(
            Tokenizer tokenizer,
            Iterator<Document> forget,
            Iterator<Document> retain,
            Curve curve,
            long documents,
            int top) {
        long[] f = TokenizerSource.counts(tokenizer, forget, documents, 0);
        long[] r = TokenizerSource.counts(tokenizer, retain, documents, 0);
        long inForget = Arrays.stream(f).sum();
        long inRetain = Arrays.stream(r).sum();
        FrequencyRule rule = new FrequencyRule(f, r, curve, Map.of());
        long[] weights = new long[PARTS];
        for (int id = 0; id < f.length; id++) {
            weights[Math.min(PARTS - 1, (int) (rule.weight(id) * PARTS))] += f[id];
        }
        List<Suggestion> tokens =
                IntStream.range(0, f.length)
                        .filter(id -> f[id] > 0)
                        .mapToObj(
                                id ->
                                        new Suggestion(
                                                id,
                                                tokenizer.text(id),
                                                f[id],
                                                r[id],
                                                rule.forget(id) / rule.retain(id),
                                                rule.weight(id)))
                        .sorted(
                                Comparator.comparingDouble(Suggestion::weight)
                                        .thenComparing(
                                                Comparator.comparingLong(Suggestion::forget)
                                                        .reversed())
                                        .thenComparing(Suggestion::id))
                        .limit(top)
                        .toList();
        List<String> cautions = new ArrayList<>();
        prior("forget", inForget, f.length, curve.forgetPrior(), cautions);
        prior("retain", inRetain, r.length, curve.retainPrior(), cautions);
        if (tokens.stream().noneMatch(token -> token.weight() < 0.5)) {
            cautions.add(
                    "no token has a weight below 0.5: nothing tells the forget text from the"
                            + " retain text");
        }
        return new TokenSuggestions(
                tokens, Arrays.stream(weights).boxed().toList(), inForget, inRetain, cautions);
    }

    /** A prior counts once for every token of the vocabulary: more than a small text has. */
    private static void prior(
            String text, long tokens, int vocabulary, double prior, List<String> cautions) {
        if (tokens < prior * vocabulary) {
            cautions.add(
                    String.format(
                            Locale.ROOT,
                            "the prior of %s for each of %,d tokens weighs more than the %,d"
                                    + " tokens of the %s text, so ratios and weights say little; a"
                                    + " lower prior helps",
                            prior == Math.rint(prior) ? "" + (long) prior : "" + prior,
                            vocabulary,
                            tokens,
                            text));
        }
    }
}
