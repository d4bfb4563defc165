package dev.sluice.routing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The answer nearest to the second route among rules with the same two routes. */
final class LargestRule<B> implements RoutingRule<B> {
    private final BlendedRules<B> parts;
    private final List<String> names;
    private final double[] ones;

    LargestRule(List<? extends RoutingRule<? super B>> rules) {
        parts = new BlendedRules<>("the largest", rules);
        names = parts.names();
        ones = new double[rules.size()];
        Arrays.fill(ones, 1);
    }

    @Override
    public Assignment assign(B batch) {
        return parts.blend(batch, names, ones, Math::max);
    }

    @Override
    public Set<String> routes() {
        return new LinkedHashSet<>(names);
    }

    @Override
    public List<String> warnings() {
        List<String> all = new ArrayList<>();
        parts.rules().forEach(rule -> all.addAll(rule.warnings()));
        return all;
    }

    @Override
    public Map<String, Object> description() {
        List<Map<String, Object>> rules = parts.descriptions();
        return rules.isEmpty() ? Map.of() : Map.of("largest", rules);
    }
}
