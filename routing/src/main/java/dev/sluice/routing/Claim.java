package dev.sluice.routing;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A promise that can be tried: this region gets nothing from this class of data through these terms
 * of the loss, whatever finite values the data hold.
 *
 * @param nothingFrom the route name of the class
 * @param through names of loss terms; empty: all
 * @param truth which data are the class, where that must not be taken from the plan's own rules;
 *     null: the first route whose masks know the name says
 * @param <B> what the rule must know of a batch
 */
public record Claim<B>(
        Region region,
        String nothingFrom,
        Set<String> through,
        @Nullable RoutingRule<? super B> truth) {
    /** Copies the set. */
    public Claim {
        through = Set.copyOf(through);
    }

    /** A claim for all loss terms, with the class as the plan's rules see it. */
    public static <B> Claim<B> of(Region region, String nothingFrom) {
        return new Claim<>(region, nothingFrom, Set.of(), null);
    }

    /** This claim for these loss terms alone. */
    public Claim<B> through(String... terms) {
        return new Claim<>(region, nothingFrom, Set.of(terms), truth);
    }

    /** This claim with the class given by a rule of its own. */
    public Claim<B> where(RoutingRule<? super B> truth) {
        return new Claim<>(region, nothingFrom, through, truth);
    }
}
