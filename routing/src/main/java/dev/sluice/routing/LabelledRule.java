package dev.sluice.routing;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;

/** Takes the route away from all but a share of the examples. */
final class LabelledRule<B extends Batch> implements RoutingRule<B> {
    private static final String KEY = "labelled";

    private final RoutingRule<? super B> rule;
    private final double share;
    private final long seed;
    private final Draw draw;

    LabelledRule(RoutingRule<? super B> rule, double share, long seed) {
        this.rule = rule;
        this.share = Draw.probability("the share that keeps its label", share);
        this.seed = seed;
        draw = Draw.of(seed, KEY);
    }

    @Override
    public Assignment assign(B batch) {
        Assignment all = rule.assign(batch);
        int each = Draw.pointsPerExample(all, batch);
        boolean[] keeps = new boolean[batch.size()];
        for (int i = 0; i < keeps.length; i++) {
            keeps[i] = draw.at(batch.example(i), 0) < share;
        }
        IntPredicate kept = p -> keeps[p / each];
        if (all.blended()) {
            float[] weights = new float[all.points()];
            for (int p = 0; p < weights.length; p++) {
                weights[p] = kept.test(p) ? all.weight(p) : Float.NaN;
            }
            return Assignment.blend(all.routes().get(0), all.routes().get(1), weights, all.shape());
        }
        int[] ids = new int[all.points()];
        for (int p = 0; p < ids.length; p++) {
            ids[p] = kept.test(p) ? all.id(p) : -1;
        }
        return Assignment.of(all.routes(), ids, all.shape());
    }

    @Override
    public Set<String> routes() {
        return rule.routes();
    }

    @Override
    public List<String> warnings() {
        return rule.warnings();
    }

    @Override
    public Map<String, Object> description() {
        Map<String, Object> inner = rule.description();
        Object seeded = inner.getOrDefault("seed", seed);
        if (inner.isEmpty() || inner.containsKey(KEY) || !seeded.equals(seed)) {
            return Map.of();
        }
        Map<String, Object> all = new LinkedHashMap<>(inner);
        all.put(KEY, share);
        all.put("seed", seed);
        return all;
    }
}
