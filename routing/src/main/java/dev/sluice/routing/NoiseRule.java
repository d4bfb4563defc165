package dev.sluice.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Replaces what a rule says by what unreliable detectors, one for each route, say. */
final class NoiseRule<B extends Batch> extends SeededRule<B> {
    private static final String KEY = "noise";

    private final double truePositive;
    private final double falsePositive;
    private final List<String> names;
    private final List<Draw> detectors = new ArrayList<>();

    NoiseRule(RoutingRule<? super B> rule, double truePositive, double falsePositive, long seed) {
        super(rule, seed, KEY);
        this.truePositive = Draw.probability("true-positive rate", truePositive);
        this.falsePositive = Draw.probability("false-positive rate", falsePositive);
        names = List.copyOf(rule.routes());
        if (names.isEmpty()) {
            throw new IllegalArgumentException(
                    "label noise needs a rule that says which routes it has; see"
                            + " RoutingRule.named");
        }
        names.forEach(name -> detectors.add(Draw.of(seed, KEY + "/" + name)));
    }

    @Override
    Assignment change(Assignment truth, B batch, int each) {
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
    Object setting() {
        return Map.of("true_positive", truePositive, "false_positive", falsePositive);
    }
}
