package dev.sluice.experiments.splitdigits;

import dev.sluice.experiments.splitdigits.SplitDigitsSettings.Routing;

/**
 * How much each image of a batch counts in the low and in the high reconstruction loss: a = 1/|S|
 * over the images S of that loss (or 1/n for a single mean). A group without an image contributes
 * nothing, where the published mean over an empty set is NaN.
 *
 * @param low weight in the loss that trains the low half
 * @param high weight in the loss that trains the high half
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere, filled once a step
record ImageWeights(double[] low, double[] high) {
    /**
     * The weights of a batch.
     *
     * @param inHigh whether an image belongs to the high group
     * @param joins whether an image joins the high loss besides its own
     */
    static ImageWeights of(SplitDigitsSettings s, int[] labels, boolean[] inHigh, boolean[] joins) {
        int n = labels.length;
        boolean[] low = new boolean[n];
        boolean[] high = new boolean[n];
        int lows = 0;
        int highs = 0;
        for (int i = 0; i < n; i++) {
            boolean seen = labels[i] >= s.decoderFrom();
            low[i] = seen && !inHigh[i];
            high[i] = seen && (inHigh[i] || joins[i]);
            lows += low[i] ? 1 : 0;
            highs += high[i] ? 1 : 0;
        }
        double[] a = new double[n];
        double[] b = new double[n];
        for (int i = 0; i < n; i++) {
            a[i] = low[i] ? 1.0 / (s.singleMean() ? n : lows) : 0;
            b[i] = high[i] ? 1.0 / (s.singleMean() ? n : highs) : 0;
            if (low[i] && s.routing() == Routing.HIGH_HALF_ON_ALL) {
                b[i] += a[i];
            }
        }
        return new ImageWeights(a, b);
    }

    /** low + high, image by image. */
    double[] total() {
        double[] t = new double[low.length];
        for (int i = 0; i < t.length; i++) {
            t[i] = low[i] + high[i];
        }
        return t;
    }

    /** high/(low + high); an image that counts in neither stays with the group {@code inHigh}. */
    float[] highShare(boolean[] inHigh) {
        float[] w = new float[low.length];
        for (int i = 0; i < w.length; i++) {
            double total = low[i] + high[i];
            w[i] = total == 0 ? (inHigh[i] ? 1 : 0) : (float) (high[i] / total);
        }
        return w;
    }
}
