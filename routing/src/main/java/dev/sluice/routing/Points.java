package dev.sluice.routing;

import java.util.BitSet;

/** Some of the data points of a batch. */
record Points(BitSet chosen, int total) {
    int count() {
        return chosen.cardinality();
    }

    boolean has(int point) {
        return chosen.get(point);
    }

    boolean[] array() {
        boolean[] array = new boolean[total];
        chosen.stream().forEach(i -> array[i] = true);
        return array;
    }

    /** The points that are in both, where both speak of the same data points. */
    Points and(Points other) {
        if (other.total != total) {
            return this;
        }
        BitSet both = (BitSet) chosen.clone();
        both.and(other.chosen);
        return new Points(both, total);
    }
}
