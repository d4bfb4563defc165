package dev.sluice.training;

import java.util.List;
import org.apache.commons.statistics.distribution.TDistribution;
import org.jspecify.annotations.Nullable;

/**
 * A mean over seeds with its two-sided 95 % confidence interval by Student's t: mean ± t(0.975, n −
 * 1) · s / √n, where s² is the sum of squared deviations divided by n − 1. Use it for any figure
 * that is measured once a seed; {@code low} and {@code high} are null when there is one seed only.
 *
 * <p>Where a value is not a finite number, neither are mean and interval.
 */
public record Interval(double mean, @Nullable Double low, @Nullable Double high) {
    private static final double QUANTILE = 0.975;

    /**
     * The interval of {@code values}, summed in their order.
     *
     * @throws IllegalArgumentException if there is no value
     */
    public static Interval of(List<Double> values) {
        int n = values.size();
        if (n == 0) {
            throw new IllegalArgumentException("an interval: expected at least one value");
        }
        // Deviations from the first value: equal values have exactly that value as their mean.
        double first = values.get(0);
        double shift = 0;
        for (double value : values) {
            shift += value - first;
        }
        double mean = first + shift / n;
        if (n == 1) {
            return new Interval(mean, null, null);
        }
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        double t = TDistribution.of(n - 1).inverseCumulativeProbability(QUANTILE);
        double half = t * Math.sqrt(squares / (n - 1) / n);
        return new Interval(mean, mean - half, mean + half);
    }
}
