package dev.sluice.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class IntervalTest {
    /** Two-sided 95 % points for 1 … 30 degrees of freedom, as published tables print them. */
    private static final double[] TABLE = {
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
        2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
        2.052, 2.048, 2.045, 2.042
    };

    @Property(tries = 300)
    void the_half_width_is_the_tabulated_point_times_the_standard_error(
            @ForAll @IntRange(min = 2, max = 31) int n,
            @ForAll @DoubleRange(min = -1e3, max = 1e3) double centre,
            @ForAll @DoubleRange(min = 0.1, max = 1e3) double spread) {
        List<Double> values = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            values.add(centre + spread * (i % 3 - 1));
        }
        double mean = values.stream().mapToDouble(x -> x).sum() / n;
        double squares = values.stream().mapToDouble(x -> (x - mean) * (x - mean)).sum();
        double error = Math.sqrt(squares / (n - 1)) / Math.sqrt(n);
        Interval interval = Interval.of(values);
        assertNotNull(interval.low());
        assertNotNull(interval.high());
        assertEquals(mean, interval.mean(), 1e-9);
        double half = (interval.high() - interval.low()) / 2;
        assertEquals(TABLE[n - 2], half / error, 0.0005 + 1e-6);
        assertEquals(mean, (interval.high() + interval.low()) / 2, 1e-9);
    }

    @Test
    void one_value_has_no_interval_and_none_has_no_mean() {
        assertEquals(new Interval(0.3, null, null), Interval.of(List.of(0.3)));
        assertThrows(IllegalArgumentException.class, () -> Interval.of(List.of()));
    }

    @Property(tries = 100)
    void equal_values_are_their_own_mean_and_interval(
            @ForAll @DoubleRange(min = -1e6, max = 1e6) double x,
            @ForAll @IntRange(min = 2, max = 9) int n) {
        assertEquals(new Interval(x, x, x), Interval.of(java.util.Collections.nCopies(n, x)));
    }

    @Test
    void a_value_that_is_no_number_makes_the_whole_interval_none() {
        Interval interval = Interval.of(List.of(1.0, Double.NaN));
        assertTrue(Double.isNaN(interval.mean()));
        assertNull(Interval.of(List.of(Double.NaN)).low());
    }
}
