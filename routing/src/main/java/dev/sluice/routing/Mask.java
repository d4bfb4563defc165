package dev.sluice.routing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How much passes at each unit of a named axis, or of several that stand side by side at a hook
 * point, such as {@code head*d_head} (the last counts the fastest): 1 lets everything through, 0
 * nothing; fractions scale, negative weights reverse (gradient ascent upstream). Immutable; later
 * parts overwrite earlier ones.
 */
public final class Mask {
    private final String axis;
    private final double elsewhere;
    private final List<Part> parts;

    /** A weight on the units {@code from} (inclusive) to {@code to} (exclusive). */
    public record Part(int from, int to, double weight) {
        /** Refuses empty and negative ranges and weights that are not finite. */
        public Part {
            if (from < 0 || to <= from || !Double.isFinite(weight)) {
                throw new IllegalArgumentException(
                        "mask part: expected 0 <= from < to and a finite weight, found "
                                + from
                                + ", "
                                + to
                                + ", "
                                + weight);
            }
        }
    }

    private Mask(String axis, double elsewhere, List<Part> parts) {
        this.axis = axis;
        this.elsewhere = elsewhere;
        this.parts = List.copyOf(parts);
    }

    /**
     * 1 on the units {@code from} (inclusive) to {@code to} (exclusive) of an axis, 0 elsewhere.
     */
    public static Mask range(String axis, int from, int to) {
        return new Mask(axis, 0, List.of(new Part(from, to, 1)));
    }

    /** The same weight on every unit. */
    public static Mask all(String axis, double weight) {
        if (!Double.isFinite(weight)) {
            throw new IllegalArgumentException("mask weight must be finite, found " + weight);
        }
        return new Mask(axis, weight, List.of());
    }

    /** One weight for each unit of the axis. */
    public static Mask of(String axis, double... weights) {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < weights.length; i++) {
            parts.add(new Part(i, i + 1, weights[i]));
        }
        return new Mask(axis, Double.NaN, parts);
    }

    /** This mask with another weight on the units {@code from} to {@code to} (exclusive). */
    public Mask with(int from, int to, double weight) {
        List<Part> more = new ArrayList<>(parts);
        more.add(new Part(from, to, weight));
        return new Mask(axis, elsewhere, more);
    }

    /** This mask, of a place, on an axis that lost units there. */
    Mask after(String at, Contraction contraction) {
        List<Part> left = new ArrayList<>();
        for (Part p : parts) {
            int from = contraction.place(at, axis, p.from());
            int to = contraction.place(at, axis, p.to());
            if (from < to) {
                left.add(new Part(from, to, p.weight()));
            }
        }
        return new Mask(axis, elsewhere, left);
    }

    /** The name of the axis. */
    public String axis() {
        return axis;
    }

    /** What was given unit by unit; later parts overwrite earlier ones. */
    public List<Part> parts() {
        return parts;
    }

    /** The weight of units in no part; NaN where every unit must be in one. */
    public double elsewhere() {
        return elsewhere;
    }

    /**
     * The weights for an axis of {@code size} units.
     *
     * @throws IllegalArgumentException if a part lies outside, or units of an axis given weight by
     *     weight are missing
     */
    public float[] weights(int size) {
        double[] values = values(size);
        float[] weights = new float[size];
        for (int i = 0; i < size; i++) {
            weights[i] = (float) values[i];
        }
        return weights;
    }

    /** The weights as they were given, for models that compute in f64. */
    double[] values(int size) {
        double[] out = new double[size];
        Arrays.fill(out, elsewhere);
        for (Part p : parts) {
            if (p.to() > size) {
                throw new IllegalArgumentException(
                        "axis "
                                + axis
                                + " has units 0-"
                                + (size - 1)
                                + ", the mask names "
                                + p.from()
                                + "-"
                                + (p.to() - 1));
            }
            Arrays.fill(out, p.from(), p.to(), p.weight());
        }
        for (int i = 0; i < size; i++) {
            if (Double.isNaN(out[i])) {
                throw new IllegalArgumentException(
                        "axis "
                                + axis
                                + " has "
                                + size
                                + " units, the mask gives "
                                + parts.size()
                                + " weights");
            }
        }
        return out;
    }

    @Override
    public String toString() {
        return axis + parts + " else " + elsewhere;
    }
}
