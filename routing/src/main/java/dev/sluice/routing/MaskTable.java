package dev.sluice.routing;

import dev.sluice.engine.DType;
import dev.sluice.engine.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The masks of one route over one axis at one step, as rows of numbers: a row for each name, and
 * one for the data that no mask names.
 */
final class MaskTable {
    private final List<String> names = new ArrayList<>();
    private final List<double[]> rows = new ArrayList<>();
    private final int size;

    MaskTable(Route<?> route, int size, long step) {
        this.size = size;
        route.masks()
                .forEach(
                        (name, mask) -> {
                            if (!name.equals(Route.OTHERS)) {
                                names.add(name);
                                rows.add(row(route, mask, step));
                            }
                        });
        rows.add(row(route, route.masks().get(Route.OTHERS), step));
    }

    private double[] row(Route<?> route, @Nullable Mask mask, long step) {
        double[] row = mask == null ? Mask.all("", 1).values(size) : mask.values(size);
        for (int i = 0; i < row.length; i++) {
            row[i] = route.weight().apply(row[i], step);
        }
        return row;
    }

    /** The row of each name of an assignment, and last that of points without a route. */
    private int[] rowsOf(Assignment assignment) {
        int others = names.size();
        int[] of = new int[assignment.routes().size() + 1];
        Arrays.fill(of, others);
        for (int id = 0; id < of.length - 1; id++) {
            int row = names.indexOf(assignment.routes().get(id));
            of[id] = row < 0 ? others : row;
        }
        return of;
    }

    /**
     * The mask of every data point: [points…, size].
     *
     * @param dtype f32 or f64
     */
    Tensor of(Assignment assignment, DType dtype) {
        Tensor all = table(dtype);
        int[] byId = rowsOf(assignment);
        long[] points = assignment.shape();
        if (!assignment.blended()) {
            return all.embed(rowIds(assignment, byId, points));
        }
        long[] shape = Arrays.copyOf(points, points.length + 1);
        shape[points.length] = size;
        return blended(assignment, all, byId).reshape(shape);
    }

    /**
     * The row of most data points, and those that have another.
     *
     * @param row [size]; null where it is all 1
     * @param others the places of the others, row by row: [n]
     * @param weights their rows: [n, size]
     */
    record Most(@Nullable Tensor row, Tensor others, Tensor weights) {}

    /** The masks as one for most points; null if they are blended, or no row has half of them. */
    @Nullable Most most(Assignment assignment, DType dtype) {
        if (assignment.blended()) {
            return null;
        }
        int[] byId = rowsOf(assignment);
        int[] first = firstAlike();
        int[] rowOf = new int[assignment.points()];
        int[] counts = new int[rows.size()];
        for (int p = 0; p < rowOf.length; p++) {
            rowOf[p] = first[rowOf(assignment, byId, p)];
            counts[rowOf[p]]++;
        }
        int most = 0;
        for (int row = 1; row < counts.length; row++) {
            most = counts[row] > counts[most] ? row : most;
        }
        if (2 * counts[most] <= rowOf.length) {
            return null;
        }
        long[] others = new long[rowOf.length - counts[most]];
        long[] ids = new long[others.length];
        int n = 0;
        for (int p = 0; p < rowOf.length; p++) {
            if (rowOf[p] != most) {
                others[n] = p;
                ids[n++] = rowOf[p];
            }
        }
        Tensor all = table(dtype);
        return new Most(
                Arrays.stream(rows.get(most)).allMatch(weight -> weight == 1)
                        ? null
                        : all.select(0, Tensor.of(new long[] {most}, 1)).reshape(size),
                Tensor.of(others, n),
                all.embed(Tensor.of(ids, n)));
    }

    /** Each row's first row of the same numbers. */
    private int[] firstAlike() {
        int[] first = new int[rows.size()];
        for (int i = 0; i < first.length; i++) {
            while (!Arrays.equals(rows.get(first[i]), rows.get(i))) {
                first[i]++;
            }
        }
        return first;
    }

    private Tensor table(DType dtype) {
        double[] table = new double[rows.size() * size];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(rows.get(i), 0, table, i * size, size);
        }
        return Tensor.of(table, rows.size(), size).to(dtype);
    }

    private static Tensor rowIds(Assignment assignment, int[] byId, long... points) {
        long[] ids = new long[assignment.points()];
        for (int p = 0; p < ids.length; p++) {
            ids[p] = rowOf(assignment, byId, p);
        }
        return Tensor.of(ids, points);
    }

    private static int rowOf(Assignment assignment, int[] byId, int point) {
        int id = assignment.id(point);
        return byId[id < 0 ? byId.length - 1 : id];
    }

    private static Tensor blended(Assignment assignment, Tensor all, int[] byId) {
        int n = assignment.points();
        double[] weights = new double[n];
        byte[] routed = new byte[n];
        for (int p = 0; p < n; p++) {
            boolean none = assignment.id(p) < 0;
            routed[p] = (byte) (none ? 0 : 1);
            weights[p] = none ? 0 : assignment.weight(p);
        }
        Tensor second = Tensor.of(weights, n, 1).to(all.dtype());
        Tensor mask =
                second.neg()
                        .add(1)
                        .mul(all.narrow(0, byId[0], 1))
                        .add(second.mul(all.narrow(0, byId[1], 1)));
        Tensor condition = Tensor.ofBytes(ByteBuffer.wrap(routed), DType.BOOL, n, 1);
        return mask.where(condition, all.narrow(0, byId[2], 1));
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
