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
 * Routes every token of a phrase, wherever its tokens stand in a row among the targets. Where
 * phrases overlap, the later route wins; a phrase that begins with the first token of a row, which
 * is no target, is not found.
 */
public final class PhraseRule implements RoutingRule<Batch.Sequences> {
    private final Map<String, List<Phrase>> phrases;
    private final PhraseSearch search;

    /**
     * @param phrases of each route, in the order in which later ones win
     * @throws IllegalArgumentException if there is none
     */
    public PhraseRule(Map<String, List<Phrase>> phrases, TextSource source) {
        this.phrases = new LinkedHashMap<>(phrases);
        search = new PhraseSearch(this.phrases, source);
    }

    @Override
    public Assignment assign(Batch.Sequences batch) {
        int[] ids = Targets.none(batch);
        int length = batch.length() - 1;
        for (int row = 0; row < batch.size(); row++) {
            int first = row * length;
            search.mark(
                    batch,
                    row,
                    (from, to, route) -> Arrays.fill(ids, first + from, first + to, route));
        }
        return Targets.assignment(batch, search.routes(), ids);
    }

    @Override
    public Set<String> routes() {
        return new LinkedHashSet<>(search.routes());
    }

    @Override
    public Map<String, Object> description() {
        return Map.of("phrases", PhraseSearch.description(phrases));
    }
}
