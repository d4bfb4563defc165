package dev.sluice.experiments;

import dev.sluice.engine.Tensor;
import dev.sluice.routing.Reach;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An experiment whose trainings route gradients, so that what their plans do can be tried. */
public interface RoutedExperiment extends Experiment {
    @Override
    RoutedTrial<?> open(TrialRequest request);

    @Override
    default List<AtStep<Verification>> verify(
            TrialRequest request, @Nullable Map<String, Tensor> weights) {
        try (RoutedTrial<?> trial = open(request)) {
            return trial.verify(weights);
        }
    }

    @Override
    default List<AtStep<PlanPicture>> pictures(
            TrialRequest request, @Nullable Map<String, Tensor> weights) {
        if (!views().contains(View.PLAN)) {
            return List.of();
        }
        try (RoutedTrial<?> trial = open(request)) {
            return trial.pictures(weights);
        }
    }

    @Override
    default List<AtStep<Reach>> reach(TrialRequest request, @Nullable Map<String, Tensor> weights) {
        try (RoutedTrial<?> trial = open(request)) {
            return trial.reach(weights);
        }
    }
}
