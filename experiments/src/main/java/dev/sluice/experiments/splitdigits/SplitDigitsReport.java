package dev.sluice.experiments.splitdigits;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.experiments.RunView;
import dev.sluice.report.BarChart;
import dev.sluice.report.HeatMap;
import dev.sluice.report.HtmlReport;
import dev.sluice.report.ImageGrid;
import dev.sluice.report.LineChart;
import dev.sluice.training.MetricsLog;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** The page of a split-digits run, drawn from its folder alone. */
final class SplitDigitsReport {
    private static final List<String> DIGITS =
            IntStream.range(0, 10).mapToObj(Integer::toString).toList();

    private final RunView run;
    private final String headline;
    private final long firstSeed;

    SplitDigitsReport(RunView run) {
        this.run = run;
        headline = run.variants().get(0);
        firstSeed = run.manifest().seeds().get(0);
    }

    void draw(HtmlReport page) {
        keyFigures(page);
        page.section("What was split", this::claim);
        for (String variant : shown()) {
            page.section(variant, section -> variant(section, variant));
        }
        page.section("Training", this::training);
        if (run.variants().stream().anyMatch(v -> v.contains("@"))) {
            page.section("Sweep", this::sweep);
        }
    }

    /** The headline and its control in full; of many variants only these two. */
    private List<String> shown() {
        List<String> shown = new ArrayList<>();
        shown.add(headline);
        if (!headline.equals("no-routing") && run.variants().contains("no-routing")) {
            shown.add("no-routing");
        }
        return shown;
    }

    private void keyFigures(HtmlReport page) {
        for (String group : List.of("low", "high")) {
            page.keyFigure(
                    "separation, " + group + " digits",
                    number(run.mean(headline, "separation." + group), 2),
                    "wrong half's error / right half's; 1 is no split");
        }
        double decoder = run.mean(headline, "decoder.mse.low");
        page.keyFigure(
                "decoder MSE, low digits",
                number(decoder, 3),
                "best constant image " + number(run.mean(headline, "constant.mse.low"), 3));
        JsonNode isolation = run.summary().path("variants").path(headline).path("isolation");
        int checked = isolation.path("checked_steps").asInt();
        page.keyFigure(
                "claims about isolation",
                isolation.path("claims").asText(),
                checked == 0
                        ? "not tried while training"
                        : "tried on "
                                + checked
                                + " steps, "
                                + isolation.path("violations").asInt()
                                + " violations");
    }

    private static String number(double v, int decimals) {
        return Double.isNaN(v) ? "–" : String.format(Locale.ROOT, "%." + decimals + "f", v);
    }

    private void claim(HtmlReport.Section section) {
        section.prose(
                "The code of the autoencoder has two halves. While it learned, the error on digits"
                        + " 0-4 could change the low half alone and the error on digits 5-9 the high"
                        + " half alone. A certificate is a second decoder that sees one half and"
                        + " nothing else: where its error is large, that half does not know the digit.");
        JsonNode isolation = run.summary().path("variants").path(headline).path("isolation");
        int claims = isolation.path("claims").asInt();
        if (claims > 0 && isolation.path("checked_steps").asInt() > 0) {
            section.check(
                    isolation.path("violations").asInt() == 0,
                    "Each half gets nothing from the other digits through the reconstruction.",
                    claims
                            + " claims, tried on "
                            + isolation.path("checked_steps").asInt()
                            + " steps with other pixels: "
                            + isolation.path("violations").asInt()
                            + " times a bit of the gradient changed.");
        }
        section.table(SplitDigitsTables.separation(run));
    }

    private void variant(HtmlReport.Section section, String variant) {
        section.figure(
                bars(variant),
                "Mean squared error on test images, by digit. In a split code the certificate of"
                        + " the low half is good on 0-4 and bad on 5-9, and the other way round.");
        run.artefacts(variant, firstSeed).ifPresent(a -> pictures(section, a));
        section.details(
                "Every digit in numbers",
                folded -> {
                    folded.table(SplitDigitsTables.byDigit(run, variant, "mse"));
                    folded.table(SplitDigitsTables.byDigit(run, variant, "mae"));
                });
    }

    private BarChart bars(String variant) {
        BarChart chart =
                BarChart.over("Error by digit: " + variant, "digit", "MSE", DIGITS)
                        .divide(4, "low", "high");
        Map<String, String> series = new LinkedHashMap<>();
        series.put("decoder", "decoder");
        series.put("low half's certificate", "certificate.low");
        series.put("high half's certificate", "certificate.high");
        series.forEach(
                (name, key) -> {
                    double[] mean = new double[10];
                    double[] low = new double[10];
                    double[] high = new double[10];
                    for (int d = 0; d < 10; d++) {
                        String metric = "per_label." + d + "." + key + ".mse";
                        mean[d] = run.mean(variant, metric);
                        double half = run.halfWidth(variant, metric);
                        low[d] = mean[d] - half;
                        high[d] = mean[d] + half;
                    }
                    chart.add(name, mean, low, high);
                });
        return chart;
    }

