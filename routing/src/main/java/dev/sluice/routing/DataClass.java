package dev.sluice.routing;

import dev.sluice.engine.Names;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which data points of a batch a name means.
 *
 * @param named the names that have masks, for {@link Route#OTHERS}
 */
record DataClass<B>(String name, RoutingRule<? super B> rule, Set<String> named) {
    /** The class as the plan's own rules see it. */
    static <B> DataClass<B> of(RoutePlan<B> plan, String name) {
        for (Route<B> route : plan.routes()) {
            Set<String> masked = route.masks().keySet();
            if (masked.contains(name) || route.rule().routes().contains(name)) {
                return new DataClass<>(name, route.rule(), masked);
            }
        }
        Set<String> known = new LinkedHashSet<>();
        for (Route<B> route : plan.routes()) {
            known.addAll(route.masks().keySet());
            known.addAll(route.rule().routes());
        }
        throw new RoutingException(Names.unknown("route", name, known));
    }

    /** The class of a claim. */
    static <B> DataClass<B> of(RoutePlan<B> plan, Claim<B> claim) {
        RoutingRule<? super B> truth = claim.truth();
        return truth == null
                ? of(plan, claim.nothingFrom())
                : new DataClass<>(claim.nothingFrom(), truth, truth.routes());
    }

    Points points(B batch) {
        return points(rule.assign(batch));
    }

    /** The points that belong to the class wholly. */
    Points points(Assignment assignment) {
        BitSet chosen = new BitSet();
        for (int i = 0; i < assignment.points(); i++) {
            chosen.set(
                    i, name.equals(Route.OTHERS) ? other(assignment, i) : assignment.is(i, name));
        }
        return new Points(chosen, assignment.points());
    }

    private boolean other(Assignment assignment, int point) {
        List<String> routes = assignment.routes();
        boolean none = assignment.id(point) < 0;
        return none || routes.stream().anyMatch(r -> !named.contains(r) && assignment.is(point, r));
    }

    /** Whether every point of a batch belongs to the class. */
    boolean takesAll(Assignment assignment) {
        Points points = points(assignment);
        return points.total() > 0 && points.count() == points.total();
    }
}
