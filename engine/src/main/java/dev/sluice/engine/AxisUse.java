package dev.sluice.engine;

import java.util.Objects;

/**
 * What a part of a model does with all units of an axis together, and so what units appended to the
 * axis change. A {@link Layer} says it of itself; who widens a model asks {@link Layer#axisUses}.
 */
public sealed interface AxisUse {
    /** The dotted name of the part within the model. */
    String place();

    /** The name of the axis. */
    String axis();

    /** The same, seen from the layer that has this part as its child {@code name}. */
    AxisUse within(String name);

    private static String under(String name, String place) {
        return place.isEmpty() ? name : name + "." + place;
    }

    /** A weighted sum over the units: units that are zero change no more than its rounding. */
    record Sum(String place, String axis) implements AxisUse {
        /** Refuses null. */
        public Sum {
            Objects.requireNonNull(place, "place");
            Objects.requireNonNull(axis, "axis");
        }

        @Override
        public Sum within(String name) {
            return new Sum(under(name, place), axis);
        }
    }

    /** A mean over the units, as a norm takes: their number counts, whatever they are. */
    record Mean(String place, String axis) implements AxisUse {
        /** Refuses null. */
        public Mean {
            Objects.requireNonNull(place, "place");
            Objects.requireNonNull(axis, "axis");
        }

        @Override
        public Mean within(String name) {
            return new Mean(under(name, place), axis);
        }
    }

    /** What the model returns has the axis. */
    record Result(String place, String axis) implements AxisUse {
        /** Refuses null. */
        public Result {
            Objects.requireNonNull(place, "place");
            Objects.requireNonNull(axis, "axis");
        }

        @Override
        public Result within(String name) {
            return new Result(under(name, place), axis);
        }
    }

    /**
     * Scores of attention: scale · Σ left · right over the units.
     *
     * @param left the child of the place that makes one factor
     * @param right the child that makes the other
     * @param scale of the sum
     * @param turned how many of the first units are turned by the position
     */
    record Scores(String place, String axis, String left, String right, double scale, int turned)
            implements AxisUse {
        /** Refuses null. */
        public Scores {
            Objects.requireNonNull(place, "place");
            Objects.requireNonNull(axis, "axis");
            Objects.requireNonNull(left, "left");
            Objects.requireNonNull(right, "right");
        }

        @Override
        public Scores within(String name) {
            return new Scores(under(name, place), axis, left, right, scale, turned);
        }
    }

    /** Each unit h of the axis reads unit ⌊h · |shared| / |axis|⌋ of a smaller one. */
    record Groups(String place, String axis, String shared) implements AxisUse {
        /** Refuses null. */
        public Groups {
            Objects.requireNonNull(place, "place");
            Objects.requireNonNull(axis, "axis");
            Objects.requireNonNull(shared, "shared");
        }

        @Override
        public Groups within(String name) {
            return new Groups(under(name, place), axis, shared);
        }
    }
}
