package dev.sluice.experiments.language;

import dev.sluice.engine.GradMode;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.models.transformer.Transformer;
import dev.sluice.routing.Assignment;
import dev.sluice.routing.Batch;
import dev.sluice.routing.RoutingRule;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * How well a model predicts the tokens of a text: over all of them, over those that rules catch, by
 * route, and over those that no rule catches. Of a blend, the route of the larger weight counts.
 */
public final class TokenScores {
    /** What no rule catches. */
    public static final String REST = "rest";

    /** As many numbers, 64 MB, as logits may be at a time. */
    private static final long LOGITS_AT_ONCE = 1 << 24;

    private final Transformer model;
    private final List<RoutingRule<? super Batch.Sequences>> rules;
    private final int unknown;
    private final Sum all = new Sum();
    private final Map<String, Sum> byRoute = new LinkedHashMap<>();
    private long unknownTokens;

    private static final class Sum {
        private long tokens;
        private double loss;
        private long right;

        private void add(double one, boolean hit) {
            tokens++;
            loss += one;
            right += hit ? 1 : 0;
        }

        private Score score() {
            return new Score(tokens, loss / tokens, (double) right / tokens);
        }
    }

    /**
     * Figures of some tokens.
     *
     * @param tokens how many were predicted
     * @param loss mean cross-entropy in nats; NaN without a token
     * @param accuracy share of them that the model held for the likeliest
     */
    public record Score(long tokens, double loss, double accuracy) {
        /** exp(loss): among how many equally likely tokens the model seems to choose. */
        public double perplexity() {
            return StrictMath.exp(loss);
        }
    }

    /**
     * Scores of nothing yet.
     *
     * @param unknown the token that stands for what the vocabulary lacks, if there is one
     */
    public TokenScores(
            Transformer model,
            OptionalInt unknown,
            List<? extends RoutingRule<? super Batch.Sequences>> rules) {
        this.model = model;
        this.unknown = unknown.orElse(-1);
        this.rules = List.copyOf(rules);
        this.rules.forEach(r -> r.routes().forEach(name -> byRoute.put(name, new Sum())));
        if (!rules.isEmpty()) {
            byRoute.put(REST, new Sum());
        }
    }

    /** Lets the model predict a batch. */
    public void add(TextBatch batch) {
        long row = (long) (batch.length() - 1) * model.config().vocabulary();
        int rows = (int) Math.max(1, LOGITS_AT_ONCE / row);
        for (int from = 0; from < batch.size(); from += rows) {
            part(rows < batch.size() ? batch.rows(from, from + rows) : batch);
        }
    }

    private void part(TextBatch batch) {
        int n = batch.length() - 1;
        float[] losses;
        long[] best;
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.off()) {
            Tensor logits = model.logits(batch.inputs());
            losses = Transformer.tokenLosses(logits, batch.targets()).toFloats();
            best = logits.argmax(-1).toLongs();
        }
        List<Assignment> routes = rules.stream().map(r -> r.assign(batch)).toList();
        for (int i = 0; i < losses.length; i++) {
            if (batch.counts(i / n, i % n)) {
                long target = batch.targets().id(i / n, i % n + 1);
                boolean right = best[i] == target;
                unknownTokens += target == unknown ? 1 : 0;
                all.add(losses[i], right);
                byRoute(routes, i, n, losses[i], right);
            }
        }
    }

    private void byRoute(List<Assignment> routes, int place, int n, double loss, boolean right) {
        Set<String> names = new LinkedHashSet<>();
        for (Assignment a : routes) {
            int point = a.points() % n == 0 && a.shape().length > 1 ? place : place / n;
            int id = a.id(point);
            if (id >= 0) {
                names.add(a.routes().get(id));
            }
        }
        if (names.isEmpty() && !routes.isEmpty()) {
            names.add(REST);
        }
        names.forEach(name -> byRoute.computeIfAbsent(name, route -> new Sum()).add(loss, right));
    }

    /** The share of the tokens that stand for words the vocabulary lacks, 0 to 1. */
    public double unknown() {
        return all.tokens == 0 ? 0 : (double) unknownTokens / all.tokens;
    }

    /** Over all tokens. */
    public Score all() {
        return all.score();
    }

    /** By route, {@value #REST} among them; empty without rules. */
    public Map<String, Score> byRoute() {
        Map<String, Score> scores = new LinkedHashMap<>();
        byRoute.forEach((name, sum) -> scores.put(name, sum.score()));
        return Collections.unmodifiableMap(scores);
    }
}
