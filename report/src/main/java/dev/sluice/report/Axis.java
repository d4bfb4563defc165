package dev.sluice.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * One axis of a plot: places numbers between 0 and 1 and names round numbers among them. Unless the
 * axis is {@linkplain #tight tight}, its ends are its first and last tick, so that every value lies
 * between two labels.
 */
final class Axis {
    private static final double ROUNDING = 1e-6;

    private final List<Tick> ticks;
    private final DoubleUnaryOperator scale;
    private final double low;
    private final double high;

    private Axis(List<Tick> ticks, DoubleUnaryOperator scale, double low, double high) {
        this.ticks = List.copyOf(ticks);
        this.scale = scale;
        this.low = scale.applyAsDouble(low);
        this.high = scale.applyAsDouble(high);
    }

    /** An axis in equal steps of 1, 2 or 5 times a power of ten, about as many as asked for. */
    static Axis linear(Extent extent, int about) {
        return between(steps(extent, about), DoubleUnaryOperator.identity());
    }

    /** A logarithmic axis: decades, or 1-2-5 in them where they are few, or equal steps in less. */
    static Axis log(Extent extent) {
        if (extent.isEmpty()) {
            return log(new Extent(true).include(0.1, 1));
        }
        boolean narrow = extent.max() / extent.min() < 3;
        return between(narrow ? steps(extent, 4) : decades(extent), Math::log10);
    }

    /** An axis of equally wide named places; place {@code i} is the number {@code i}. */
    static Axis categories(List<String> names) {
        List<Tick> ticks = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            ticks.add(new Tick(i, names.get(i)));
        }
        double end = Math.max(1, names.size()) - 0.5;
        return new Axis(ticks, DoubleUnaryOperator.identity(), -0.5, end);
    }

    /** This axis cut to the range itself; ticks outside are gone. */
    Axis tight(Extent extent) {
        if (extent.isEmpty() || scale.applyAsDouble(extent.max()) - low <= 0) {
            return this;
        }
        List<Tick> inside =
                ticks.stream()
                        .filter(t -> t.value() >= extent.min() && t.value() <= extent.max())
                        .toList();
        return inside.size() < 2 ? this : new Axis(inside, scale, extent.min(), extent.max());
    }

    List<Tick> ticks() {
        return ticks;
    }

    /** Where the value lies, from 0 to 1; NaN where it is not on the axis. */
    double fraction(double value) {
        double place = (scale.applyAsDouble(value) - low) / (high - low);
        return place >= -ROUNDING && place <= 1 + ROUNDING ? place : Double.NaN;
    }

    private static Axis between(List<BigDecimal> values, DoubleUnaryOperator scale) {
        List<Tick> ticks = labelled(values);
        return new Axis(ticks, scale, ticks.get(0).value(), ticks.get(ticks.size() - 1).value());
    }

    private static List<BigDecimal> steps(Extent extent, int about) {
        double min = extent.isEmpty() ? 0 : extent.min();
        double max = extent.isEmpty() ? 1 : extent.max();
        double size = Math.max(Math.abs(min), Math.abs(max));
        if (size < 1e-200 || max - min < size * 1e-7) {
            double pad = size < 1e-200 ? 1 : size * 0.1;
            min -= pad;
            max += pad;
        }
        BigDecimal step = niceStep((max - min) / about);
        long first = count(min, step, RoundingMode.FLOOR);
        long last = count(max, step, RoundingMode.CEILING);
        List<BigDecimal> values = new ArrayList<>();
        for (long i = first; i <= last; i++) {
            values.add(step.multiply(BigDecimal.valueOf(i)));
        }
        return values;
    }

    private static long count(double end, BigDecimal step, RoundingMode rounding) {
        return BigDecimal.valueOf(end).divide(step, 0, rounding).longValueExact();
    }

    private static BigDecimal niceStep(double raw) {
        int exponent = (int) Math.floor(Math.log10(raw));
        double mantissa = raw / Math.pow(10, exponent);
        int nice = mantissa <= 1.5 ? 1 : mantissa <= 3 ? 2 : 5;
        return mantissa <= 7
                ? BigDecimal.valueOf(nice).scaleByPowerOfTen(exponent)
                : BigDecimal.ONE.scaleByPowerOfTen(exponent + 1);
    }

    private static List<BigDecimal> decades(Extent extent) {
        int first = (int) Math.floor(Math.log10(extent.min()));
        int last = (int) Math.ceil(Math.log10(extent.max()));
        int step = Math.max(1, (last - first + 7) / 8);
        int[] mantissas = last - first <= 3 ? new int[] {1, 2, 5} : new int[] {1};
        List<BigDecimal> all = new ArrayList<>();
        for (int e = first - step; e <= last + step; e += step) {
            for (int m : mantissas) {
                all.add(BigDecimal.valueOf(m).scaleByPowerOfTen(e));
            }
        }
        int from = 0;
        while (all.get(from + 1).doubleValue() <= extent.min()) {
            from++;
        }
        int to = all.size() - 1;
        while (all.get(to - 1).doubleValue() >= extent.max()) {
            to--;
        }
        return all.subList(from, to + 1);
    }

    private static List<Tick> labelled(List<BigDecimal> values) {
        double largest =
                values.stream().mapToDouble(v -> Math.abs(v.doubleValue())).max().orElse(1);
        double smallest =
                values.stream()
                        .filter(v -> v.signum() != 0)
                        .mapToDouble(v -> Math.abs(v.doubleValue()))
                        .min()
                        .orElse(1);
        boolean plain = largest >= 1e-3 && largest < 1e6 && smallest >= 1e-4;
        List<Tick> ticks = new ArrayList<>();
        for (BigDecimal v : values) {
            String label = plain ? Numbers.plain(v) : Numbers.scientific(v);
            ticks.add(new Tick(v.doubleValue(), label));
        }
        return ticks;
    }
}
