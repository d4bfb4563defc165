package dev.sluice.routing;

import java.util.function.IntPredicate;

/** Takes the route away from all but a share of the examples. */
final class LabelledRule<B extends Batch> extends SeededRule<B> {
    static final String KEY = "labelled";

    private final double share;
    private final Draw draw;

    LabelledRule(RoutingRule<? super B> rule, double share, long seed) {
        super(rule, seed, KEY);
        this.share = Draw.probability("the share that keeps its label", share);
        draw = Draw.of(seed, KEY);
    }

    @Override
    Assignment change(Assignment all, B batch, int each) {
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
    Object setting() {
        return share;
    }
}
