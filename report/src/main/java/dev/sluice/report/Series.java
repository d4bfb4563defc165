package dev.sluice.report;

import java.util.Arrays;

/** A named row of numbers, with an interval around each where one is known (NaN where not). */
final class Series {
    private final String name;
    private final double[] values;
    private final double[] lows;
    private final double[] highs;

    private Series(String name, double[] values, double[] lows, double[] highs) {
        this.name = name;
        this.values = values;
        this.lows = lows;
        this.highs = highs;
    }

    static Series of(String name, double[] values) {
        double[] none = new double[values.length];
        Arrays.fill(none, Double.NaN);
        return new Series(name, values.clone(), none, none);
    }

    static Series of(String name, double[] values, double[] lows, double[] highs) {
        requireLength(name, "low ends", values.length, lows.length);
        requireLength(name, "high ends", values.length, highs.length);
        return new Series(name, values.clone(), lows.clone(), highs.clone());
    }

    static void requireLength(String series, String what, int expected, int found) {
        if (expected != found) {
            throw new IllegalArgumentException(
                    "series \""
                            + series
                            + "\": expected "
                            + expected
                            + " "
                            + what
                            + ", found "
                            + found);
        }
    }

    String name() {
        return name;
    }

    double[] values() {
        return values;
    }

    double[] lows() {
        return lows;
    }

    double[] highs() {
        return highs;
    }

    int size() {
        return values.length;
    }

    boolean hasInterval(int i) {
        return !Double.isNaN(lows[i]) && !Double.isNaN(highs[i]);
    }

    /** The value at a place in words, with its interval if it has one. */
    String words(int i) {
        String interval =
                hasInterval(i)
                        ? " (95 % interval "
                                + Numbers.brief(lows[i])
                                + " to "
                                + Numbers.brief(highs[i])
                                + ")"
                        : "";
        return Numbers.brief(values[i]) + interval;
    }

    /** The class of the style sheet that gives the series its colour. */
    static String colour(int index) {
        return "s" + index % 8;
    }
}
