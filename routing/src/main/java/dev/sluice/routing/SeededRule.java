package dev.sluice.routing;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A rule that changes some answers of another one, drawn by a seed. */
abstract class SeededRule<B extends Batch> implements RoutingRule<B> {
    private final RoutingRule<? super B> rule;
    private final long seed;
    private final String key;

    /**
     * A rule over another one.
     *
     * @param key what this is called beside the keys of {@code rule} in a plan file
     */
    SeededRule(RoutingRule<? super B> rule, long seed, String key) {
        this.rule = rule;
        this.seed = seed;
        this.key = key;
    }

    /**
     * What becomes of the answers.
     *
     * @param each how many data points each example has
     */
    abstract Assignment change(Assignment truth, B batch, int each);

    /** What stands under the key in a plan file. */
    abstract Object setting();

    @Override
    public final Assignment assign(B batch) {
        Assignment truth = rule.assign(batch);
        return change(truth, batch, Draw.pointsPerExample(truth, batch));
    }

    @Override
    public final Set<String> routes() {
        return rule.routes();
    }

    @Override
    public final List<String> warnings() {
        return rule.warnings();
    }

    /** A plan file has room for noise and then a share of labels, each once, with one seed. */
    @Override
    public final Map<String, Object> description() {
        Map<String, Object> inner = rule.description();
        if (inner.isEmpty()
                || inner.containsKey(key)
                || inner.containsKey(LabelledRule.KEY)
                || !inner.getOrDefault("seed", seed).equals(seed)) {
            return Map.of();
        }
        Map<String, Object> all = new LinkedHashMap<>(inner);
        all.put(key, setting());
        all.put("seed", seed);
        return all;
    }
}
