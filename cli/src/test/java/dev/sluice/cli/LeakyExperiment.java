package dev.sluice.cli;

import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.experiments.AtStep;
import dev.sluice.experiments.Experiment;
import dev.sluice.experiments.Metric;
import dev.sluice.experiments.RunView;
import dev.sluice.experiments.Setting;
import dev.sluice.experiments.TrialRequest;
import dev.sluice.experiments.Variant;
import dev.sluice.experiments.Verification;
import dev.sluice.report.HtmlReport;
import dev.sluice.report.Table;
import dev.sluice.routing.IsolationVerifier;
import dev.sluice.training.Trial;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An experiment as another jar would bring it, whose plan claims more than it holds: see {@link
 * LeakyModel}.
 */
public final class LeakyExperiment implements Experiment {
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
    public List<AtStep<Verification>> verify(
            TrialRequest request, @Nullable Map<String, Tensor> weights) {
        try (TensorScope scope = TensorScope.open();
                LeakyModel model = new LeakyModel(request.seed())) {
            LeakyModel.Digits batch =
                    LeakyModel.Digits.of(request.images().train(), LeakyModel.IMAGES);
            Verification found =
                    Verification.of(
                            LeakyModel.plan(),
                            Set.of("reconstruction"),
                            plan ->
                                    new IsolationVerifier<>(
                                                    model,
                                                    plan,
                                                    model::terms,
                                                    LeakyModel.Digits::noise)
                                            .check(batch, Rng.of(request.seed()), 3));
            return List.of(new AtStep<>(AtStep.EVERY, 1, found));
        }
    }

    @Override
    public Table table(RunView run) {
        return Table.of("nothing", Table.Column.text("nothing"));
    }

    @Override
    public void report(RunView run, HtmlReport page) {}
}