    private void pictures(HtmlReport.Section section, JsonNode a) {
        int width = a.path("width").asInt();
        int height = a.path("height").asInt();
        section.figure(
                reconstructions(a.path("reconstructions"), width, height),
                "Test images and what the decoder and each half make of them.");
        section.figure(codes(a.path("codes")), "Codes of test images, sorted by digit.");
        section.figure(
                correlation(a.path("correlation")),
                "Correlation of the code's units over test images.");
        section.details(
                "What each unit of the code stands for",
                folded ->
                        folded.figure(
                                units(a.path("units"), width, height),
                                "The activation-weighted mean image of each unit, the images that"
                                        + " activate it most, and those that leave it at zero."));
    }

    private static ImageGrid reconstructions(JsonNode r, int width, int height) {
        ImageGrid grid = ImageGrid.of("Reconstructions", width, height);
        List<String> labels = new ArrayList<>();
        r.path("labels").forEach(l -> labels.add(l.asText()));
        grid.columns(labels);
        grid.row("input", images(r.path("input")));
        grid.row("decoder", images(r.path("decoder")));
        grid.row("low half", images(r.path("certificate_low")));
        grid.row("high half", images(r.path("certificate_high")));
        return grid;
    }

    private static List<byte[]> images(JsonNode list) {
        List<byte[]> images = new ArrayList<>();
        list.forEach(i -> images.add(Base64.getDecoder().decode(i.asText())));
        return images;
    }

    private static double[][] matrix(JsonNode rows) {
        double[][] m = new double[rows.size()][];
        for (int i = 0; i < m.length; i++) {
            JsonNode row = rows.get(i);
            m[i] = IntStream.range(0, row.size()).mapToDouble(j -> row.get(j).asDouble()).toArray();
        }
        return m;
    }

    private static HeatMap codes(JsonNode codes) {
        List<String> labels = new ArrayList<>();
        codes.path("labels").forEach(l -> labels.add(l.asText()));
        double[][] values = matrix(codes.path("values"));
        return HeatMap.of("Codes by digit", values)
                .rows("digit", labels)
                .columns("unit", numbers(values.length == 0 ? 0 : values[0].length));
    }

    private static HeatMap correlation(JsonNode correlation) {
        double[][] values = matrix(correlation);
        return HeatMap.of("Correlation of units", values, 1)
                .rows("unit", numbers(values.length))
                .columns("unit", numbers(values.length));
    }

    private static List<String> numbers(int n) {
        return IntStream.range(0, n).mapToObj(Integer::toString).toList();
    }

    private static ImageGrid units(JsonNode units, int width, int height) {
        ImageGrid grid = ImageGrid.of("Units", width, height);
        for (int u = 0; u < units.size(); u++) {
            List<byte[]> row = new ArrayList<>();
            row.add(Base64.getDecoder().decode(units.get(u).path("mean").asText()));
            row.addAll(images(units.get(u).path("top")));
            row.addAll(images(units.get(u).path("zero")));
            grid.row("unit " + u, row);
        }
        return grid;
    }

    private void training(HtmlReport.Section section) {
        LineChart chart = LineChart.curves("Loss", "step", "total loss");
        for (String variant : run.variants()) {
            List<MetricsLog.Line> lines =
                    run.metrics().stream()
                            .filter(l -> l.variant().equals(variant) && l.seed() == firstSeed)
                            .filter(l -> l.values().containsKey("loss"))
                            .toList();
            chart.add(
                    variant,
                    lines.stream().mapToDouble(MetricsLog.Line::step).toArray(),
                    lines.stream()
                            .mapToDouble(l -> l.values().getOrDefault("loss", Double.NaN))
                            .toArray());
        }
        section.figure(chart, "Total loss of the first seed while training.");
    }

    /** Curves over the points of the sweep, one for each variant that takes part in it. */
    private void sweep(HtmlReport.Section section) {
        Map<String, List<String>> byVariant = new LinkedHashMap<>();
        run.variants().stream()
                .filter(v -> v.contains("@"))
                .forEach(
                        v ->
                                byVariant
                                        .computeIfAbsent(
                                                v.substring(0, v.indexOf('@')),
                                                k -> new ArrayList<>())
                                        .add(v));
        List<String> settings =
                byVariant.values().stream()
                        .flatMap(List::stream)
                        .map(SplitDigitsReport::setting)
                        .distinct()
                        .toList();
        for (String metric :
                List.of(
                        "separation.low",
                        "separation.high",
                        "decoder.mse.low",
                        "decoder.mse.high")) {
            LineChart chart = LineChart.sweep(metric, "setting", metric, settings);
            byVariant.forEach(
                    (variant, points) -> {
                        double[] x =
                                points.stream()
                                        .mapToDouble(p -> settings.indexOf(setting(p)))
                                        .toArray();
                        double[] y =
                                points.stream().mapToDouble(p -> run.mean(p, metric)).toArray();
                        double[] h =
                                points.stream()
                                        .mapToDouble(p -> run.halfWidth(p, metric))
                                        .toArray();
                        double[] low =
                                IntStream.range(0, y.length)
                                        .mapToDouble(i -> y[i] - h[i])
                                        .toArray();
                        double[] high =
                                IntStream.range(0, y.length)
                                        .mapToDouble(i -> y[i] + h[i])
                                        .toArray();
                        chart.add(variant, x, y, low, high);
                    });
            section.figure(chart, metric + " with 95 % intervals over seeds.");
        }
    }

    private static String setting(String point) {
        return point.substring(point.indexOf('@') + 1);
    }
}
