package dev.sluice.routing.text;

import dev.sluice.routing.Assignment;
import dev.sluice.routing.Batch;
import dev.sluice.routing.RoutingRule;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Routes whole sequences in which a phrase occurs among the targets; the first route wins whose
 * phrase occurs.
 */
public final class SequenceRule implements RoutingRule<Batch.Sequences> {
    private final Map<String, List<Phrase>> phrases;
    private final PhraseSearch search;

    /**
     * @param phrases of each route, in the order in which earlier ones win
     * @throws IllegalArgumentException if there is none
     */
    public SequenceRule(Map<String, List<Phrase>> phrases, TextSource source) {
        this.phrases = new LinkedHashMap<>(phrases);
        search = new PhraseSearch(this.phrases, source);
    }

    @Override
    public Assignment assign(Batch.Sequences batch) {
        int[] ids = Targets.none(batch);
        int length = batch.length() - 1;
        for (int row = 0; row < batch.size(); row++) {
            int[] first = {Integer.MAX_VALUE};
            search.mark(batch, row, (from, to, route) -> first[0] = Math.min(first[0], route));
            if (first[0] != Integer.MAX_VALUE) {
                Arrays.fill(ids, row * length, (row + 1) * length, first[0]);
            }
        }
        return Targets.assignment(batch, search.routes(), ids);
    }

    @Override
    public Set<String> routes() {
        return new LinkedHashSet<>(search.routes());
    }

    @Override
    public Map<String, Object> description() {
        return Map.of("sequence_if", PhraseSearch.description(phrases));
    }
}
