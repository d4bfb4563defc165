package dev.sluice.routing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;

/**
 * Rules with the same two routes whose answers become one blend: an answer of the first route
 * counts 0, of the second 1, a blend its weight, and no route 1.
 *
 * @param what these rules make, in the plural for complaints
 */
record BlendedRules<B>(String what, List<? extends RoutingRule<? super B>> rules) {
    BlendedRules {
        if (rules.isEmpty()) {
            throw new IllegalArgumentException(what + " needs at least one rule");
        }
    }

    /** The two routes, in the order of the first rule that names both. */
    List<String> names() {
        List<String> two =
                rules.stream()
                        .map(RoutingRule::routes)
                        .filter(routes -> routes.size() == 2)
                        .findFirst()
                        .map(List::copyOf)
                        .orElse(List.of());
        for (RoutingRule<?> rule : rules) {
            if (rule.routes().isEmpty() || !two.containsAll(rule.routes())) {
                throw new IllegalArgumentException(
                        "the rules of "
                                + what
                                + " have the same two routes, found "
                                + rules.stream().map(RoutingRule::routes).toList());
            }
        }
        return two;
    }

    /**
     * The blend of a batch. A point that no rule gives a route has none.
     *
     * @param weights what each rule's answers are multiplied by
     * @param join makes one number of what was joined before, 0 at first, and the next
     */
    Assignment blend(B batch, List<String> names, double[] weights, DoubleBinaryOperator join) {
        List<Assignment> parts = new ArrayList<>();
        long[] shape = new long[0];
        for (RoutingRule<? super B> rule : rules) {
            Assignment part = rule.assign(batch);
            parts.add(part);
            shape = part.shape().length > shape.length ? part.shape() : shape;
        }
        int points = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
        double[] joined = new double[points];
        boolean[] routed = new boolean[points];
        for (int k = 0; k < parts.size(); k++) {
            Assignment part = parts.get(k);
            check(part, names, shape);
            int each = part.points() == 0 ? 1 : points / part.points();
            for (int p = 0; p < points; p++) {
                joined[p] =
                        join.applyAsDouble(joined[p], weights[k] * value(part, p / each, names));
                routed[p] |= part.id(p / each) >= 0;
            }
        }
        float[] blend = new float[points];
        for (int p = 0; p < points; p++) {
            blend[p] = routed[p] ? (float) Math.min(1, joined[p]) : Float.NaN;
        }
        return Assignment.blend(names.get(0), names.get(1), blend, shape);
    }

    /** The rules in the language of plan files; empty if one of them cannot be written down. */
    List<Map<String, Object>> descriptions() {
        List<Map<String, Object>> all = new ArrayList<>();
        for (RoutingRule<?> rule : rules) {
            Map<String, Object> one = rule.description();
            if (one.isEmpty()) {
                return List.of();
            }
            all.add(one);
        }
        return all;
    }

    private void check(Assignment part, List<String> names, long[] shape) {
        if (!names.containsAll(part.routes())) {
            throw new RoutingException(
                    "a rule of " + what + " gave the routes " + part.routes() + ", not " + names);
        }
        long[] own = part.shape();
        if (!Arrays.equals(own, Arrays.copyOf(shape, own.length))) {
            throw new RoutingException(
                    "the rules of "
                            + what
                            + " answered for the shapes "
                            + Arrays.toString(shape)
                            + " and "
                            + Arrays.toString(own));
        }
    }

    private static double value(Assignment part, int point, List<String> names) {
        if (part.id(point) < 0) {
            return 1;
        }
        if (!part.blended()) {
            return part.is(point, names.get(1)) ? 1 : 0;
        }
        boolean swapped = part.routes().get(0).equals(names.get(1));
        return swapped ? 1 - part.weight(point) : part.weight(point);
    }
}
