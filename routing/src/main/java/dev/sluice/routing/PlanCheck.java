package dev.sluice.routing;

import dev.sluice.engine.Layer;
import dev.sluice.engine.Names;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Finds every problem of a plan with a model. */
final class PlanCheck<B> {
    private final RoutePlan<B> plan;
    private final Layer model;
    private final Set<String> lossTerms;

    PlanCheck(RoutePlan<B> plan, Layer model, Set<String> lossTerms) {
        this.plan = plan;
        this.model = model;
        this.lossTerms = lossTerms;
    }

    PlanReport report() {
        Problems problems = new Problems();
        List<RoutePlaces> routes = new ArrayList<>();
        for (Route<B> route : plan.routes()) {
            routes.add(new RoutePlaces(route, model));
        }
        for (int i = 0; i < routes.size(); i++) {
            new RouteCheck(routes.get(i), "routes[" + i + "]", problems).run();
        }
        new PathCheck(routes, model, problems).run();
        for (int i = 0; i < plan.updates().size(); i++) {
            LeaveRule update = plan.updates().get(i);
            String place = "update[" + i + "]";
            region(place + ".leave", update.region(), problems);
            className(place + ".on", update.on(), problems);
        }
        ClaimCheck claims = new ClaimCheck(routes, problems);
        for (int i = 0; i < plan.claims().size(); i++) {
            claim("claims[" + i + "]", plan.claims().get(i), claims, problems);
        }
        return problems.report();
    }

    private void claim(String place, Claim<B> claim, ClaimCheck check, Problems problems) {
        boolean resolves = region(place + ".region", claim.region(), problems);
        RoutingRule<? super B> truth = claim.truth();
        if (truth == null) {
            className(place + ".nothing_from", claim.nothingFrom(), problems);
        } else {
            if (!truth.routes().isEmpty() && !truth.routes().contains(claim.nothingFrom())) {
                problems.error(
                        place + ".nothing_from",
                        Names.unknown("route", claim.nothingFrom(), truth.routes()));
            }
            truth.warnings().forEach(w -> problems.warning(place + ".by", w));
        }
        claim.through().stream()
                .sorted()
                .filter(t -> !lossTerms.isEmpty() && !lossTerms.contains(t))
                .forEach(
                        t ->
                                problems.error(
                                        place + ".through",
                                        Names.unknown("loss term", t, lossTerms)));
        if (resolves) {
            check.run(place, claim, model);
        }
    }

    private boolean region(String place, Region region, Problems problems) {
        boolean resolves = !region.slices().isEmpty();
        if (!resolves) {
            problems.error(place, "the region is empty");
        }
        for (int i = 0; i < region.slices().size(); i++) {
            try {
                new Region(List.of(region.slices().get(i))).elements(model);
            } catch (IllegalArgumentException e) {
                resolves = false;
                problems.error(
                        region.slices().size() == 1 ? place : place + "[" + i + "]",
                        String.valueOf(e.getMessage()));
            }
        }
        return resolves;
    }

    private void className(String place, String name, Problems problems) {
        if (name.equals(Route.OTHERS) || plan.ruleOf(name).isEmpty()) {
            Set<String> known = new LinkedHashSet<>();
            for (Route<B> route : plan.routes()) {
                Set<String> given = route.rule().routes();
                known.addAll(given.isEmpty() ? route.masks().keySet() : given);
            }
            known.remove(Route.OTHERS);
            problems.error(
                    place, "no rule of the plan gives it: " + Names.unknown("route", name, known));
        }
    }
}
