package dev.sluice.routing;

import java.util.Arrays;
import java.util.List;

/**
 * What a rule decided for each data point of a batch: a route, no route, or a blend of two. Data
 * points are examples, shape [n], or tokens, shape [batch, sequence].
 */
public final class Assignment {
    private static final int NONE = -1;

    private final List<String> routes;
    private final long[] shape;
    private final int[] ids;
    private final float[] blend;

    private Assignment(List<String> routes, long[] shape, int[] ids, float[] blend) {
        this.routes = List.copyOf(routes);
        this.shape = shape.clone();
        this.ids = ids.clone();
        this.blend = blend.clone();
        long points = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        if (points != ids.length + blend.length) {
            throw new IllegalArgumentException(
                    "an assignment of shape "
                            + Arrays.toString(shape)
                            + " needs "
                            + points
                            + " entries, found "
                            + (ids.length + blend.length));
        }
    }

    /**
     * One route for each point.
     *
     * @param ids index into {@code routes}, or −1 for a point that no route takes
     */
    public static Assignment of(List<String> routes, int[] ids, long... shape) {
        for (int id : ids) {
            if (id < NONE || id >= routes.size()) {
                throw new IllegalArgumentException(
                        "route index " + id + " with " + routes.size() + " routes");
            }
        }
        return new Assignment(routes, shape, ids, new float[0]);
    }

    /**
     * A blend for each point: weight 0 is all {@code first}, 1 all {@code second}; the mask of a
     * point is (1 − w)·M₁ + w·M₂, and NaN stands for a point that no route takes.
     */
    public static Assignment blend(String first, String second, float[] weights, long... shape) {
        for (float w : weights) {
            if (w < 0 || w > 1) {
                throw new IllegalArgumentException("a blend lies in 0…1, found " + w);
            }
        }
        return new Assignment(List.of(first, second), shape, new int[0], weights);
    }

    /** The names that {@link #id} is an index into. */
    public List<String> routes() {
        return routes;
    }

    /** The shape of the data points. */
    public long[] shape() {
        return shape.clone();
    }

    /** The number of data points. */
    public int points() {
        return ids.length + blend.length;
    }

    /** Whether points are blends of two routes. */
    public boolean blended() {
        return blend.length > 0;
    }

    /** The index of a point's route, or −1. Blends have the route of the larger weight. */
    public int id(int point) {
        if (blended()) {
            float w = blend[point];
            return Float.isNaN(w) ? NONE : w > 0.5f ? 1 : 0;
        }
        return ids[point];
    }

    /** The weight of the second route at a point of a blend; NaN at one that no route takes. */
    public float weight(int point) {
        return blend[point];
    }

    /** Whether a point belongs wholly to the route of this name. */
    public boolean is(int point, String route) {
        if (blended()) {
            return (routes.get(0).equals(route) && blend[point] == 0)
                    || (routes.get(1).equals(route) && blend[point] == 1);
        }
        return ids[point] >= 0 && routes.get(ids[point]).equals(route);
    }

    /** Whether every point belongs wholly to the route of this name. */
    public boolean all(String route) {
        for (int i = 0; i < points(); i++) {
            if (!is(i, route)) {
                return false;
            }
        }
        return points() > 0;
    }
}
