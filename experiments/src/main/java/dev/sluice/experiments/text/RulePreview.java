package dev.sluice.experiments.text;

import dev.sluice.data.text.corpus.Document;
import dev.sluice.data.text.tokenizer.Tokenizer;
import dev.sluice.routing.Assignment;
import dev.sluice.routing.Batch;
import dev.sluice.routing.RoutingRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a rule catches in text, found without a model: use it before training. A token belongs to a
 * route where it is the target; the first token of a document never is. Of a blend, the first route
 * counts as caught where it has at least half.
 *
 * @param documents how many were read
 * @param tokens how many they have
 * @param caught targets of each route, in the order of the rule
 * @param hits what was caught, the commonest first
 * @param nearMisses what was not and looks as if it should be, the commonest first
 * @param lines the first documents, token by token
 */
public record RulePreview(
        long documents,
        long tokens,
        Map<String, Long> caught,
        List<Hit> hits,
        List<NearMiss> nearMisses,
        List<List<Piece>> lines) {
    /** Why a rule that goes by labels catches nothing where there are none. */
    public static final String NO_LABELS =
            "note: no document has a label, so document_label catches nothing (label_field names the"
                    + " field of a JSON line)";

    /** Whether a rule, or one within it, goes by the labels of documents. */
    public static boolean byLabel(RoutingRule<?> rule) {
        return within(rule.description());
    }

    private static boolean within(@Nullable Object said) {
        if (said instanceof Map<?, ?> map) {
            return map.containsKey("document_label")
                    || map.values().stream().anyMatch(RulePreview::within);
        }
        return said instanceof List<?> list && list.stream().anyMatch(RulePreview::within);
    }

    /** Tokens side by side that were caught by one route, and how often. */
    public record Hit(String text, String route, long count) {}

    /** A word that was not caught, why it might have been meant, and how often it occurs. */
    public record NearMiss(String text, String why, long count) {}

    /** The targets: every token but the first of each document. */
    public long targets() {
        return Math.max(0, tokens - documents);
    }

    /** Whether the rule gives tokens a share of a route: of the documents shown, that is. */
    public boolean blended() {
        return lines.stream()
                .flatMap(List::stream)
                .anyMatch(piece -> piece.share() > 0 && piece.share() < 1);
    }

    /** The share of all targets that were caught, 0 to 1. */
    public double matchRate() {
        long sum = caught.values().stream().mapToLong(Long::longValue).sum();
        return targets() == 0 ? 0 : (double) sum / targets();
    }

    /**
     * Reads documents to their end.
     *
     * @param shown how many of the first documents are kept token by token
     * @throws java.util.concurrent.CancellationException if this thread is interrupted
     */
    public static RulePreview of(
            RoutingRule<? super Batch.Sequences> rule,
            Tokenizer tokenizer,
            Iterator<Document> documents,
            int shown) {
        Counts counts = new Counts(tokenizer, new NearMisses(RuleWords.of(rule)));
        while (documents.hasNext()) {
            TextRow.goOn();
            counts.add(rule, documents.next(), shown);
        }
        return counts.preview(rule);
    }

    /** What has been seen so far. */
    private static final class Counts {
        /** Tokens may hold the end of one character and the beginning of the next, and so on. */
        private static final int MOST_TOKENS = 16;

        private final Tokenizer tokenizer;
        private final NearMisses misses;
        private final Map<String, Long> caught = new LinkedHashMap<>();
        private final Map<Hit, Long> hits = new HashMap<>();
        private final List<List<Piece>> lines = new ArrayList<>();
        private long documents;
        private long tokens;

        Counts(Tokenizer tokenizer, NearMisses misses) {
            this.tokenizer = tokenizer;
            this.misses = misses;
        }

        void add(RoutingRule<? super Batch.Sequences> rule, Document document, int shown) {
            int[] ids = tokenizer.encode(document.text());
            if (ids.length == 0) {
                return;
            }
            List<Piece> pieces = pieces(rule, document, ids);
            documents++;
            tokens += ids.length;
            pieces.stream()
                    .filter(Piece::routed)
                    .forEach(p -> caught.merge(p.route(), 1L, Long::sum));
            for (Hit hit : runs(pieces)) {
                hits.merge(hit, 1L, Long::sum);
            }
            misses.add(pieces);
            if (lines.size() < shown) {
                lines.add(pieces);
            }
        }

        private List<Piece> pieces(
                RoutingRule<? super Batch.Sequences> rule, Document document, int[] ids) {
            List<Piece> pieces = new ArrayList<>();
            List<String> texts = texts(ids);
            pieces.add(new Piece(texts.get(0), "", 0));
            if (ids.length == 1) {
                return pieces;
            }
            Assignment routes =
                    rule.assign(new TextRow(document.number(), document.label().orElse(null), ids));
            named(routes).forEach(route -> caught.putIfAbsent(route, 0L));
            int each = (ids.length - 1) / routes.points();
            for (int j = 0; j < ids.length - 1; j++) {
                pieces.add(piece(texts.get(j + 1), routes, j / each));
            }
            return pieces;
        }

        /**
         * What each token adds to a text; what several tokens hold only together is said by the
         * first of them.
         */
        private List<String> texts(int[] ids) {
            List<String> texts = new ArrayList<>();
            while (texts.size() < ids.length) {
                TextRow.goOn();
                int from = texts.size();
                int to = from + 1;
                String alone = tokenizer.text(ids[from]);
                String text = alone;
                while (partial(text) && to < Math.min(ids.length, from + MOST_TOKENS)) {
                    text = tokenizer.decode(Arrays.copyOfRange(ids, from, ++to));
                }
                if (partial(text)) {
                    texts.add(alone);
                } else {
                    texts.add(text);
                    texts.addAll(Collections.nCopies(to - from - 1, ""));
                }
            }
            return texts;
        }

        private static boolean partial(String text) {
            return text.indexOf('\uFFFD') >= 0;
        }

        /** The routes that count as caught; of a blend the first alone. */
        private static List<String> named(Assignment routes) {
            return routes.blended() ? routes.routes().subList(0, 1) : routes.routes();
        }

        private static Piece piece(String text, Assignment routes, int point) {
            if (routes.id(point) < 0) {
                return new Piece(text, "", 0);
            }
            return routes.blended()
                    ? new Piece(text, routes.routes().get(0), 1 - routes.weight(point))
                    : new Piece(text, routes.routes().get(routes.id(point)), 1);
        }

        /** Caught tokens side by side, as one hit each. */
        private static List<Hit> runs(List<Piece> pieces) {
            List<Hit> runs = new ArrayList<>();
            StringBuilder run = new StringBuilder();
            String route = "";
            for (Piece piece : pieces) {
                boolean goesOn = piece.routed() && piece.route().equals(route);
                if (!goesOn && run.length() > 0) {
                    runs.add(new Hit(run.toString(), route, 1));
                    run.setLength(0);
                }
                route = piece.routed() ? piece.route() : "";
                run.append(piece.routed() ? piece.text() : "");
            }
            if (run.length() > 0) {
                runs.add(new Hit(run.toString(), route, 1));
            }
            return runs;
        }

        RulePreview preview(RoutingRule<?> rule) {
            if (caught.isEmpty()) {
                rule.routes().forEach(route -> caught.put(route, 0L));
            }
            List<Hit> common =
                    hits.entrySet().stream()
                            .map(e -> new Hit(e.getKey().text(), e.getKey().route(), e.getValue()))
                            .sorted(
                                    Comparator.comparingLong(Hit::count)
                                            .reversed()
                                            .thenComparing(Hit::text))
                            .toList();
            return new RulePreview(documents, tokens, caught, common, misses.found(), lines);
        }
    }
}
