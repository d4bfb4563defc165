package dev.sluice.routing;

import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Finds every problem of a plan with a model. */
final class PlanCheck<B> {
    private final RoutePlan<B> plan;
    private final Layer model;
    private final Set<String> lossTerms;
    private final List<PlanReport.Problem> problems = new ArrayList<>();

    PlanCheck(RoutePlan<B> plan, Layer model, Set<String> lossTerms) {
        this.plan = plan;
        this.model = model;
        this.lossTerms = lossTerms;
    }

    PlanReport report() {
        for (int i = 0; i < plan.routes().size(); i++) {
            route("routes[" + i + "]", plan.routes().get(i));
        }
        for (int i = 0; i < plan.claims().size(); i++) {
            claim("claims[" + i + "]", plan.claims().get(i));
        }
        return new PlanReport(problems);
    }

    private void route(String place, Route<B> route) {
        boolean parameter = route.mechanism() == Mechanism.PARAMETER;
        Set<String> known = parameter ? model.parameters().keySet() : model.hooks().keySet();
        List<String> matched = known.stream().filter(route.at()::matches).toList();
        if (matched.isEmpty()) {
            error(
                    place + ".at",
                    Names.unknown(
                            parameter ? "parameter" : "hook point", route.at().pattern(), known));
            return;
        }
        route.masks()
                .forEach(
                        (name, mask) -> {
                            boolean fits =
                                    matched.stream()
                                            .anyMatch(
                                                    m -> axes(parameter, m).contains(mask.axis()));
                            if (!fits) {
                                error(
                                        place + ".masks." + name,
                                        "no axis "
                                                + mask.axis()
                                                + " at "
                                                + matched.get(0)
                                                + ", which has "
                                                + axes(parameter, matched.get(0)));
                            }
                        });
    }

    private List<String> axes(boolean parameter, String name) {
        if (parameter) {
            Parameter p = model.parameters().get(name);
            return p == null ? List.of() : p.axes();
        }
        HookPoint h = model.hooks().get(name);
        return h == null ? List.of() : h.axes();
    }

    private void claim(String place, Claim<B> claim) {
        try {
            claim.region().elements(model);
        } catch (IllegalArgumentException e) {
            error(place + ".region", String.valueOf(e.getMessage()));
        }
        claim.through().stream()
                .filter(t -> !lossTerms.isEmpty() && !lossTerms.contains(t))
                .forEach(t -> error(place + ".through", Names.unknown("loss term", t, lossTerms)));
    }

    private void error(String place, String message) {
        problems.add(new PlanReport.Problem(PlanReport.Severity.ERROR, place, message));
    }
}
