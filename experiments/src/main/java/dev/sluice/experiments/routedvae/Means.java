package dev.sluice.experiments.routedvae;

import dev.sluice.models.VariationalAutoencoder.Sizes;

/** Reading rows of latent means, each {@code latent} long and starting at {@code at}. */
final class Means {
    private Means() {}

    /** The class of the largest entry; the first of equal ones. */
    static int largest(double[] mean, int at, Sizes sizes) {
        int best = 0;
        for (int d = 1; d < sizes.latent(); d++) {
            if (mean[at + d] > mean[at + best]) {
                best = d;
            }
        }
        return best / sizes.unitsPerClass();
    }

    /** Whether an entry of a class is above 0. */
    static boolean positive(double[] mean, int at, int label, Sizes sizes) {
        int from = at + label * sizes.unitsPerClass();
        for (int d = from; d < from + sizes.unitsPerClass(); d++) {
            if (mean[d] > 0) {
                return true;
            }
        }
        return false;
    }
}
