package dev.sluice.report;

import dev.sluice.report.Table.Cell;
import dev.sluice.report.Table.Column;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A page with one of everything, from formulas alone. */
final class SamplePage {
    private static final List<String> DIGITS =
            IntStream.range(0, 10).mapToObj(Integer::toString).toList();

    private SamplePage() {}

    static HtmlReport page() {
        return HtmlReport.titled("Split digits")
                .subtitle("Routed and its control on generated digits, preset quick, five seeds.")
                .keyFigure("Separation, low", "2.13", "95 % interval 2.05 to 2.21")
                .keyFigure("Separation, high", "1.94", "95 % interval 1.83 to 2.05")
                .keyFigure("Separation without routing", "1.02", "95 % interval 0.98 to 1.06")
                .keyFigure("Isolation violations", "0", "2 claims, 12 steps checked")
                .section("What must hold", SamplePage::claims)
                .section(
                        "Errors by digit",
                        s ->
                                s.prose(
                                                "Each certificate is a decoder that was trained on one half of the code only. Where a half"
                                                        + " holds nothing of a digit, its certificate can do no better than a constant image.")
                                        .figure(
                                                bars(),
                                                "Mean squared error by digit, with 95 % intervals over five seeds.")
                                        .table(errors()))
                .section(
                        "Training",
                        s ->
                                s.figure(
                                                losses(),
                                                "Loss on the training batches. Bands are 95 % intervals over seeds.")
                                        .figure(manySeeds(), "The same for each seed of its own."))
                .section(
                        "Sweeps",
                        s ->
                                s.figure(sweep(), "Separation over the weight of the L1 penalty.")
                                        .figure(
                                                namedSweep(),
                                                "Separation over the size of the code."))
                .section(
                        "The code",
                        s ->
                                s.figure(code(), "Codes of 50 test images, sorted by label.")
                                        .figure(
                                                correlation(),
                                                "Correlation of the two halves; `0.1` is the weight of its penalty.")
                                        .figure(histogram(), "Activations of both halves."))
                .section(
                        "Pictures",
                        s ->
                                s.figure(images(), "Inputs, and what each half alone gives back.")
                                        .details(
                                                "Configuration",
                                                d ->
                                                        d.prose("Every setting of the run.")
                                                                .code(
                                                                        "./sluice run split-digits --preset quick --variants routed,no-routing --seeds 5 --data generated --set epochs=20,batch=512")
                                                                .table(settings()))
                                        .details(
                                                "Environment",
                                                d -> d.prose("JDK 17, two threads.")))
                .footer("Sluice 0.1.0, preset quick, seeds 0 to 4.");
    }

    private static void claims(HtmlReport.Section s) {
        s.prose(
                        "Both halves of the code were trained at once. Gradients of `reconstruction` from digits 0 to 4"
                                + " reach the first half only, those from 5 to 9 the second.")
                .check(true, "Separation is at least 1.6 in every seed.", "Least: 1.83.")
                .check(
                        true,
                        "The low half gets nothing from the digits 5 to 9.",
                        "0 of 131 072 entries changed.")
                .check(
                        false,
                        "The decoder's error is at most 0.6 of the best constant image's.",
                        "0.64 at seed 3.");
    }

    static BarChart bars() {
        double[] decoder = values(10, i -> 0.08 + 0.02 * Math.sin(i));
        double[] first = values(10, i -> i <= 4 ? 0.1 + 0.01 * i : 0.31 + 0.02 * Math.sin(i * 2.0));
        double[] second = values(10, i -> i > 4 ? 0.09 + 0.005 * i : 0.29 + 0.03 * Math.cos(i));
        return BarChart.over("Error by digit", "digit", "mean squared error", DIGITS)
                .add(
                        "Decoder",
                        decoder,
                        values(10, i -> decoder[i] - 0.008),
                        values(10, i -> decoder[i] + 0.008))
                .add(
                        "Certificate of the low half",
                        first,
                        values(10, i -> first[i] - 0.02),
                        values(10, i -> first[i] + 0.02))
                .add(
                        "Certificate of the high half",
                        second,
                        values(10, i -> second[i] - 0.015),
                        values(10, i -> second[i] + 0.015))
                .divide(4, "routed to the low half", "routed to the high half")
                .reference("best constant image", 0.255);
    }

    static LineChart losses() {
        LineChart chart = LineChart.curves("Loss", "step", "loss, logarithmic").logY();
        String[] names = {"Decoder", "Certificate, low half", "Certificate, high half"};
        double[] x = values(3000, i -> i * 2.0);
        for (int k = 0; k < names.length; k++) {
            double floor = 0.08 + 0.11 * k;
            double[] y =
                    values(
                            3000,
                            i ->
                                    floor
                                            + 0.9 * Math.exp(-i / 300.0)
                                            + 0.012 * Math.sin(i * 12.9898) * Math.sin(i * 3.1));
            chart.add(names[k], x, y, values(3000, i -> y[i] * 0.9), values(3000, i -> y[i] * 1.1));
        }
        return chart;
    }

    static LineChart manySeeds() {
        LineChart chart = LineChart.curves("Loss of each seed", "step", "loss");
        double[] x = values(60, i -> i * 100.0);
        for (int seed = 0; seed < 10; seed++) {
            double shift = seed * 0.004;
            chart.add("seed " + seed, x, values(60, i -> 0.1 + shift + Math.exp(-i / 8.0)));
        }
        return chart.reference("target", 0.3);
    }

