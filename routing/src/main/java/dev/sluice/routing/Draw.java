package dev.sluice.routing;

import dev.sluice.engine.Rng;

/**
 * Numbers in [0, 1) that depend on a seed, a purpose and a data point alone, not on what was drawn
 * before: an example has the same one in every batch and epoch.
 */
record Draw(long key) {
    static Draw of(long seed, String purpose) {
        return new Draw(Rng.of(seed, purpose).nextLong());
    }

    double at(long example, long position) {
        return Rng.of(Rng.of(key ^ example).nextLong() ^ position).nextDouble();
    }

    /**
     * The number of data points in each example.
     *
     * @throws RoutingException if the first axis of the answer does not count the batch's examples
     */
    static int pointsPerExample(Assignment assignment, Batch batch) {
        long[] shape = assignment.shape();
        if (shape.length == 0 || shape[0] != batch.size()) {
            throw new RoutingException(
                    "a rule answered for shape "
                            + java.util.Arrays.toString(shape)
                            + ", expected the "
                            + batch.size()
                            + " examples of the batch along the first axis");
        }
        return batch.size() == 0 ? 1 : assignment.points() / batch.size();
    }

    static double probability(String what, double p) {
        if (!(p >= 0 && p <= 1)) {
            throw new IllegalArgumentException(what + ": expected 0 to 1, found " + p);
        }
        return p;
    }
}
