package dev.sluice.routing;

/**
 * The weight c of a route's masks at a training step, for easing routing in.
 *
 * @param rampSteps c grows linearly from 0 to {@code target} over this many steps; 0: at once
 * @param target the final c, 1 in every published run
 * @param scaling false: M becomes 1 + c·(M − 1), no routing at c = 0. True: c·M, as published,
 *     which at c = 0 lets nothing through for any data
 */
public record MaskWeight(int rampSteps, double target, boolean scaling) {
    /** The masks as they stand. */
    public static final MaskWeight FULL = new MaskWeight(0, 1, false);

    /** Refuses a negative ramp and a weight that is not finite. */
    public MaskWeight {
        if (rampSteps < 0 || !Double.isFinite(target)) {
            throw new IllegalArgumentException(
                    "mask weight: expected ramp >= 0 and a finite target, found "
                            + rampSteps
                            + ", "
                            + target);
        }
    }

    /** c at a step, counted from 0. */
    public double at(long step) {
        return rampSteps == 0 ? target : target * Math.min(1.0, (double) step / rampSteps);
    }

    /** The weight that takes the place of {@code m} at a step. */
    public double apply(double m, long step) {
        double c = at(step);
        if (c == 1) {
            return m;
        }
        return scaling ? c * m : 1 + c * (m - 1);
    }
}