    static LineChart sweep() {
        double[] x = {1e-5, 1e-4, 1e-3, 2e-3, 3e-3, 4e-3, 5e-3, 1e-2, 5e-2};
        double[] first = {1.05, 1.1, 1.5, 1.8, 2.1, 2.15, 2.0, 1.4, 1.0};
        double[] second = {1.02, 1.08, 1.35, 1.7, 1.9, 1.95, 1.9, 1.3, 1.01};
        return LineChart.sweep("Separation by L1 weight", "L1 weight, logarithmic", "separation")
                .logX()
                .add(
                        "low",
                        x,
                        first,
                        values(9, i -> first[i] - 0.1),
                        values(9, i -> first[i] + 0.1))
                .add(
                        "high",
                        x,
                        second,
                        values(9, i -> second[i] - 0.15),
                        values(9, i -> second[i] + 0.15))
                .reference("required", 1.6);
    }

    static LineChart namedSweep() {
        List<String> sizes = List.of("4", "8", "16", "32", "40", "64", "128", "256");
        double[] y = {1.2, 1.5, 1.9, 2.1, 2.12, 2.0, 1.9, 1.7};
        return LineChart.sweep("Separation by code size", "units of the code", "separation", sizes)
                .add(
                        "routed",
                        values(8, i -> i),
                        y,
                        values(8, i -> y[i] - 0.12),
                        values(8, i -> y[i] + 0.12))
                .add("no routing", values(8, i -> i), values(8, i -> 1 + 0.03 * Math.sin(i)));
    }

    static HeatMap code() {
        double[][] codes = new double[50][];
        for (int r = 0; r < 50; r++) {
            int digit = r / 5;
            int image = r;
            codes[r] =
                    values(
                            32,
                            c ->
                                    (digit <= 4) == (c < 16)
                                            ? 3 * Math.sin(c * 1.7 + digit * 2.3)
                                                    + 0.4 * Math.sin(image * c)
                                            : 0.2 * Math.sin(image * 1.0 + c));
        }
        codes[23][7] = Double.NaN;
        List<String> halves =
                IntStream.range(0, 32).mapToObj(c -> c < 16 ? "low half" : "high half").toList();
        return HeatMap.of("Code by label", codes)
                .rows(
                        "digit",
                        IntStream.range(0, 50).mapToObj(r -> Integer.toString(r / 5)).toList())
                .columns("unit of the code", halves);
    }

    static HeatMap correlation() {
        double[][] values = new double[16][];
        for (int r = 0; r < 16; r++) {
            int row = r;
            values[r] = values(16, c -> Math.sin(row * 3.1 + c * 5.3) * 0.5 * Math.cos(c - row));
        }
        List<String> units = IntStream.range(0, 16).mapToObj(Integer::toString).toList();
        return HeatMap.of("Correlation of the halves", values, 1)
                .rows("unit of the low half", units)
                .columns("unit of the high half", units);
    }

    static Histogram histogram() {
        return Histogram.of("Activations", "activation", 40)
                .add("low half", values(2000, i -> 2 * Math.sin(i * 0.7) + Math.sin(i * 1.3)))
                .add("high half", values(2000, i -> Math.cos(i * 0.9) * Math.sin(i * 2.1)));
    }

    static ImageGrid images() {
        ImageGrid grid = ImageGrid.of("Reconstructions", 28, 28).columns(DIGITS);
        for (String label : List.of("input", "low half", "high half")) {
            List<byte[]> row = new ArrayList<>();
            for (int digit = 0; digit < 10; digit++) {
                row.add(
                        ring(
                                digit,
                                label.equals("input")
                                        ? 0
                                        : (label.equals("low half") == digit <= 4) ? 0.3 : 0.9));
            }
            grid.row(label, row);
        }
        return grid;
    }

    private static byte[] ring(int digit, double blur) {
        float[] pixels = new float[28 * 28];
        for (int i = 0; i < pixels.length; i++) {
            double x = (i % 28 - 13.5) / 9;
            double y = (Math.floorDiv(i, 28) - 13.5) / 10;
            double r = Math.hypot(x, y) - 0.75 - 0.2 * Math.sin(Math.atan2(y, x) * digit);
            pixels[i] = (float) (2 * Math.exp(-r * r / (0.02 + blur * 0.3)) * (1 - 0.5 * blur) - 1);
        }
        return ImageGrid.bytes(pixels, -1, 1);
    }

    static Table errors() {
        Table table =
                Table.of(
                        "Mean squared error, by digits and decoder",
                        Column.text("variant"),
                        Column.number("Decoder", 3),
                        Column.number("Low half on 0 to 4", 3),
                        Column.number("Low half on 5 to 9", 3),
                        Column.number("Separation", 2));
        table.row(
                Cell.of("routed"),
                Cell.of(0.081, 0.004),
                Cell.of(0.12, 0.011),
                Cell.of(0.312, 0.02),
                Cell.of(2.13, 0.08));
        table.row(
                Cell.of("no-routing"),
                Cell.of(0.0795, 0.003),
                Cell.of(0.131, 0.009),
                Cell.of(0.133, 0.012),
                Cell.of(1.02, 0.04));
        return table.row(
                Cell.of("best constant image"),
                Cell.of(0.255),
                Cell.of(0.255),
                Cell.of(0.255),
                Cell.of(Double.NaN));
    }

    private static Table settings() {
        return Table.of(
                        "Settings",
                        Column.text("name"),
                        Column.text("value"),
                        Column.text("meaning"))
                .row(Cell.of("epochs"), Cell.of("20"), Cell.of("passes over the training set"))
                .row(
                        Cell.of("l1"),
                        Cell.of("0.003"),
                        Cell.of("weight of the L1 penalty on each half"));
    }

    static double[] values(int size, java.util.function.IntToDoubleFunction formula) {
        double[] values = new double[size];
        Arrays.setAll(values, formula);
        return values;
    }
}
