package dev.sluice.data.text.corpus;

import java.util.ArrayList;
import java.util.List;

/** Joins documents about a concept and others in a given proportion. */
public final class Proportion {
    private Proportion() {}

    /**
     * ⌊{@code fraction} · {@code n}⌋ items of {@code concept}, then items of {@code other}, {@code
     * n} in all; a list that is too short repeats from its start.
     *
     * @throws IllegalArgumentException if the fraction is not in [0, 1], {@code n} is negative, or
     *     items are needed of an empty list
     */
    public static <T> List<T> concat(List<T> concept, List<T> other, double fraction, int n) {
        if (!(fraction >= 0 && fraction <= 1) || n < 0) {
            throw new IllegalArgumentException(
                    "expected a fraction between 0 and 1 of 0 or more items, found "
                            + fraction
                            + " of "
                            + n);
        }
        int first = (int) (fraction * n);
        List<T> all = new ArrayList<>(n);
        repeat(concept, first, all);
        repeat(other, n - first, all);
        return all;
    }

    private static <T> void repeat(List<T> items, int count, List<T> to) {
        if (items.isEmpty() && count > 0) {
            throw new IllegalArgumentException(
                    "expected items to take " + count + " of, found none");
        }
        for (int i = 0; i < count; i++) {
            to.add(items.get(i % items.size()));
        }
    }
}
