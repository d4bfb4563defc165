package dev.sluice.experiments;

import dev.sluice.experiments.RunRequest.Point;

/** One training of a run: a variant, at a point of the sweep if there is one, with a seed. */
record Training(Point point, long seed) {
    /** How people and files name it. */
    String title() {
        return point.name() + " seed " + seed;
    }
}
