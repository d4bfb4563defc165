package dev.sluice.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class AxisTest {

    @Provide
    Arbitrary<Double> anything() {
        Arbitrary<Double> special =
                Arbitraries.of(
                        0.0,
                        -0.0,
                        1.0,
                        Double.NaN,
                        Double.POSITIVE_INFINITY,
                        Double.NEGATIVE_INFINITY,
                        Double.MAX_VALUE,
                        -Double.MAX_VALUE,
                        Double.MIN_VALUE,
                        1e150,
                        -1e150,
                        1e-150,
                        1e-160,
                        0.3,
                        1e9 + 1);
        Arbitrary<Double> powers =
                Arbitraries.integers().between(-150, 149).map(e -> Math.pow(10, e) * 1.7);
        return Arbitraries.oneOf(special, powers, Arbitraries.doubles().between(-10, 10));
    }

    @Property
    void linearTicksCoverEveryDrawableValueInEqualSteps(
            @ForAll("anything") double a, @ForAll("anything") double b) {
        Extent extent = new Extent(false).include(a, b);
        Axis axis = Axis.linear(extent, 5);
        check(axis, extent, 14);
        double[] places =
                axis.ticks().stream().mapToDouble(t -> axis.fraction(t.value())).toArray();
        for (int i = 1; i < places.length; i++) {
            assertEquals(1.0 / (places.length - 1), places[i] - places[i - 1], 1e-6);
        }
    }

    @Property
    void logarithmicTicksCoverEveryPositiveValue(
            @ForAll("anything") double a, @ForAll("anything") double b) {
        Extent extent = new Extent(true).include(a, b);
        check(Axis.log(extent), extent, 16);
    }

    private static void check(Axis axis, Extent extent, int most) {
        List<Tick> ticks = axis.ticks();
        assertTrue(ticks.size() >= 2 && ticks.size() <= most, ticks.toString());
        assertEquals(
                ticks.size(),
                new HashSet<>(ticks.stream().map(Tick::label).toList()).size(),
                ticks.toString());
        for (int i = 1; i < ticks.size(); i++) {
            assertTrue(ticks.get(i).value() > ticks.get(i - 1).value(), ticks.toString());
        }
        if (!extent.isEmpty()) {
            assertTrue(ticks.get(0).value() <= extent.min(), ticks.toString());
            assertTrue(ticks.get(ticks.size() - 1).value() >= extent.max(), ticks.toString());
            double low = axis.fraction(extent.min());
            double high = axis.fraction(extent.max());
            assertTrue(low >= -1e-9 && low <= high && high <= 1 + 1e-9, low + " " + high);
        }
    }

    @Property
    void aTightAxisEndsWhereTheValuesEnd(@ForAll @Size(min = 2, max = 9) List<Integer> values) {
        double[] xs = values.stream().mapToDouble(v -> v).toArray();
        Extent extent = new Extent(false).include(xs);
        Axis axis = Axis.linear(extent, 6).tight(extent);
        axis.ticks()
                .forEach(
                        t ->
                                assertTrue(
                                        axis.fraction(t.value()) >= -1e-9
                                                && axis.fraction(t.value()) <= 1 + 1e-9));
        if (extent.max() > extent.min()) {
            assertEquals(0, axis.fraction(extent.min()), 1e-9);
            assertEquals(1, axis.fraction(extent.max()), 1e-9);
        }
    }

    @Test
    void ticksReadAsAPersonWouldWriteThem() {
        assertEquals(
                List.of("0.0", "0.1", "0.2", "0.3"),
                labels(Axis.linear(new Extent(false).include(0, 0.3), 3)));
        assertEquals(
                List.of("0", "5000", "10\u202f000"),
                labels(Axis.linear(new Extent(false).include(0, 10_000), 2)));
        assertEquals(
                List.of("\u22121", "0", "1"),
                labels(Axis.linear(new Extent(false).include(-1, 1), 2)));
        assertEquals(
                List.of(
                        "10\u207b\u2075",
                        "10\u207b\u2074",
                        "10\u207b\u00b3",
                        "10\u207b\u00b2",
                        "10\u207b\u00b9"),
                labels(Axis.log(new Extent(true).include(1e-5, 0.05))));
        assertEquals(
                List.of("0.05", "0.1", "0.2", "0.5", "1", "2"),
                labels(Axis.log(new Extent(true).include(0.06, 1.2))));
    }

    private static List<String> labels(Axis axis) {
        return axis.ticks().stream().map(Tick::label).toList();
    }
}
