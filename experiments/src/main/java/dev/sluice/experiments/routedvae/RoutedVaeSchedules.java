package dev.sluice.experiments.routedvae;

import dev.sluice.experiments.Settings;
import dev.sluice.experiments.UsageException;
import java.util.stream.Stream;

/** Learning rate and weights over a training; the exponential rate falls from epoch to epoch. */
record RoutedVaeSchedules(
        double rate,
        Shape shape,
        double decay,
        double warmUpEpochs,
        Ramp kl,
        Ramp ownUnits,
        Ramp otherUnits,
        Ramp otherColumns,
        Ramp detailShare) {
    private static final double LARGEST_SHARE = 0.99;

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
                Ramp.of("kl", s.text("kl")),
                Ramp.of("own_units", s.text("own_units")),
                Ramp.of("other_units", s.text("other_units")),
                Ramp.of("other_columns", s.text("other_columns")),
                share("detail_share", s.text("detail_share")));
    }

    /** At 1 every unit could reach the largest one, and none would say what an image is. */
    private static Ramp share(String key, String text) {
        Ramp ramp = Ramp.of(key, text);
        if (Math.min(ramp.from(), ramp.to()) < 0
                || Math.max(ramp.from(), ramp.to()) > LARGEST_SHARE) {
            throw new UsageException(
                    "setting " + key + ": expected shares from 0 to 0.99, found " + text);
        }
        return ramp;
    }

    /** Whether a weight of plan or loss changes on the way. */
    boolean move() {
        return Stream.of(kl, ownUnits, otherUnits, otherColumns, detailShare)
                .anyMatch(ramp -> ramp.from() != ramp.to());
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
}
