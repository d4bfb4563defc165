package example;

import dev.sluice.routing.Batch;
import dev.sluice.routing.RoutingRule;
import dev.sluice.routing.plan.PlanNode;
import dev.sluice.routing.plan.RuleReader;
import java.util.List;
import java.util.Set;

/** Teaches plan files the rule {@code parity: {even: NAME, odd: NAME}}; found by ServiceLoader. */
public final class ParityRule implements RuleReader {
    @Override
    public Set<String> keys() {
        return Set.of("parity");
    }

    @Override
    public <B extends Batch> RoutingRule<? super B> read(String key, PlanNode value, Context<B> context) {
        value.mapping(List.of("even", "odd"));
        String even = value.get("even").text();
        String odd = value.get("odd").text();
        return context.over(Batch.Labelled.class, RoutingRule.label(y -> y % 2 == 0 ? even : odd));
    }
}
