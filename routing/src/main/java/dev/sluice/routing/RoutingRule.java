package dev.sluice.routing;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Says for every data point of a batch which route it takes. A rule is a pure function: the same
 * batch gives the same answer. Write one of your own as a lambda or a class; the ones here cover
 * predicates, labelled examples, mixtures, and labels that are partly missing or wrong.
 *
 * @param <B> what the rule must know of a batch
 */
@FunctionalInterface
public interface RoutingRule<B> {
    /** The route of each data point. */
    Assignment assign(B batch);

    /**
     * The names this rule can give, or an empty set where that is not known beforehand. Their order
     * must be the same whenever the program runs, which that of {@link Set#of} is not.
     */
    default Set<String> routes() {
        return Set.of();
    }

    /**
     * This rule as the {@code by} of a plan file: maps, lists, texts and numbers. Empty where it
     * cannot be written down, as with a lambda.
     */
    default Map<String, Object> description() {
        return Map.of();
    }

    /** What is doubtful about this rule; {@link RoutePlan#check} shows it. */
    default List<String> warnings() {
        return List.of();
    }

    /** Whether a data point of a batch belongs to a route. */
    @FunctionalInterface
    interface PointPredicate<B> {
        /**
         * The answer for a point, counted through the batch: its row, or for tokens {@code row ·
         * sequence + position}.
         */
        boolean test(B batch, int point);
    }

    /** Routes examples by predicates, at most one of which may hold for an example. */
    static <B extends Batch> RoutingRule<B> predicate(
            Map<String, ? extends PointPredicate<? super B>> routes) {
        return predicate(batch -> new long[] {batch.size()}, routes);
    }

    /**
     * Routes data points of any shape by predicates. A point for which none holds takes no route;
     * one for which two hold is an error when the rule is asked.
     *
     * @param shape of the data points of a batch, such as [batch, sequence] for tokens
     * @throws IllegalArgumentException if a name is blank or {@link Route#OTHERS}
     */
    static <B> RoutingRule<B> predicate(
            Function<? super B, long[]> shape,
            Map<String, ? extends PointPredicate<? super B>> routes) {
        return new PredicateRule<>(shape, RouteNames.ordered(routes));
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

    /**
     * Routes by class: the labels of each route; labels not named take none.
     *
     * @throws IllegalArgumentException if a label is in two routes, or a name is blank or {@link
     *     Route#OTHERS}
     */
    static RoutingRule<Batch.Labelled> label(Map<String, List<Integer>> labels) {
        return new LabelRule(RouteNames.ordered(labels));
    }

    /**
     * A weighted sum of rules with the same two routes, as a blend: an answer of the first route
     * counts 0, of the second 1, a blend its weight, and no route 1 like the second (a rule that
     * knows the first route alone counts all other data as the second). A point that no rule gives
     * a route has none. Rules for whole examples and for tokens may be mixed.
     *
     * <p>Weights should sum to 1: where they do not, {@link RoutePlan#check} warns, and a sum above
     * 1 counts as 1.
     *
     * @param rules the first with two names says which is the first route
     * @throws IllegalArgumentException if the rules do not name the same two routes, or the weights
     *     are not one for each rule, finite and not negative
     */
    static <B> RoutingRule<B> mixture(
            List<? extends RoutingRule<? super B>> rules, double... weights) {
        return new MixtureRule<>(List.copyOf(rules), weights);
    }

    /**
     * The largest answer of rules with the same two routes, as a blend in the sense of {@link
     * #mixture}: what one rule gives wholly to the second route, no other takes back. With a rule
     * for whole examples and one for tokens: {@code max(label, weight)}, so that tokens are routed
     * in the examples that belong to the first route alone.
     *
     * @param rules the first with two names says which is the first route
     * @throws IllegalArgumentException if the rules do not name the same two routes
     */
    static <B> RoutingRule<B> largest(List<? extends RoutingRule<? super B>> rules) {
        return new LargestRule<>(List.copyOf(rules));
    }

    /**
     * Partial labelling: a share of the examples keeps the route that {@code rule} gives, the rest
     * takes none. Whether an example keeps its label depends on the seed and its number alone: it
     * is the same in every batch and epoch, and the examples of a smaller share are among those of
     * a larger one. All tokens of an example share its fate.
     *
     * @param share from 0 to 1
     * @throws IllegalArgumentException if {@code share} lies outside
     */
    static <B extends Batch> RoutingRule<B> labelled(
            RoutingRule<? super B> rule, double share, long seed) {
        return new LabelledRule<>(rule, share, seed);
    }

    /**
     * Label noise: every route has a detector, which fires with probability {@code truePositive} on
     * the data points of its route and with probability {@code falsePositive} on all others. A
     * point whose own detector fires keeps its route (or blend); else it takes the first route, in
     * the order of {@link #routes}, whose detector fires; else none. Draws depend on the seed, the
     * route, the example's number and the position within the example alone.
     *
     * @throws IllegalArgumentException if a probability lies outside 0…1, or {@code rule} does not
     *     say which routes it has
     */
    static <B extends Batch> RoutingRule<B> noise(
            RoutingRule<? super B> rule, double truePositive, double falsePositive, long seed) {
        return new NoiseRule<>(rule, truePositive, falsePositive, seed);
    }

    /**
     * {@code rule}, announcing the names it can give, in the order of {@code routes} (by name where
     * that has no order of its own).
     */
    static <B> RoutingRule<B> named(Collection<String> routes, RoutingRule<B> rule) {
        Set<String> names = RouteNames.ordered(routes);
        return new RoutingRule<>() {
            @Override
            public Assignment assign(B batch) {
                return rule.assign(batch);
            }

            @Override
            public Set<String> routes() {
                return names;
            }
        };
    }
}
