package dev.sluice.routing;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Replaces what a rule says by what unreliable detectors, one for each route, say. */
final class NoiseRule<B extends Batch> implements RoutingRule<B> {
    private static final String KEY = "noise";

    private final RoutingRule<? super B> rule;
    private final double truePositive;
    private final double falsePositive;
    private final long seed;
    private final List<String> names;
    private final List<Draw> detectors = new ArrayList<>();

    NoiseRule(RoutingRule<? super B> rule, double truePositive, double falsePositive, long seed) {
        this.rule = rule;
        this.truePositive = Draw.probability("true-positive rate", truePositive);
        this.falsePositive = Draw.probability("false-positive rate", falsePositive);
        this.seed = seed;
        names = List.copyOf(rule.routes());
        if (names.isEmpty()) {
            throw new IllegalArgumentException(
                    "label noise needs a rule that says which routes it has; see"
                            + " RoutingRule.named");
        }
        names.forEach(name -> detectors.add(Draw.of(seed, KEY + "/" + name)));
    }

    @Override
    public Assignment assign(B batch) {
        Assignment truth = rule.assign(batch);
        int each = Draw.pointsPerExample(truth, batch);
        int[] ids = new int[truth.points()];
        for (int p = 0; p < ids.length; p++) {
            int own = truth.id(p) < 0 ? -1 : index(truth.routes().get(truth.id(p)));
            ids[p] = detected(own, batch.example(p / each), p % each);
        }
        if (!truth.blended()) {
            return Assignment.of(names, ids, truth.shape());
        }
        float[] weights = new float[ids.length];
        for (int p = 0; p < ids.length; p++) {
            int own = truth.id(p) < 0 ? -1 : index(truth.routes().get(truth.id(p)));
            weights[p] =
                    ids[p] < 0
                            ? Float.NaN
                            : ids[p] == own
                                    ? truth.weight(p)
                                    : truth.routes().indexOf(names.get(ids[p]));
        }
        return Assignment.blend(
                truth.routes().get(0), truth.routes().get(1), weights, truth.shape());
    }

    private int index(String name) {
        int index = names.indexOf(name);
        if (index < 0) {
            throw new RoutingException(
                    "a rule gave the route " + name + ", it announced only " + names);
        }
        return index;
    }

    private int detected(int own, long example, long position) {
        if (own >= 0 && detectors.get(own).at(example, position) < truePositive) {
            return own;
        }
        for (int r = 0; r < names.size(); r++) {
            if (r != own && detectors.get(r).at(example, position) < falsePositive) {
                return r;
            }
        }
        return -1;
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
        if (inner.isEmpty()
                || inner.containsKey(KEY)
                || inner.containsKey("labelled")
                || !seeded.equals(seed)) {
            return Map.of();
        }
        Map<String, Object> all = new LinkedHashMap<>(inner);
        all.put(KEY, Map.of("true_positive", truePositive, "false_positive", falsePositive));
        all.put("seed", seed);
        return all;
    }
}
