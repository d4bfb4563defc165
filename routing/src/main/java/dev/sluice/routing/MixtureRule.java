package dev.sluice.routing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A weighted sum of rules with the same two routes. */
final class MixtureRule<B> implements RoutingRule<B> {
    private final BlendedRules<B> parts;
    private final double[] weights;
    private final List<String> names;

    MixtureRule(List<? extends RoutingRule<? super B>> rules, double[] weights) {
        parts = new BlendedRules<>("a mixture", rules);
        this.weights = weights.clone();
        if (weights.length != rules.size()) {
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
        names = parts.names();
    }

    @Override
    public Assignment assign(B batch) {
        return parts.blend(batch, names, weights, Double::sum);
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
        parts.rules().forEach(rule -> all.addAll(rule.warnings()));
        return all;
    }

    @Override
    public Map<String, Object> description() {
        List<Map<String, Object>> weighted = new ArrayList<>();
        for (Map<String, Object> rule : parts.descriptions()) {
            weighted.add(Map.of("weight", weights[weighted.size()], "by", rule));
        }
        return weighted.isEmpty() ? Map.of() : Map.of("mixture", weighted);
    }
}
