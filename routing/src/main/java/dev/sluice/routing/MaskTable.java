package dev.sluice.routing;

import dev.sluice.engine.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The masks of one route over one axis at one step, as rows of numbers: a row for each name, and
 * one for the data that no mask names.
 */
final class MaskTable {
    private final Map<String, float[]> rows = new LinkedHashMap<>();
    private final float[] others;
    private final int size;

    MaskTable(Route<?> route, int size, long step) {
        this.size = size;
        float[] ones = new float[size];
        Arrays.fill(ones, 1);
        others = row(route, route.masks().get(Route.OTHERS), ones, step);
        route.masks()
                .forEach(
                        (name, mask) -> {
                            if (!name.equals(Route.OTHERS)) {
                                rows.put(name, row(route, mask, ones, step));
                            }
                        });
    }

    private static float[] row(Route<?> route, @Nullable Mask mask, float[] ones, long step) {
        float[] row = mask == null ? ones.clone() : mask.weights(ones.length);
        for (int i = 0; i < row.length; i++) {
            row[i] = route.weight().apply(row[i], step);
        }
        return row;
    }

    /** The mask of every data point: [points…, size]. */
    Tensor of(Assignment assignment) {
        float[] out = new float[assignment.points() * size];
        float[][] byId =
                assignment.routes().stream()
                        .map(name -> rows.getOrDefault(name, others))
                        .toArray(float[][]::new);
        for (int p = 0; p < assignment.points(); p++) {
            int id = assignment.id(p);
            if (assignment.blended() && id >= 0) {
                double w = assignment.weight(p);
                for (int u = 0; u < size; u++) {
                    out[p * size + u] = (float) ((1 - w) * byId[0][u] + w * byId[1][u]);
                }
            } else {
                System.arraycopy(id < 0 ? others : byId[id], 0, out, p * size, size);
            }
        }
        long[] points = assignment.shape();
        long[] shape = Arrays.copyOf(points, points.length + 1);
        shape[points.length] = size;
        return Tensor.of(out, shape);
    }

    /** Data points per name, with {@link Route#OTHERS} for those that no mask names. */
    static Map<String, Integer> count(Route<?> route, Assignment assignment) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        route.masks().keySet().forEach(name -> counts.put(name, 0));
        counts.putIfAbsent(Route.OTHERS, 0);
        for (int p = 0; p < assignment.points(); p++) {
            int id = assignment.id(p);
            String name = id < 0 ? Route.OTHERS : assignment.routes().get(id);
            counts.merge(counts.containsKey(name) ? name : Route.OTHERS, 1, Integer::sum);
        }
        return counts;
    }
}
