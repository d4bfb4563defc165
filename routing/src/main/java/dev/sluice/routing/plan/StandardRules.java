package dev.sluice.routing.plan;

import dev.sluice.routing.Batch;
import dev.sluice.routing.RoutingRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules that plan files know without further jars: label, labels_file, mixture, largest. */
public final class StandardRules implements RuleReader {
    /** For {@code ServiceLoader}. */
    public StandardRules() {}

    @Override
    public Set<String> keys() {
        return Set.of("label", "labels_file", "mixture", "largest");
    }

    @Override
    public <B extends Batch> RoutingRule<? super B> read(
            String key, PlanNode value, Context<B> context) {
        return switch (key) {
            case "label" -> context.over(Batch.Labelled.class, label(value));
            case "labels_file" -> context.over(Batch.class, LabelsFile.read(context.file(value)));
            case "largest" -> largest(value, context);
            default -> mixture(value, context);
        };
    }

    private static RoutingRule<Batch.Labelled> label(PlanNode value) {
        Map<String, List<Integer>> labels = new LinkedHashMap<>();
        value.mapping()
                .forEach(
                        (route, list) ->
                                labels.put(
                                        route,
                                        list.list().stream()
                                                .map(StandardRules::labelNumber)
                                                .toList()));
        if (labels.isEmpty()) {
            throw value.wrong("a list of labels for each route");
        }
        return RoutingRule.label(labels);
    }

    private static int labelNumber(PlanNode node) {
        return (int) node.integer(Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    private static <B extends Batch> RoutingRule<B> largest(PlanNode value, Context<B> context) {
        List<RoutingRule<? super B>> rules = new ArrayList<>();
        value.list().forEach(by -> rules.add(context.rule(by)));
        return RoutingRule.largest(rules);
    }

    private static <B extends Batch> RoutingRule<B> mixture(PlanNode value, Context<B> context) {
        List<RoutingRule<? super B>> rules = new ArrayList<>();
        List<Double> weights = new ArrayList<>();
        for (PlanNode part : value.list()) {
            part.mapping(List.of("weight", "by"));
            weights.add(part.get("weight").number(0, Double.MAX_VALUE));
            rules.add(context.rule(part.get("by")));
        }
        return RoutingRule.mixture(
                rules, weights.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
