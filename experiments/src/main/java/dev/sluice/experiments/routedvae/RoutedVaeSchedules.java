package dev.sluice.experiments.routedvae;

import dev.sluice.experiments.Settings;

/**
 * Learning rate and weight of the divergence over a training; epochs are counted in fractions but
 * for the exponential rate, which falls from one epoch to the next.
 */
record RoutedVaeSchedules(
        double rate,
        Shape shape,
        double decay,
        double warmUpEpochs,
        double kl,
        double klFrom,
        double klEpochs) {
    /** How the rate falls. */
    enum Shape {
        /** rate · decay^epoch. */
        EXPONENTIAL,
        /** rate · ½(1 + cos(π · share of the training done)). */
        COSINE,
        /** Not at all. */
        CONSTANT
    }

    static RoutedVaeSchedules of(Settings s) {
        return new RoutedVaeSchedules(
                s.real("lr"),
                switch (s.text("lr_schedule")) {
                    case "exponential" -> Shape.EXPONENTIAL;
                    case "cosine" -> Shape.COSINE;
                    default -> Shape.CONSTANT;
                },
                s.real("lr_decay"),
                s.real("lr_warmup"),
                s.real("kl"),
                s.real("kl_from"),
                s.real("kl_epochs"));
    }

    /** The learning rate of a step, the first being step 0. */
    double learningRate(long step, long steps, long stepsPerEpoch) {
        double fallen =
                switch (shape) {
                    case EXPONENTIAL -> rate * StrictMath.pow(decay, step / stepsPerEpoch);
                    case COSINE -> rate * 0.5 * (1 + StrictMath.cos(Math.PI * step / steps));
                    case CONSTANT -> rate;
                };
        double warmUp = warmUpEpochs * stepsPerEpoch;
        return step + 1 < warmUp ? fallen * (step + 1) / warmUp : fallen;
    }

    /** The weight of the divergence at a step. */
    double klWeight(long step, long stepsPerEpoch) {
        double rise = klEpochs * stepsPerEpoch;
        return step < rise ? klFrom + (kl - klFrom) * (step / rise) : kl;
    }
}
