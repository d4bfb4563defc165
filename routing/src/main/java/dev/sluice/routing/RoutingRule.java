package dev.sluice.routing;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Says for every data point of a batch which route it takes. A rule is a pure function: the same
 * batch gives the same answer. Write one of your own as a lambda or a class; the ones here cover
 * labelled examples.
 *
 * @param <B> what the rule must know of a batch
 */
@FunctionalInterface
public interface RoutingRule<B> {
    /** The route of each data point. */
    Assignment assign(B batch);

    /** The names this rule can give, or an empty set where that is not known beforehand. */
    default Set<String> routes() {
        return Set.of();
    }

    /** Routes by class: {@code name} gives the route of a label, or null for none. */
    static RoutingRule<Batch.Labelled> label(IntFunction<@Nullable String> name) {
        return batch -> {
            Map<String, Integer> index = new LinkedHashMap<>();
            int[] ids = new int[batch.size()];
            for (int i = 0; i < ids.length; i++) {
                String route = name.apply(batch.label(i));
                Integer known = route == null ? Integer.valueOf(-1) : index.get(route);
                if (known == null && route != null) {
                    known = index.size();
                    index.put(route, known);
                }
                ids[i] = known == null ? -1 : known;
            }
            return Assignment.of(new ArrayList<>(index.keySet()), ids, ids.length);
        };
    }

    /** Routes by class: the labels of each route; labels not named take none. */
    static RoutingRule<Batch.Labelled> label(Map<String, List<Integer>> labels) {
        List<String> routes = List.copyOf(labels.keySet());
        Map<Integer, Integer> byLabel = new LinkedHashMap<>();
        for (int r = 0; r < routes.size(); r++) {
            for (int label : labels.getOrDefault(routes.get(r), List.of())) {
                Integer before = byLabel.put(label, r);
                if (before != null && before != r) {
                    throw new IllegalArgumentException(
                            "label "
                                    + label
                                    + " is in two routes: "
                                    + routes.get(before)
                                    + " and "
                                    + routes.get(r));
                }
            }
        }
        return named(
                Set.copyOf(routes),
                batch -> {
                    int[] ids = new int[batch.size()];
                    for (int i = 0; i < ids.length; i++) {
                        ids[i] = byLabel.getOrDefault(batch.label(i), -1);
                    }
                    return Assignment.of(routes, ids, ids.length);
                });
    }

    /** {@code rule}, announcing the names it can give. */
    static <B> RoutingRule<B> named(Set<String> routes, RoutingRule<B> rule) {
        return new RoutingRule<>() {
            @Override
            public Assignment assign(B batch) {
                return rule.assign(batch);
            }

            @Override
            public Set<String> routes() {
                return routes;
            }
        };
    }
}
