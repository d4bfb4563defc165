package dev.sluice.report;

/** The range of all numbers that an axis has to show; what cannot be drawn is passed over. */
final class Extent {
    /** Larger magnitudes are treated like infinities, so that no axis arithmetic can overflow. */
    private static final double LIMIT = 1e150;

    private final boolean positiveOnly;
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;

    Extent(boolean positiveOnly) {
        this.positiveOnly = positiveOnly;
    }

    Extent include(double... values) {
        for (double v : values) {
            if (drawable(v)) {
                min = Math.min(min, v);
                max = Math.max(max, v);
            }
        }
        return this;
    }

    private boolean drawable(double v) {
        return positiveOnly ? v >= 1 / LIMIT && v <= LIMIT : Math.abs(v) <= LIMIT;
    }

    boolean isEmpty() {
        return min > max;
    }

    double min() {
        return min;
    }

    double max() {
        return max;
    }
}
