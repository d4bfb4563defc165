package dev.sluice.experiments.routedvae;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.experiments.RunView;
import dev.sluice.report.Table;
import dev.sluice.report.Table.Cell;
import dev.sluice.report.Table.Column;
import java.util.ArrayList;
import java.util.List;

/** The run's numbers as tables: by variant, by class, and who is taken for whom. */
final class RoutedVaeTables {
    private record Shown(String metric, Column column) {}

    private static final List<Shown> MAIN =
            List.of(
                    new Shown("argmax_accuracy", Column.number("arg-max accuracy", 4)),
                    new Shown("argmax_accuracy.sampled", Column.number("sampled", 4)),
                    new Shown("dead_dimensions", Column.number("dead", 1)),
                    new Shown("reconstruction.mse", Column.number("MSE", 4)),
                    new Shown("reconstruction.sse", Column.number("sum of squares", 2)),
                    new Shown("kl", Column.number("KL", 3)),
                    new Shown("traversal.identity", Column.number("traversal identity", 2)),
                    new Shown("off_label_share", Column.number("off-label share", 3)));

    private RoutedVaeTables() {}

    static Table main(RunView run) {
        List<Column> columns = new ArrayList<>(List.of(Column.text("variant")));
        MAIN.forEach(shown -> columns.add(shown.column));
        Table table = Table.of("Routed VAE by variant, test set", columns.toArray(Column[]::new));
        for (String variant : run.variants()) {
            List<Cell> cells = new ArrayList<>(List.of(Cell.of(variant)));
            MAIN.forEach(shown -> cells.add(cell(run, variant, shown.metric)));
            table.row(cells.toArray(Cell[]::new));
        }
        return table;
    }

    static Table byClass(RunView run, String variant, int classes) {
        Table table =
                Table.of(
                        variant + ": by class",
                        Column.text("class"),
                        Column.number("recall", 3),
                        Column.number("reconstruction MSE", 4));
        for (int k = 0; k < classes; k++) {
            String prefix = "per_label." + k + ".";
            table.row(
                    Cell.of(Integer.toString(k)),
                    cell(run, variant, prefix + "recall"),
                    cell(run, variant, prefix + "reconstruction.mse"));
        }
        return table;
    }

    static Table confusion(String variant, JsonNode confusion) {
        List<Column> columns = new ArrayList<>(List.of(Column.text("class")));
        for (int k = 0; k < confusion.size(); k++) {
            columns.add(Column.number("as " + k, 0));
        }
        Table table =
                Table.of(
                        variant + ": test images of each class, by what they are read as",
                        columns.toArray(Column[]::new));
        for (int k = 0; k < confusion.size(); k++) {
            List<Cell> cells = new ArrayList<>(List.of(Cell.of(Integer.toString(k))));
            confusion.get(k).forEach(count -> cells.add(Cell.of(count.asDouble())));
            table.row(cells.toArray(Cell[]::new));
        }
        return table;
    }

    private static Cell cell(RunView run, String variant, String metric) {
        double half = run.halfWidth(variant, metric);
        double mean = run.mean(variant, metric);
        return Double.isNaN(half) ? Cell.of(mean) : Cell.of(mean, half);
    }
}
