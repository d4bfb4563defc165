package dev.sluice.routing.text;

import dev.sluice.routing.Batch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds phrases among the targets of a row, route by route in their order. */
final class PhraseSearch {
    /** A spelling with a part that the vocabulary lacks is found nowhere. */
    private static final int[] NOWHERE = {};

    private final List<String> routes;
    private final List<Spelling> spellings = new ArrayList<>();

    /** The tokens of one spelling and its route. */
    private static final class Spelling {
        private final int[] tokens;
        private final int route;

        Spelling(int[] tokens, int route) {
            this.tokens = tokens;
            this.route = route;
        }

        boolean at(Batch.Sequences batch, int row, int column) {
            for (int k = 0; k < tokens.length; k++) {
                if (batch.token(row, column + k) != tokens[k]) {
                    return false;
                }
            }
            return tokens.length > 0;
        }
    }

    /** What is done with a match. */
    @FunctionalInterface
    interface Match {
        /** Targets {@code from} to {@code to} − 1 of the row are a phrase of a route. */
        void found(int from, int to, int route);
    }

    PhraseSearch(Map<String, List<Phrase>> phrases, TextSource source) {
        routes = List.copyOf(phrases.keySet());
        for (int route = 0; route < routes.size(); route++) {
            for (Phrase phrase : phrases.getOrDefault(routes.get(route), List.of())) {
                for (String spelling : phrase.spellings()) {
                    int[] tokens = source.encode(spelling);
                    spellings.add(new Spelling(source.knows(tokens) ? tokens : NOWHERE, route));
                }
            }
        }
        if (spellings.isEmpty()) {
            throw new IllegalArgumentException("a rule for phrases needs at least one phrase");
        }
    }

    List<String> routes() {
        return routes;
    }

    void mark(Batch.Sequences batch, int row, Match match) {
        for (Spelling spelling : spellings) {
            int n = spelling.tokens.length;
            for (int column = 1; column + n <= batch.length(); column++) {
                if (spelling.at(batch, row, column)) {
                    match.found(column - 1, column - 1 + n, spelling.route);
                }
            }
        }
    }

    static Map<String, Object> description(Map<String, List<Phrase>> phrases) {
        Map<String, Object> byRoute = new LinkedHashMap<>();
        phrases.forEach(
                (route, list) ->
                        byRoute.put(route, list.stream().map(Phrase::description).toList()));
        return byRoute;
    }
}
