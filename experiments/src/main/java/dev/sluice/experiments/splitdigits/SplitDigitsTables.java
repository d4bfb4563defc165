package dev.sluice.experiments.splitdigits;

import dev.sluice.experiments.RunView;
import dev.sluice.report.Table;
import dev.sluice.report.Table.Cell;
import dev.sluice.report.Table.Column;
import java.util.ArrayList;
import java.util.List;

/** The run's numbers as tables: by variant, and by digit. */
final class SplitDigitsTables {
    private static final int DECIMALS = 3;

    private SplitDigitsTables() {}

    /** What each half knows of each group of digits: the paper's table 2, both halves. */
    static Table separation(RunView run) {
        Table table =
                Table.of(
                        "Separation and errors (MSE) by variant",
                        Column.text("variant"),
                        Column.number("separation low", 2),
                        Column.number("separation high", 2),
                        Column.number("decoder low", DECIMALS),
                        Column.number("decoder high", DECIMALS),
                        Column.number("cert. low, low", DECIMALS),
                        Column.number("cert. low, high", DECIMALS),
                        Column.number("cert. high, low", DECIMALS),
                        Column.number("cert. high, high", DECIMALS));
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
                        variant + ": " + kind.toUpperCase(java.util.Locale.ROOT) + " by digit",
                        Column.text("digit"),
                        Column.number("decoder", DECIMALS),
                        Column.number("certificate low", DECIMALS),
                        Column.number("certificate high", DECIMALS));
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

    private static Cell cell(RunView run, String variant, String metric) {
        double half = run.halfWidth(variant, metric);
        double mean = run.mean(variant, metric);
        return Double.isNaN(half) ? Cell.of(mean) : Cell.of(mean, half);
    }
}
