package dev.sluice.experiments.language;

import dev.sluice.experiments.RunView;
import dev.sluice.report.Table;
import dev.sluice.report.Table.Cell;
import dev.sluice.report.Table.Column;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The numbers of a run of language models as tables. */
final class LanguageTables {
    private static final String LOSS = "loss.";

    private LanguageTables() {}

    static Table main(RunView run) {
        Set<String> routes = routes(run);
        List<Column> columns =
                new ArrayList<>(
                        List.of(
                                Column.text("variant"),
                                Column.number("loss (nats)", 4),
                                Column.number("perplexity", 2),
                                Column.number("accuracy", 4)));
        routes.forEach(route -> columns.add(Column.number("loss on " + route, 4)));
        Table table = Table.of("Language models, text set aside", columns.toArray(Column[]::new));
        for (String variant : run.variants()) {
            List<Cell> cells = new ArrayList<>(List.of(Cell.of(variant)));
            for (String metric : List.of("loss", "perplexity", "accuracy")) {
                cells.add(cell(run, variant, metric));
            }
            routes.forEach(route -> cells.add(cell(run, variant, LOSS + route)));
            table.row(cells.toArray(Cell[]::new));
        }
        return table;
    }

    /** The routes that some variant has. */
    static Set<String> routes(RunView run) {
        Set<String> routes = new LinkedHashSet<>();
        for (String variant : run.variants()) {
            run.summary()
                    .path("variants")
                    .path(variant)
                    .path("metrics")
                    .fieldNames()
                    .forEachRemaining(
                            name -> {
                                if (name.startsWith(LOSS)) {
                                    routes.add(name.substring(LOSS.length()));
                                }
                            });
        }
        return routes;
    }

    private static Cell cell(RunView run, String variant, String metric) {
        return Cell.of(run.mean(variant, metric));
    }
}
