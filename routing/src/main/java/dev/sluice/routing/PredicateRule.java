package dev.sluice.routing;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Routes data points by predicates, at most one of which holds for a point. */
final class PredicateRule<B> implements RoutingRule<B> {
    private final Function<? super B, long[]> shape;
    private final Map<String, PointPredicate<? super B>> routes;
    private final List<String> names;

    PredicateRule(
            Function<? super B, long[]> shape, Map<String, PointPredicate<? super B>> routes) {
        this.shape = shape;
        this.routes = routes;
        names = List.copyOf(routes.keySet());
    }

    @Override
    public Assignment assign(B batch) {
        long[] points = shape.apply(batch);
        int[] ids = new int[Math.toIntExact(Arrays.stream(points).reduce(1, Math::multiplyExact))];
        Arrays.fill(ids, -1);
        int route = 0;
        for (PointPredicate<? super B> predicate : routes.values()) {
            for (int p = 0; p < ids.length; p++) {
                if (predicate.test(batch, p)) {
                    if (ids[p] >= 0) {
                        throw new RoutingException(
                                "data point "
                                        + p
                                        + " of a batch: expected one route at most, found "
                                        + names.get(ids[p])
                                        + " and "
                                        + names.get(route));
                    }
                    ids[p] = route;
                }
            }
            route++;
        }
        return Assignment.of(names, ids, points);
    }

    @Override
    public Set<String> routes() {
        return routes.keySet();
    }
}
