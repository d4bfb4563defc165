package dev.sluice.engine;

/** Range checks of optimiser settings. */
final class Settings {
    private Settings() {}

    static void share(String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(name + ": expected 0 ≤ x < 1, found " + value);
        }
    }

    static double notNegative(String name, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    name + ": expected a number not below 0, found " + value);
        }
        return value;
    }
}
