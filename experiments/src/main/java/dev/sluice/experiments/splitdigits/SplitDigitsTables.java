package dev.sluice.experiments.splitdigits;

import dev.sluice.experiments.RunView;
import dev.sluice.report.Table;
import dev.sluice.report.Table.Cell;
import dev.sluice.report.Table.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The run's numbers as tables: by variant, and by digit. */
final class SplitDigitsTables {
    private static final int DECIMALS = 3;
    private static final List<String> READERS =
            List.of("decoder", "certificate.low", "certificate.high");

    private SplitDigitsTables() {}

    /** What each half knows of each group of digits. */
    static Table separation(RunView run) {
        Table table =
                Table.of(
                        "Separation and errors (MSE)",
                        Column.text("variant"),
                        Column.number("separation 0-4", 2),
                        Column.number("separation 5-9", 2),
                        Column.number("decoder 0-4", DECIMALS),
                        Column.number("decoder 5-9", DECIMALS),
                        Column.number("low half 0-4", DECIMALS),
                        Column.number("low half 5-9", DECIMALS),
                        Column.number("high half 0-4", DECIMALS),
                        Column.number("high half 5-9", DECIMALS));
        String[] metrics = {
            "separation.low",
            "separation.high",
            "decoder.mse.low",
            "decoder.mse.high",
            "certificate.low.mse.low",
            "certificate.low.mse.high",
            "certificate.high.mse.low",
            "certificate.high.mse.high"
        };
        for (String variant : run.variants()) {
            List<Cell> cells = new ArrayList<>();
            cells.add(Cell.of(variant));
            for (String metric : metrics) {
                cells.add(cell(run, variant, metric));
            }
            table.row(cells.toArray(Cell[]::new));
        }
        return table;
    }

    /** Errors of the decoder and both certificates for each digit. */
    static Table byDigit(RunView run, String variant, String kind) {
        Table table =
                Table.of(
                        variant + ": " + kind.toUpperCase(Locale.ROOT) + " by digit",
                        Column.text("digit"),
                        Column.number("decoder", DECIMALS),
                        Column.number("low half", DECIMALS),
                        Column.number("high half", DECIMALS));
        for (int digit = 0; digit < 10; digit++) {
            String prefix = "per_label." + digit + ".";
            table.row(
                    Cell.of(Integer.toString(digit)),
                    cell(run, variant, prefix + "decoder." + kind),
                    cell(run, variant, prefix + "certificate.low." + kind),
                    cell(run, variant, prefix + "certificate.high." + kind));
        }
        return table;
    }

    /**
     * One row for each training and digit, every digit of the numbers: for one's own statistics.
     */
    static Table everyDigit(RunView run) {
        List<Column> columns = new ArrayList<>();
        columns.add(Column.text("variant"));
        columns.add(Column.text("seed"));
        columns.add(Column.text("digit"));
        for (String reader : READERS) {
            columns.add(Column.number(reader + ".mse", DECIMALS));
            columns.add(Column.number(reader + ".mae", DECIMALS));
        }
        Table table = Table.of("Errors by training and digit", columns.toArray(Column[]::new));
        for (String variant : run.variants()) {
            for (int i = 0; i < run.manifest().seeds().size(); i++) {
                for (int digit = 0; digit < 10; digit++) {
                    List<Cell> cells = new ArrayList<>();
                    cells.add(Cell.of(variant));
                    cells.add(Cell.of(run.manifest().seeds().get(i).toString()));
                    cells.add(Cell.of(Integer.toString(digit)));
                    for (Column c : columns.subList(3, columns.size())) {
                        String metric = "per_label." + digit + "." + c.name();
                        List<Double> values = run.values(variant, metric);
                        cells.add(Cell.of(i < values.size() ? values.get(i) : Double.NaN));
                    }
                    table.row(cells.toArray(Cell[]::new));
                }
            }
        }
        return table;
    }

    /**
     * The form of the paper's table 2: how well the half meant for 5-9 reconstructs both groups.
     * The paper's intervals treat digits and runs alike as samples; these are over seeds alone.
     */
    static Table published(RunView run) {
        Table table =
                Table.of(
                        "Mean squared error of the certificate that reads the half meant for 5-9,"
                                + " mean over seeds and half width of its 95 % interval.",
                        Column.text("Setting"),
                        Column.number("Loss 0-4", 2),
                        Column.number("Loss 5-9", 2));
        for (String name : run.variants()) {
            table.row(
                    Cell.of(SplitDigits.describe(name)),
                    cell(run, name, "certificate.high.mse.low"),
                    cell(run, name, "certificate.high.mse.high"));
        }
        return table;
    }

    private static Cell cell(RunView run, String variant, String metric) {
        double half = run.halfWidth(variant, metric);
        double mean = run.mean(variant, metric);
        return Double.isNaN(half) ? Cell.of(mean) : Cell.of(mean, half);
    }
}
