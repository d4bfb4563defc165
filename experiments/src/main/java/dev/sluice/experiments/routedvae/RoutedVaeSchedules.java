package dev.sluice.experiments.routedvae;

import dev.sluice.experiments.Settings;

/**
 * Learning rate, weight of the divergence and weight of the other units over a training; epochs are
 * counted in fractions but for the exponential rate, which falls from one epoch to the next.
 */
record RoutedVaeSchedules(
        double rate, Shape shape, double decay, double warmUpEpochs, Ramp kl, Ramp otherUnits) {
    /** Goes in a line from one value to another over some epochs, and stays there. */
    record Ramp(double from, double to, double epochs) {
        double at(long step, long stepsPerEpoch) {
            double length = epochs * stepsPerEpoch;
            return step < length ? from + (to - from) * (step / length) : to;
        }
    }

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
                ramp(s, "kl"),
                ramp(s, "other_units"));
    }

    /** The learning rate of a step, the first being step 0. */
    double learningRate(long step, long steps, long stepsPerEpoch) {
        long wholeEpochs = step / stepsPerEpoch;
        double epoch = (double) wholeEpochs;
        double fallen =
                switch (shape) {
                    case EXPONENTIAL -> rate * StrictMath.pow(decay, epoch);
                    case COSINE -> rate * 0.5 * (1 + StrictMath.cos(Math.PI * step / steps));
                    case CONSTANT -> rate;
                };
        double warmUp = warmUpEpochs * stepsPerEpoch;
        return step + 1 < warmUp ? fallen * (step + 1) / warmUp : fallen;
    }

    private static Ramp ramp(Settings s, String key) {
        return new Ramp(s.real(key + "_from"), s.real(key), s.real(key + "_epochs"));
    }
}
