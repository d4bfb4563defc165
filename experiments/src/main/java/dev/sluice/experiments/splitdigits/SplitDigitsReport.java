package dev.sluice.experiments.splitdigits;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.experiments.RunView;
import dev.sluice.experiments.Settings;
import dev.sluice.report.BarChart;
import dev.sluice.report.HtmlReport;
import dev.sluice.report.LineChart;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** The page of a split-digits run, drawn from its folder alone. */
final class SplitDigitsReport {
    private static final List<String> DIGITS =
            IntStream.range(0, 10).mapToObj(Integer::toString).toList();

    private static final int MOST_CURVES = 8;

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
        SplitDigitsSweep sweep = new SplitDigitsSweep(run);
        if (!sweep.isEmpty()) {
            page.section("Sweep", sweep::draw);
        }
        for (String variant : shown()) {
            page.section(variant, section -> variant(section, variant));
        }
        page.section("Training", this::training);
    }

    /** The headline and its control in full; of many variants only these two. */
    private List<String> shown() {
        int at = headline.indexOf('@');
        String control = "no-routing" + (at < 0 ? "" : headline.substring(at));
        return headline.equals(control) || !run.variants().contains(control)
                ? List.of(headline)
                : List.of(headline, control);
    }

    private void keyFigures(HtmlReport page) {
        for (String group : List.of("low", "high")) {
            page.keyFigure(
                    "separation, " + group + " digits",
                    RunView.number(run.mean(headline, "separation." + group), 2),
                    "wrong half's error / right half's; 1 is no split");
        }
        double decoder = run.mean(headline, "decoder.mse.low");
        page.keyFigure(
                "decoder MSE, low digits",
                RunView.number(decoder, 3),
                "best constant image " + RunView.number(run.mean(headline, "constant.mse.low"), 3));
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

    private void claim(HtmlReport.Section section) {
        section.prose(
                "The code of the autoencoder has two halves. While it learned, the"
                        + " reconstruction error of digits 0 to 4 could change the low half alone, and"
                        + " that of digits 5 to 9 the high half alone.\n\nTwo certificates show what"
                        + " came of it: decoders of their own, trained on all digits, that see one"
                        + " half and nothing else. Where a certificate's error is large, its half does"
                        + " not know the digit. Separation is the error of the wrong half's"
                        + " certificate divided by that of the right half's.");
        if (run.variants().size() > 2) {
            section.prose("The figures at the top of the page are those of `" + headline + "`.");
        }
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
        shortness().ifPresent(section::prose);
        section.table(SplitDigitsTables.separation(run));
    }

    /** Says so where the training was too short for the separation that the default aims at. */
    private Optional<String> shortness() {
        SplitDigits experiment = new SplitDigits();
        Settings settings = run.request().points(experiment).get(0).settings();
        Settings quick = Settings.of(experiment.settings(), SplitDigitsSettings.preset("quick"));
        boolean routed = settings.text("routing").equals("digits");
        return routed && passed(settings) < passed(quick)
                ? Optional.of(
                        String.format(
                                Locale.ROOT,
                                "Too short for a split to show: %,d images went through this"
                                        + " training. The separation of %.1f or more, for both"
                                        + " groups, is what the preset `quick` with its %,d is"
                                        + " meant to reach.",
                                passed(settings),
                                SplitDigitsSettings.QUICK_SEPARATION,
                                passed(quick)))
                : Optional.empty();
    }

    /** How many images a training sees, each as often as it comes. */
    private long passed(Settings settings) {
        long there = run.summary().path("data").path("train").asLong();
        long used = settings.integer("images");
        return settings.integer("epochs") * (used == 0 ? there : Math.min(used, there));
    }

    private void variant(HtmlReport.Section section, String variant) {
        section.prose("This variant: " + SplitDigits.describe(variant) + ".");
        section.figure(
                bars(variant),
                "Mean squared error on test images, by digit. In a split code the low half's"
                        + " certificate errs little on digits 0 to 4 and much on 5 to 9, the high"
                        + " half's the other way round.");
        run.artefacts(variant, firstSeed).ifPresent(a -> new SplitDigitsPictures(a).draw(section));
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

    private void training(HtmlReport.Section section) {
        LineChart chart = LineChart.curves("Loss", "step", "total loss").logY();
        boolean many = run.variants().size() > MOST_CURVES;
        for (String variant : many ? shown() : run.variants()) {
            RunView.Curve loss = run.curve(variant, "loss");
            chart.add(variant, loss.steps(), loss.values());
        }
        section.figure(chart, "Total loss of the first seed while training.");
    }
}
