package dev.sluice.experiments.splitdigits;

import static dev.sluice.experiments.splitdigits.SplitDigitsPlan.HIGH;
import static dev.sluice.experiments.splitdigits.SplitDigitsPlan.LOW;

import dev.sluice.experiments.LabelledImages;
import dev.sluice.experiments.TrialRequest;
import dev.sluice.routing.Assignment;
import dev.sluice.routing.HookName;
import dev.sluice.routing.Mask;
import dev.sluice.routing.Mechanism;
import dev.sluice.routing.Route;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.RoutingRule;
import dev.sluice.training.Trial;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The experiment's training with each mechanism of routing at the same units of the code, to see
 * what a mechanism costs; only the activation masks are the experiment itself.
 */
final class SplitDigitsMechanisms {
    private SplitDigitsMechanisms() {}

    /** By the names of plan files. */
    static Map<String, Function<TrialRequest, Trial>> all() {
        Map<String, Function<TrialRequest, Trial>> all = new LinkedHashMap<>();
        all.put("activation", SplitDigitsTask::open);
        all.put("parameter", with((plan, s) -> masks(plan, Mechanism.PARAMETER)));
        all.put("forward", with((plan, s) -> masks(plan, Mechanism.FORWARD)));
        all.put("leave", with((plan, s) -> leave(s)));
        return all;
    }

    private static Function<TrialRequest, Trial> with(SplitDigitsTask.OtherPlan other) {
        return request -> SplitDigitsTask.open(request, other);
    }

    private static RoutePlan<LabelledImages> masks(
            RoutePlan<LabelledImages> plan, Mechanism mechanism) {
        Route<LabelledImages> gate = plan.routes().get(0);
        HookName at =
                mechanism == Mechanism.PARAMETER
                        ? HookName.of(SplitDigitsPlan.CODE_WEIGHT)
                        : gate.at();
        return RoutePlan.of(new Route<>(at, mechanism, gate.rule(), gate.masks(), gate.weight()));
    }

    /** Leaving takes a batch all of one route: here every batch is, and its mask is 1. */
    private static RoutePlan<LabelledImages> leave(SplitDigitsSettings s) {
        RoutingRule<LabelledImages> everything =
                RoutingRule.named(
                        Set.of(LOW),
                        batch -> Assignment.of(List.of(LOW), new int[batch.size()], batch.size()));
        Route<LabelledImages> open =
                Route.at(HookName.of("encoder.out"))
                        .<LabelledImages>by(everything)
                        .mask(LOW, Mask.all("latent", 1));
        return RoutePlan.of(open).leave(SplitDigitsPlan.half(HIGH, s), LOW);
    }
}
