package dev.sluice.cli;

import dev.sluice.engine.Tensor;
import dev.sluice.experiments.Experiment;
import dev.sluice.experiments.Metric;
import dev.sluice.experiments.RunView;
import dev.sluice.experiments.Setting;
import dev.sluice.experiments.TrialRequest;
import dev.sluice.experiments.Variant;
import dev.sluice.experiments.Verification;
import dev.sluice.report.HtmlReport;
import dev.sluice.report.Table;
import dev.sluice.routing.IsolationReport;
import dev.sluice.routing.Violation;
import dev.sluice.training.Trial;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An experiment as another jar would bring it, whose plan does not hold what it claims. */
public final class LeakyExperiment implements Experiment {
    static final String LEAK = "gain hears of low: no route masks it";

    @Override
    public String name() {
        return "leaky";
    }

    @Override
    public String description() {
        return "an experiment whose region leaks";
    }

    @Override
    public List<Setting> settings() {
        return List.of();
    }

    @Override
    public Map<String, String> preset(String preset) {
        return Map.of();
    }

    @Override
    public List<Variant> variants() {
        return List.of(new Variant("only", "the only one", Map.of()));
    }

    @Override
    public String control() {
        return "only";
    }

    @Override
    public List<Metric> metrics() {
        return List.of();
    }

    @Override
    public Trial open(TrialRequest request) {
        throw new IllegalStateException("a defect\nof the experiment");
    }

    @Override
    public Verification verify(TrialRequest request, @Nullable Map<String, Tensor> weights) {
        Violation leak =
                new Violation(Violation.Kind.UNMASKED, "gain", "unit", List.of(0), 0.5, LEAK);
        return new Verification(
                List.of("gain gets nothing from low"),
                new IsolationReport(1, List.of(leak), List.of()),
                List.of());
    }

    @Override
    public Table table(RunView run) {
        return Table.of("nothing", Table.Column.text("nothing"));
    }

    @Override
    public void report(RunView run, HtmlReport page) {}
}
