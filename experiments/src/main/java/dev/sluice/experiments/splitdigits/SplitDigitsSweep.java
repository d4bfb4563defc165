package dev.sluice.experiments.splitdigits;

import dev.sluice.experiments.RunView;
import dev.sluice.report.HeatMap;
import dev.sluice.report.HtmlReport;
import dev.sluice.report.LineChart;
import dev.sluice.report.ScatterChart;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Figures over the points of a sweep: curves over one setting; for several settings what a half
 * knows of the other digits against what it knows of its own; for two also a map of the separation.
 */
final class SplitDigitsSweep {
    private static final Map<String, String> GROUPS = groups();

    private final RunView run;

    /** The points of each variant, in the order they were run. */
    private final Map<String, List<Point>> points = new LinkedHashMap<>();

    /** The swept settings, and the values of each in the order given. */
    private final Map<String, List<String>> swept = new LinkedHashMap<>();

    /** One point: its name in the run, and the values of the swept settings in their order. */
    private record Point(String name, List<String> values) {}

    private static Map<String, String> groups() {
        Map<String, String> groups = new LinkedHashMap<>();
        groups.put("low", "0-4");
        groups.put("high", "5-9");
        return groups;
    }

    SplitDigitsSweep(RunView run) {
        this.run = run;
        for (String name : run.variants()) {
            int at = name.indexOf('@');
            if (at >= 0) {
                List<String> values = new ArrayList<>();
                for (String setting : name.substring(at + 1).split(",", -1)) {
                    String[] pair = setting.split("=", 2);
                    List<String> seen = swept.computeIfAbsent(pair[0], k -> new ArrayList<>());
                    if (!seen.contains(pair[1])) {
                        seen.add(pair[1]);
                    }
                    values.add(pair[1]);
                }
                points.computeIfAbsent(name.substring(0, at), v -> new ArrayList<>())
                        .add(new Point(name, values));
            }
        }
    }

    boolean isEmpty() {
        return points.isEmpty();
    }

    void draw(HtmlReport.Section section) {
        if (swept.size() == 1) {
            curves(section);
            return;
        }
        for (String half : GROUPS.keySet()) {
            scatter(section, half, half.equals("low") ? "high" : "low");
        }
        if (swept.size() == 2) {
            double strongest = strongest();
            points.forEach(
                    (variant, ps) -> {
                        if (ps.get(0).values().size() == 2) { // else it fixes one of the two
                            maps(section, variant, ps, strongest);
                        }
                    });
        }
    }

    private void curves(HtmlReport.Section section) {
        section.figure(
                curve("Separation", "separation", g -> "separation." + g),
                "On the images of a group, the wrong half's error over the right half's, with 95 %"
                        + " intervals over seeds.");
        section.figure(
                curve("Decoder", "MSE", g -> "decoder.mse." + g),
                "Mean squared error of the decoder, which reads the whole code.");
        for (Map.Entry<String, String> half : GROUPS.entrySet()) {
            section.figure(
                    curve(
                            "Certificate of the " + half.getKey() + " half",
                            "MSE",
                            g -> "certificate." + half.getKey() + ".mse." + g),
                    "Mean squared error of the certificate that reads the half meant for digits "
                            + half.getValue()
                            + " alone.");
        }
    }

    private LineChart curve(
            String title, String yLabel, java.util.function.UnaryOperator<String> metric) {
        String key = swept.keySet().iterator().next();
        List<String> settings = swept.values().iterator().next();
        LineChart chart = LineChart.sweep(title, key, yLabel, settings);
        points.forEach(
                (variant, ps) ->
                        GROUPS.forEach(
                                (group, digits) -> {
                                    String m = metric.apply(group);
                                    double[] x =
                                            numbers(ps, p -> settings.indexOf(p.values().get(0)));
                                    double[] y = numbers(ps, p -> run.mean(p.name(), m));
                                    double[] h = numbers(ps, p -> run.halfWidth(p.name(), m));
                                    String name =
                                            points.size() == 1
                                                    ? "digits " + digits
                                                    : variant + ", " + digits;
                                    chart.add(name, x, y, plus(y, h, -1), plus(y, h, 1));
                                }));
        return chart;
    }

    private static double[] numbers(List<Point> points, ToDoubleFunction<Point> value) {
        return points.stream().mapToDouble(value).toArray();
    }

    private static double[] plus(double[] y, double[] h, int sign) {
        return IntStream.range(0, y.length).mapToDouble(i -> y[i] + sign * h[i]).toArray();
    }

    private void scatter(HtmlReport.Section section, String half, String other) {
        String prefix = "certificate." + half + ".mse.";
        ScatterChart chart =
                ScatterChart.of(
                        "What the " + half + " half knows",
                        "MSE on " + GROUPS.get(other) + ", meant for the other half",
                        "MSE on " + GROUPS.get(half) + ", meant for this half");
        points.forEach(
                (variant, ps) ->
                        chart.add(
                                variant,
                                ps.stream().map(p -> String.join(" · ", p.values())).toList(),
                                numbers(ps, p -> run.mean(p.name(), prefix + other)),
                                numbers(ps, p -> run.mean(p.name(), prefix + half))));
        section.figure(
                chart,
                "Each point is a setting, labelled "
                        + String.join(" · ", swept.keySet())
                        + ". A half that knows its own digits and no others lies at the lower right.");
    }

    /** The largest distance from 1 of any separation, so that colours compare between maps. */
    private double strongest() {
        return points.values().stream()
                .flatMap(List::stream)
                .flatMap(
                        p ->
                                GROUPS.keySet().stream()
                                        .map(g -> run.mean(p.name(), "separation." + g)))
                .mapToDouble(separation -> Math.abs(separation - 1))
                .filter(Double::isFinite)
                .filter(distance -> distance > 0)
                .max()
                .orElse(1);
    }

    private void maps(
            HtmlReport.Section section, String variant, List<Point> ps, double strongest) {
        List<String> keys = List.copyOf(swept.keySet());
        List<String> rows = swept.getOrDefault(keys.get(0), List.of());
        List<String> columns = swept.getOrDefault(keys.get(1), List.of());
        GROUPS.forEach(
                (group, digits) -> {
                    double[][] values = new double[rows.size()][columns.size()];
                    Arrays.stream(values).forEach(row -> Arrays.fill(row, Double.NaN));
                    for (Point p : ps) {
                        values[rows.indexOf(p.values().get(0))][
                                        columns.indexOf(p.values().get(1))] =
                                run.mean(p.name(), "separation." + group);
                    }
                    section.figure(
                            HeatMap.around(
                                            1,
                                            variant + ": separation, digits " + digits,
                                            values,
                                            strongest)
                                    .rows(keys.get(0), rows)
                                    .columns(keys.get(1), columns)
                                    .numbers(2),
                            "Mean over seeds; 1, the paper's own tone, is no split. All maps share one scale.");
                });
    }
}
