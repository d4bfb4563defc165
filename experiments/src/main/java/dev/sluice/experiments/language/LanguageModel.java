package dev.sluice.experiments.language;

import dev.sluice.experiments.DataKind;
import dev.sluice.experiments.Metric;
import dev.sluice.experiments.RoutedExperiment;
import dev.sluice.experiments.RoutedTrial;
import dev.sluice.experiments.RunView;
import dev.sluice.experiments.Setting;
import dev.sluice.experiments.Settings;
import dev.sluice.experiments.TrialRequest;
import dev.sluice.experiments.UsageException;
import dev.sluice.experiments.Variant;
import dev.sluice.report.HtmlReport;
import dev.sluice.report.Table;
import dev.sluice.routing.Batch;
import dev.sluice.routing.plan.PlanFiles;
import dev.sluice.training.Trial;
import java.util.List;
import java.util.Map;

/**
 * The experiment {@code language-model}: a decoder transformer on any text, from scratch or from a
 * checkpoint, with a plan that routes tokens or without.
 */
public final class LanguageModel implements RoutedExperiment {
    /** Its name. */
    public static final String NAME = "language-model";

    /** The variant that is trained as the settings say. */
    public static final String MODEL = "model";

    private static final DataKind TEXT = new TextKind();

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String description() {
        return "a language model on any text, with tokens routed by a plan";
    }

    @Override
    public List<Setting> settings() {
        return LanguageSettings.DECLARED;
    }

    @Override
    public Map<String, String> preset(String preset) {
        return LanguageSettings.preset(preset);
    }

    @Override
    public void check(Settings settings) {
        new LanguageSettings(settings).check();
    }

    @Override
    public void requireFiles(Settings settings) {
        LanguagePlans.file(new LanguageSettings(settings)).ifPresent(PlanFiles::requireFile);
    }

    @Override
    public List<Variant> variants() {
        return List.of(
                new Variant(MODEL, "as the settings say; routed if there is a plan", Map.of()),
                new Variant(
                        "no-routing",
                        "the control: the same without routing",
                        Map.of("routing", LanguageSettings.NONE)));
    }

    @Override
    public String control() {
        return "no-routing";
    }

    @Override
    public List<Metric> metrics() {
        String share = "share";
        return List.of(
                new Metric("loss", "nats", "mean cross-entropy a token, text set aside"),
                new Metric("perplexity", "tokens", "exp(loss)"),
                new Metric("accuracy", share, "tokens that the model held for the likeliest"),
                new Metric("tokens", "tokens", "how many tokens the means are over"),
                new Metric(
                        "loss.{ROUTE}",
                        "nats",
                        "the loss on the tokens that a route of the plan catches; `rest`: that no"
                                + " route does"),
                new Metric("caught.{ROUTE}", share, "of the tokens that a route catches"));
    }

    @Override
    public DataKind dataKind() {
        return TEXT;
    }

    @Override
    public RoutedTrial<Batch.Sequences> open(TrialRequest request) {
        return new RoutedTrial<>(request, new LanguageTask(request, text(request)));
    }

    private static TextData text(TrialRequest request) {
        if (request.data() instanceof TextData text) {
            return text;
        }
        throw new UsageException("data: expected text, found " + request.data().name());
    }

    @Override
    public Map<String, Double> rates(TrialRequest request, Trial trial) {
        return LanguageRates.measure(
                trial::publish, text(request), new LanguageSettings(request.settings()));
    }

    @Override
    public Table table(RunView run) {
        return LanguageTables.main(run);
    }

    @Override
    public void report(RunView run, HtmlReport page) {
        new LanguageReport(run).draw(page);
    }
}
