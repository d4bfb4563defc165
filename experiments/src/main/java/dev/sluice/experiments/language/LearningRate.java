package dev.sluice.experiments.language;

/**
 * The learning rate over a training: up in a line for some steps, then level or down a cosine.
 *
 * @param peak what it rises to
 * @param cosine whether it falls to {@code peak · end} at the last step
 */
record LearningRate(double peak, int warmUp, boolean cosine, double end) {
    /** The rate of a step, the first being step 0. */
    double at(long step, long steps) {
        if (step < warmUp) {
            return peak * (step + 1) / warmUp;
        }
        if (!cosine) {
            return peak;
        }
        double share = (double) (step - warmUp) / Math.max(1, steps - 1 - warmUp);
        return peak * (end + (1 - end) * 0.5 * (1 + StrictMath.cos(Math.PI * share)));
    }
}
