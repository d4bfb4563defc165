package dev.sluice.routing.plan;

import dev.sluice.routing.Assignment;
import dev.sluice.routing.Batch;
import dev.sluice.routing.RoutingRule;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Token rules of a jar that Sluice does not know: {@code toy_tokens: {route: token}}. */
public final class ToyTextRules implements RuleReader {
    /** For {@code ServiceLoader}. */
    public ToyTextRules() {}

    /** A batch of token numbers. */
    public interface Text extends Batch {
        /** The length of a sequence. */
        int sequence();

        /** The token at a position of a row. */
        int token(int row, int position);
    }

    @Override
    public Set<String> keys() {
        return Set.of("toy_tokens");
    }

    @Override
    public <B extends Batch> RoutingRule<? super B> read(
            String key, PlanNode value, Context<B> context) {
        Map<String, Integer> tokens = new TreeMap<>();
        value.mapping().forEach((name, node) -> tokens.put(name, (int) node.integer(0, 99)));
        return context.over(Text.class, new Tokens(tokens));
    }

    private record Tokens(Map<String, Integer> tokens) implements RoutingRule<Text> {
        @Override
        public Assignment assign(Text batch) {
            List<Integer> order = List.copyOf(tokens.values());
            int[] ids = new int[batch.size() * batch.sequence()];
            for (int p = 0; p < ids.length; p++) {
                ids[p] = order.indexOf(batch.token(p / batch.sequence(), p % batch.sequence()));
            }
            return Assignment.of(List.copyOf(tokens.keySet()), ids, batch.size(), batch.sequence());
        }

        @Override
        public Set<String> routes() {
            return new LinkedHashSet<>(tokens.keySet());
        }

        @Override
        public Map<String, Object> description() {
            return Map.of("toy_tokens", tokens);
        }
    }
}
