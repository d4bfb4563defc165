package dev.sluice.experiments.text;

import dev.sluice.experiments.text.RulePreview.Hit;
import dev.sluice.experiments.text.RulePreview.NearMiss;
import dev.sluice.experiments.text.TokenSuggestions.Suggestion;
import dev.sluice.report.BarChart;
import dev.sluice.report.HtmlReport;
import dev.sluice.report.MarkedText;
import dev.sluice.report.Table;
import dev.sluice.report.Table.Cell;
import dev.sluice.report.Table.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Previews and suggestions as tables and as pages that need no network. */
public final class RulePages {
    private static final int ROWS = 20;
    private static final int BAR = 30;

    private RulePages() {}

    /** The share of each route, and of all targets. */
    public static Table routes(RulePreview preview) {
        Table table =
                Table.of(
                        "What is caught",
                        Column.text("route"),
                        Column.number("targets", 0),
                        Column.number("share (%)", 2));
        preview.caught()
                .forEach(
                        (route, count) ->
                                table.row(
                                        Cell.of(route),
                                        Cell.of((double) count),
                                        Cell.of(100.0 * count / Math.max(1, preview.targets()))));
        return table.row(
                Cell.of("all"),
                Cell.of((double) preview.targets()),
                Cell.of(100 * preview.matchRate()));
    }

    /** The commonest hits. */
    public static Table hits(RulePreview preview) {
        Table table =
                Table.of(
                        "Commonest hits",
                        Column.text("text"),
                        Column.text("route"),
                        Column.number("count", 0));
        for (Hit hit : first(preview.hits())) {
            table.row(
                    Cell.of(visible(hit.text())),
                    Cell.of(hit.route()),
                    Cell.of((double) hit.count()));
        }
        return table;
    }

    /** The commonest near misses. */
    public static Table nearMisses(RulePreview preview) {
        Table table =
                Table.of(
                        "Near misses: not caught",
                        Column.text("word"),
                        Column.text("why"),
                        Column.number("count", 0));
        for (NearMiss miss : first(preview.nearMisses())) {
            table.row(Cell.of(miss.text()), Cell.of(miss.why()), Cell.of((double) miss.count()));
        }
        return table;
    }

    /** Suggested tokens. */
    public static Table suggestions(TokenSuggestions suggestions) {
        Table table =
                Table.of(
                        "Tokens that belong to the forget text",
                        Column.text("token"),
                        Column.number("in forget", 0),
                        Column.number("in retain", 0),
                        Column.number("ratio", 1),
                        Column.number("weight ω", 3));
        for (Suggestion s : suggestions.tokens()) {
            table.row(
                    Cell.of(visible(s.text())),
                    Cell.of((double) s.forget()),
                    Cell.of((double) s.retain()),
                    Cell.of(s.ratio()),
                    Cell.of(s.weight()));
        }
        return table;
    }

    /** How many tokens of the forget text have which weight, where there are any. */
    public static Table weights(TokenSuggestions suggestions) {
        List<Long> weights = suggestions.weights();
        long most = Math.max(1, weights.stream().mapToLong(w -> w).max().orElse(1));
        Table table =
                Table.of(
                        "Weights in the forget text: near 0 a token trains the forget part alone",
                        Column.number("weight ω from", 2),
                        Column.number("tokens", 0),
                        Column.text(""));
        for (int i = 0; i < weights.size(); i++) {
            long tokens = weights.get(i);
            if (tokens > 0) {
                table.row(
                        Cell.of((double) i / weights.size()),
                        Cell.of((double) tokens),
                        Cell.of("█".repeat((int) Math.ceil(BAR * (double) tokens / most))));
            }
        }
        return table;
    }

    /** A preview as a page. */
    public static HtmlReport page(RulePreview preview, String rule, String text) {
        HtmlReport page =
                HtmlReport.titled("What a rule catches")
                        .subtitle(rule + " over " + text)
                        .keyFigure(
                                "match rate",
                                String.format(Locale.ROOT, "%.2f %%", 100 * preview.matchRate()),
                                "of " + preview.targets() + " targets")
                        .keyFigure(
                                "documents", Long.toString(preview.documents()), "read to the end")
                        .keyFigure(
                                "near misses",
                                Long.toString(
                                        preview.nearMisses().stream()
                                                .mapToLong(NearMiss::count)
                                                .sum()),
                                "words named in another form");
        page.section("Text", section -> lines(preview, section));
        page.section(
                "Counts",
                section ->
                        section.table(routes(preview))
                                .table(hits(preview))
                                .table(nearMisses(preview)));
        return page;
    }

    /** Draws the first documents with what is caught marked. */
    public static void lines(RulePreview preview, HtmlReport.Section section) {
        section.prose(
                "The first documents. A token is marked where it is the target; the first token of"
                        + " a document never is one.");
        preview.lines().forEach(line -> section.marked(marked(line)));
    }

    /** Suggestions as a page. */
    public static HtmlReport page(TokenSuggestions suggestions, String forget, String retain) {
        HtmlReport page =
                HtmlReport.titled("Tokens for a rule")
                        .subtitle("what tells " + forget + " from " + retain);
        List<String> parts = new ArrayList<>();
        int n = suggestions.weights().size();
        for (int i = 0; i < n; i++) {
            parts.add(String.format(Locale.ROOT, "%.2f", (double) i / n));
        }
        BarChart weights =
                BarChart.over("Weights of forget text", "weight ω from", "tokens", parts)
                        .add(
                                "tokens",
                                suggestions.weights().stream().mapToDouble(w -> w).toArray());
        page.section(
                "Tokens",
                section -> {
                    suggestions.cautions().forEach(section::prose);
                    section.table(suggestions(suggestions))
                            .figure(
                                    weights,
                                    "How many tokens of the forget text have which weight;"
                                            + " near 0 a token trains the forget part alone.");
                });
        return page;
    }

    private static MarkedText marked(List<Piece> line) {
        MarkedText text = new MarkedText();
        for (Piece piece : line) {
            if (piece.share() < 0.25) {
                text.plain(piece.text());
            } else {
                text.mark(
                        piece.text(),
                        piece.share(),
                        piece.route() + String.format(Locale.ROOT, " %.2f", piece.share()));
            }
        }
        return text;
    }

    private static <T> List<T> first(List<T> all) {
        return all.subList(0, Math.min(ROWS, all.size()));
    }

    /** A text whose spaces at either end can be seen. */
    private static String visible(String text) {
        return "'" + text.replace("\n", "\\n") + "'";
    }
}
