package dev.sluice.routing.text;

import dev.sluice.routing.Assignment;
import dev.sluice.routing.Batch;
import dev.sluice.routing.RoutingRule;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Routes targets that are one of a few tokens. Use it for words that are one token each; for words
 * of several, {@link PhraseRule}. Token numbers beyond the vocabulary count as its last.
 */
public final class TokenRule implements RoutingRule<Batch.Sequences> {
    private final Map<String, String> tokens;
    private final List<String> names;
    private final int[] byToken;

    /**
     * @param tokens the route of each token, by its text: {@code " tree"} and {@code "tree"} are
     *     two
     * @throws IllegalArgumentException if a text is not exactly one token of the vocabulary, or
     *     there is none
     */
    public TokenRule(Map<String, String> tokens, TextSource source) {
        this.tokens = Collections.unmodifiableMap(new LinkedHashMap<>(tokens));
        names = List.copyOf(new LinkedHashSet<>(tokens.values()));
        if (names.isEmpty()) {
            throw new IllegalArgumentException("a token rule needs at least one token");
        }
        byToken = new int[source.vocabulary()];
        Arrays.fill(byToken, -1);
        this.tokens.forEach((text, route) -> byToken[source.single(text)] = names.indexOf(route));
    }

    @Override
    public Assignment assign(Batch.Sequences batch) {
        return Targets.assignment(
                batch,
                names,
                Targets.ids(batch, token -> byToken[Math.min(token, byToken.length - 1)]));
    }

    @Override
    public Set<String> routes() {
        return new LinkedHashSet<>(names);
    }

    @Override
    public Map<String, Object> description() {
        return Map.of("tokens", tokens);
    }
}
