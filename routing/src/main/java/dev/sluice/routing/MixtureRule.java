package dev.sluice.routing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A weighted sum of rules with the same two routes. */
final class MixtureRule<B> implements RoutingRule<B> {
    private final List<? extends RoutingRule<? super B>> rules;
    private final double[] weights;
    private final List<String> names;

    MixtureRule(List<? extends RoutingRule<? super B>> rules, double[] weights) {
        this.rules = rules;
        this.weights = weights.clone();
        if (weights.length != rules.size() || rules.isEmpty()) {
            throw new IllegalArgumentException(
                    "a mixture needs one weight for each rule, found "
                            + rules.size()
                            + " rules and "
                            + weights.length
                            + " weights");
        }
        for (double w : weights) {
            if (!(w >= 0 && w < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "a mixture's weights are finite and not negative, found " + w);
            }
        }
        names = twoNames(rules);
    }

    private static List<String> twoNames(List<? extends RoutingRule<?>> rules) {
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
                        "the rules of a mixture have the same two routes, found "
                                + rules.stream().map(RoutingRule::routes).toList());
            }
        }
        return two;
    }

    @Override
    public Assignment assign(B batch) {
        List<Assignment> parts = new ArrayList<>();
        long[] shape = new long[0];
        for (RoutingRule<? super B> rule : rules) {
            Assignment part = rule.assign(batch);
            parts.add(part);
            shape = part.shape().length > shape.length ? part.shape() : shape;
        }
        int points = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
        double[] sum = new double[points];
        boolean[] routed = new boolean[points];
        for (int k = 0; k < parts.size(); k++) {
            add(parts.get(k), weights[k], shape, sum, routed);
        }
        float[] blend = new float[points];
        for (int p = 0; p < points; p++) {
            blend[p] = routed[p] ? (float) Math.min(1, sum[p]) : Float.NaN;
        }
        return Assignment.blend(names.get(0), names.get(1), blend, shape);
    }

    private void add(Assignment part, double weight, long[] shape, double[] sum, boolean[] routed) {
        long[] own = part.shape();
        if (!names.containsAll(part.routes())) {
            throw new RoutingException(
                    "a rule of a mixture gave the routes " + part.routes() + ", not " + names);
        }
        if (!Arrays.equals(own, Arrays.copyOf(shape, own.length))) {
            throw new RoutingException(
                    "the rules of a mixture answered for the shapes "
                            + Arrays.toString(shape)
                            + " and "
                            + Arrays.toString(own));
        }
        int each = part.points() == 0 ? 1 : sum.length / part.points();
        boolean swapped = part.blended() && part.routes().get(0).equals(names.get(1));
        for (int p = 0; p < sum.length; p++) {
            int q = p / each;
            boolean given = part.id(q) >= 0;
            double value =
                    !given
                            ? 1
                            : part.blended()
                                    ? (swapped ? 1 - part.weight(q) : part.weight(q))
                                    : part.is(q, names.get(1)) ? 1 : 0;
            sum[p] += weight * value;
            routed[p] |= given;
        }
    }

    @Override
    public Set<String> routes() {
        return new LinkedHashSet<>(names);
    }

    @Override
    public List<String> warnings() {
        List<String> all = new ArrayList<>();
        double sum = Arrays.stream(weights).sum();
        if (Math.abs(sum - 1) > 1e-9) {
            all.add(
                    "the weights of the mixture sum to "
                            + sum
                            + ", not 1"
                            + (sum > 1 ? "; blends above 1 count as 1" : ""));
        }
        rules.forEach(rule -> all.addAll(rule.warnings()));
        return all;
    }

    @Override
    public Map<String, Object> description() {
        List<Map<String, Object>> parts = new ArrayList<>();
        for (int k = 0; k < weights.length; k++) {
            Map<String, Object> rule = rules.get(k).description();
            if (rule.isEmpty()) {
                return Map.of();
            }
            parts.add(Map.of("weight", weights[k], "by", rule));
        }
        return Map.of("mixture", parts);
    }
}
