package dev.sluice.experiments.routedvae;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.experiments.RunView;
import dev.sluice.report.HtmlReport;
import dev.sluice.report.LineChart;
import java.util.ArrayList;
import java.util.List;

/** The page of a routed-VAE run, drawn from its folder alone. */
final class RoutedVaeReport {
    private final RunView run;
    private final String headline;
    private final long firstSeed;

    RoutedVaeReport(RunView run) {
        this.run = run;
        headline = run.variants().get(0);
        firstSeed = run.manifest().seeds().get(0);
    }

    void draw(HtmlReport page) {
        keyFigures(page);
        page.section("What each unit stands for", this::claim);
        for (String variant : shown()) {
            run.artefacts(variant, firstSeed)
                    .map(a -> new RoutedVaeFigures(run, variant, a))
                    .ifPresent(figures -> page.section(variant, figures::draw));
        }
        page.section("Training", this::training);
    }

    /** Every variant in full, but of a sweep only its first point. */
    private List<String> shown() {
        List<String> shown = new ArrayList<>();
        List<String> families = new ArrayList<>();
        for (String variant : run.variants()) {
            String family = variant.replaceFirst("@.*", "");
            if (!families.contains(family)) {
                families.add(family);
                shown.add(variant);
            }
        }
        return shown;
    }

    private void keyFigures(HtmlReport page) {
        page.keyFigure(
                "arg-max accuracy",
                RunView.number(100 * run.mean(headline, "argmax_accuracy"), 1) + " %",
                "test images read by their largest mean; no loss term saw a label");
        page.keyFigure(
                "dead dimensions",
                RunView.number(run.mean(headline, "dead_dimensions"), 0),
                "classes of which fewer than half are read as them");
        page.keyFigure(
                "reconstruction error",
                RunView.number(run.mean(headline, "reconstruction.mse"), 4),
                "mean squared, per pixel");
        page.keyFigure(
                "traversal identity",
                RunView.number(100 * run.mean(headline, "traversal.identity"), 0) + " %",
                "units whose image alone another network reads as their class");
    }

    private void claim(HtmlReport.Section section) {
        section.prose(
                "A variational autoencoder with units of its code for each class. The decoder"
                        + " always reads the whole code, but while it learned, the reconstruction"
                        + " error of an image changed the code through the units of its own class"
                        + " (and through the others with the weight `other_units`). The KL term"
                        + " pulls units towards zero. No term of the loss sees a label.");
        if (run.variants().stream().anyMatch(v -> v.startsWith("best"))) {
            section.prose(
                    "As its presets have it, `best` learns in two parts. First each unit learns its"
                            + " class. Then nothing teaches the encoder any more, and a second one,"
                            + " which all images teach, adds details: it raises the other units by"
                            + " up to `detail_share` of what they lack to the largest one above"
                            + " zero, which so stays the largest.");
        }
        for (String variant : run.variants()) {
            JsonNode isolation = run.summary().path("variants").path(variant).path("isolation");
            int checked = isolation.path("checked_steps").asInt();
            if (isolation.path("claims").asInt() > 0 && checked > 0) {
                int violations = isolation.path("violations").asInt();
                section.check(
                        violations == 0,
                        variant
                                + ": what the plan keeps from a class gets nothing from its images"
                                + " through the reconstruction.",
                        isolation.path("claims").asInt()
                                + " claims, tried with other pixels on "
                                + checked
                                + " steps, each where the plan of the step made it: "
                                + violations
                                + " times a bit of the gradient changed.");
            }
        }
        section.table(RoutedVaeTables.main(run));
    }

    private void training(HtmlReport.Section section) {
        section.figure(
                curves("Reconstruction", "reconstruction.sse", "sum of squares").logY(),
                "Squared error of a training batch, summed over the pixels of an image, first"
                        + " seed.");
        section.figure(
                curves("KL", "kl", "mean over units"),
                "Divergence of the codes of a training batch before its weight, first seed."
                        + " Parametrisations have formulas of their own, so compare its course.");
        section.figure(
                curves("Batch accuracy", "accuracy", "share"),
                "Share of a training batch read as its class by the largest mean, first seed.");
    }

    private LineChart curves(String title, String key, String yLabel) {
        LineChart chart = LineChart.curves(title, "step", yLabel);
        for (String variant : run.variants()) {
            RunView.Curve curve = run.curve(variant, key);
            chart.add(variant, curve.steps(), curve.values());
        }
        return chart;
    }
}
