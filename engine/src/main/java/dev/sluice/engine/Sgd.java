package dev.sluice.engine;

/**
 * Gradient descent, plain or with momentum. g ← g + λw; b ← g on a weight's first step, else μb +
 * (1−d)g; w ← w − ηb, or with Nesterov's momentum w − η(g + μb). With μ = 0, w ← w − ηg, and no b
 * is kept.
 *
 * @param momentum μ, how much of the buffer b is kept, not negative
 * @param dampening d, how much of the new gradient the buffer leaves out
 * @param nesterov whether to look ahead along the buffer
 */
public record Sgd(double momentum, double dampening, boolean nesterov) implements UpdateRule {
    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if the momentum is negative, or Nesterov's momentum is asked
     *     for with momentum 0 or with dampening
     */
    public Sgd {
        Settings.notNegative("momentum", momentum);
        if (!Double.isFinite(dampening)) {
            throw new IllegalArgumentException("dampening: expected a number, found " + dampening);
        }
        if (nesterov && (momentum == 0 || dampening != 0)) {
            throw new IllegalArgumentException(
                    "Nesterov's momentum: expected a momentum above 0 and dampening 0, found "
                            + momentum
                            + " and "
                            + dampening);
        }
    }

    /** Without momentum. */
    public static Sgd plain() {
        return new Sgd(0, 0, false);
    }

    /** With momentum, undamped. */
    public static Sgd momentum(double momentum) {
        return new Sgd(momentum, 0, false);
    }
}
