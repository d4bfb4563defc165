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
 * Routes phrases, wherever their tokens stand in a row among the targets: their own tokens, or the
 * whole sequence around them. A phrase that begins with the first token of a row, which is no
 * target, is not found.
 */
public final class PhraseRule implements RoutingRule<Batch.Sequences> {
    private final Map<String, List<Phrase>> phrases;
    private final PhraseSearch search;
    private final boolean sequences;

    private PhraseRule(Map<String, List<Phrase>> phrases, TextSource source, boolean sequences) {
        this.phrases = new LinkedHashMap<>(phrases);
        this.search = new PhraseSearch(this.phrases, source);
        this.sequences = sequences;
    }

    /**
     * The rule for the tokens of phrases.
     *
     * @param phrases of each route; where phrases overlap, the later route wins
     * @throws IllegalArgumentException if there is none
     */
    public static PhraseRule tokens(Map<String, List<Phrase>> phrases, TextSource source) {
        return new PhraseRule(phrases, source, false);
    }

    /**
     * The rule for every token of a sequence in which a phrase occurs.
     *
     * @param phrases of each route; the first route wins whose phrase occurs
     * @throws IllegalArgumentException if there is none
     */
    public static PhraseRule sequences(Map<String, List<Phrase>> phrases, TextSource source) {
        return new PhraseRule(phrases, source, true);
    }

    @Override
    public Assignment assign(Batch.Sequences batch) {
        int[] ids = Targets.none(batch);
        int length = batch.length() - 1;
        for (int row = 0; row < batch.size(); row++) {
            int[] targets = Arrays.copyOfRange(ids, row * length, (row + 1) * length);
            if (sequences) {
                markAll(batch, row, targets);
            } else {
                search.mark(batch, row, (from, to, route) -> Arrays.fill(targets, from, to, route));
            }
            System.arraycopy(targets, 0, ids, row * length, length);
        }
        return Targets.assignment(batch, search.routes(), ids);
    }

    private void markAll(Batch.Sequences batch, int row, int[] targets) {
        int[] first = {Integer.MAX_VALUE};
        search.mark(batch, row, (from, to, route) -> first[0] = Math.min(first[0], route));
        if (first[0] != Integer.MAX_VALUE) {
            Arrays.fill(targets, first[0]);
        }
    }

    @Override
    public Set<String> routes() {
        return new LinkedHashSet<>(search.routes());
    }

    @Override
    public Map<String, Object> description() {
        return Map.of(sequences ? "sequence_if" : "phrases", PhraseSearch.description(phrases));
    }
}
