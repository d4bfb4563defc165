package dev.sluice.engine;

/**
 * Adam with decay apart from the moments. w ← w(1 − ηλ); m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g²; w ←
 * w − η/(1−β₁ᵗ) · m / (√v/√(1−β₂ᵗ) + ε).
 *
 * @param beta1 how much of the mean gradient m is kept, in [0, 1)
 * @param beta2 how much of the mean squared gradient v is kept, in [0, 1)
 * @param epsilon what keeps the denominator from zero, not negative
 */
public record AdamW(double beta1, double beta2, double epsilon) implements UpdateRule {
    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException naming the value that is out of range
     */
    public AdamW {
        Settings.share("beta1", beta1);
        Settings.share("beta2", beta2);
        Settings.notNegative("epsilon", epsilon);
    }

    /** The customary settings: β₁ 0.9, β₂ 0.999, ε 1e-8. */
    public static AdamW standard() {
        return new AdamW(0.9, 0.999, 1e-8);
    }
}
