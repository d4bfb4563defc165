package dev.sluice.routing;

import dev.sluice.engine.Layer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Routes, what the optimiser leaves alone, and what is claimed. Check it against a model before the
 * first step; put it in force for a step with {@link Router}.
 *
 * @param <B> what the rules must know of a batch
 */
public record RoutePlan<B>(List<Route<B>> routes, List<LeaveRule> updates, List<Claim<B>> claims) {
    /** Copies the lists. */
    public RoutePlan {
        routes = List.copyOf(routes);
        updates = List.copyOf(updates);
        claims = List.copyOf(claims);
    }

    /** A plan of routes alone. */
    @SafeVarargs
    @SuppressWarnings("varargs")
    public static <B> RoutePlan<B> of(Route<B>... routes) {
        return new RoutePlan<>(List.of(routes), List.of(), List.of());
    }

    /** This plan with one more claim. */
    public RoutePlan<B> claim(Claim<B> claim) {
        List<Claim<B>> more = new ArrayList<>(claims);
        more.add(claim);
        return new RoutePlan<>(routes, updates, more);
    }

    /** This plan with one more region for the optimiser to leave alone. */
    public RoutePlan<B> leave(Region region, String on) {
        List<LeaveRule> more = new ArrayList<>(updates);
        more.add(new LeaveRule(region, on));
        return new RoutePlan<>(routes, more, claims);
    }

    /** The rule that says which data are a class: that of the first route that knows the name. */
    public Optional<RoutingRule<? super B>> ruleOf(String route) {
        for (Route<B> r : routes) {
            if (r.masks().containsKey(route) || r.rule().routes().contains(route)) {
                return Optional.of(r.rule());
            }
        }
        return Optional.empty();
    }

    /** Every problem of this plan with this model, whatever its loss terms are called. */
    public PlanReport check(Layer model) {
        return check(model, Set.of());
    }

    /** Every problem of this plan with this model and the names of its loss terms. */
    public PlanReport check(Layer model, Set<String> lossTerms) {
        return new PlanCheck<>(this, model, lossTerms).report();
    }
}
