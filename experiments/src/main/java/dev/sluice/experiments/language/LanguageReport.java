package dev.sluice.experiments.language;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.data.JsonComplaint;
import dev.sluice.experiments.RunView;
import dev.sluice.experiments.text.RulePages;
import dev.sluice.experiments.text.RulePreview;
import dev.sluice.report.HtmlReport;
import dev.sluice.report.LineChart;
import dev.sluice.report.MarkedText;
import dev.sluice.training.RunException;
import java.util.Locale;

/** The page of a run of language models, drawn from its folder alone. */
final class LanguageReport {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final RunView run;
    private final String headline;
    private final long firstSeed;

    LanguageReport(RunView run) {
        this.run = run;
        headline = run.variants().get(0);
        firstSeed = run.manifest().seeds().get(0);
    }

    void draw(HtmlReport page) {
        keyFigures(page);
        page.section("Training", this::training);
        for (String variant : run.variants()) {
            run.artefacts(variant, firstSeed)
                    .ifPresent(
                            a -> {
                                page.section(name("Sample text", variant), s -> samples(s, a));
                                if (a.has("plan")) {
                                    page.section(
                                            name("What the plan caught", variant),
                                            s -> caught(s, a, variant));
                                }
                            });
        }
        page.section("Results", section -> section.table(LanguageTables.main(run)));
    }

    private String name(String section, String variant) {
        return run.variants().size() == 1 ? section : section + ": " + variant;
    }

    private void keyFigures(HtmlReport page) {
        page.keyFigure(
                "loss",
                RunView.number(run.mean(headline, "loss"), 3),
                "nats a token, on text set aside");
        page.keyFigure(
                "perplexity",
                RunView.number(run.mean(headline, "perplexity"), 2),
                "as unsure as among so many equally likely tokens");
        page.keyFigure(
                "accuracy",
                RunView.number(100 * run.mean(headline, "accuracy"), 1) + " %",
                "tokens that the model held for the likeliest");
        run.artefacts(headline, firstSeed)
                .ifPresent(
                        a ->
                                page.keyFigure(
                                        "parameters",
                                        String.format(
                                                Locale.ROOT, "%,d", a.path("parameters").asLong()),
                                        String.format(
                                                Locale.ROOT,
                                                "%d layers, width %d, %d heads, %,d tokens",
                                                a.path("layers").asInt(),
                                                a.path("width").asInt(),
                                                a.path("heads").asInt(),
                                                a.path("vocabulary").asInt())));
    }

    private void training(HtmlReport.Section section) {
        LineChart loss = LineChart.curves("Loss", "step", "nats a token");
        for (String variant : run.variants()) {
            add(loss, name("training", variant), variant, "loss");
            add(loss, name("validation", variant), variant, "validation.loss");
        }
        section.figure(
                loss,
                "Cross-entropy of training batches, and of text set aside, first seed. Where the"
                        + " second rises while the first falls, the model learns its text by heart.");
        if (!LanguageTables.routes(run).isEmpty()) {
            LineChart routes = LineChart.curves("Loss by route", "step", "nats a token");
            for (String variant : run.variants()) {
                for (String route : LanguageTables.routes(run)) {
                    add(routes, name(route, variant), variant, "validation.loss." + route);
                }
            }
            section.figure(
                    routes,
                    "Validation loss on the tokens that each route of the plan catches, and on the"
                            + " rest, first seed.");
        }
    }

    private void add(LineChart chart, String name, String variant, String key) {
        RunView.Curve curve = run.curve(variant, key);
        if (curve.steps().length > 0) {
            chart.add(name, curve.steps(), curve.values());
        }
    }

    private void samples(HtmlReport.Section section, JsonNode artefacts) {
        section.prose(
                "Written by the model at temperature 0.8 from its 40 likeliest tokens, as it"
                        + " learned.");
        for (JsonNode sample : artefacts.path("samples")) {
            section.prose("After " + sample.path("step").asLong() + " steps:");
            MarkedText text = new MarkedText();
            text.plain(sample.path("prompt").asText() + sample.path("text").asText());
            section.marked(text);
        }
    }

    private void caught(HtmlReport.Section section, JsonNode artefacts, String variant) {
        JsonNode isolation = run.summary().path("variants").path(variant).path("isolation");
        int checked = isolation.path("checked_steps").asInt();
        if (isolation.path("claims").asInt() > 0 && checked > 0) {
            int violations = isolation.path("violations").asInt();
            section.check(
                    violations == 0,
                    "The regions that the plan claims get nothing from the classes it names.",
                    isolation.path("claims").asInt()
                            + " claims, tried on "
                            + checked
                            + " steps with other text: "
                            + violations
                            + " times a bit of the gradient changed.");
        }
        for (JsonNode rule : artefacts.path("rules")) {
            RulePreview preview = preview(rule);
            if (preview.matchRate() == 0) {
                section.prose("Nothing was caught in the text that was looked at.");
            }
            section.table(RulePages.routes(preview));
            RulePages.lines(preview, section);
            section.details(
                    "Commonest hits, and near misses",
                    s -> s.table(RulePages.hits(preview)).table(RulePages.nearMisses(preview)));
        }
        section.details("The plan", s -> s.code(artefacts.path("plan").asText()));
    }

    private RulePreview preview(JsonNode json) {
        try {
            return JSON.treeToValue(json, RulePreview.class);
        } catch (JsonProcessingException e) {
            throw new RunException(
                    run.folder(), "artefacts", "what a rule caught", JsonComplaint.inWords(e));
        }
    }
}
