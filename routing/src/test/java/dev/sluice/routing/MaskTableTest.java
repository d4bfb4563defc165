package dev.sluice.routing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.engine.DType;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class MaskTableTest {
    private static final int SIZE = 3;
    private static final List<String> NAMES = List.of("a", "b", "c");

    /** Written out, a row for most points and rows for the others are the mask of every point. */
    @Property(tries = 300)
    void one_row_for_most_points_is_the_mask_of_every_point(@ForAll long seed) {
        Rng rng = Rng.of(seed);
        Route<Batch.Labelled> route =
                Route.at(HookName.of("x"))
                        .by(
                                RoutingRule.label(
                                        Map.of("a", List.of(0), "b", List.of(1), "c", List.of(2))));
        for (String name : List.of("a", "b", Route.OTHERS)) {
            Mask mask = Mask.all("d", rng.nextInt(3) / 2.0).with(0, 1, rng.nextInt(2));
            route = rng.nextInt(4) > 0 ? route.mask(name, mask) : route;
        }
        int[] ids = new int[1 + rng.nextInt(9)];
        int frequent = rng.nextInt(4) - 1;
        for (int i = 0; i < ids.length; i++) {
            ids[i] = rng.nextInt(3) > 0 ? frequent : rng.nextInt(4) - 1;
        }
        Assignment assignment = Assignment.of(NAMES, ids, ids.length);
        try (TensorScope scope = TensorScope.open()) {
            MaskTable table = new MaskTable(route, SIZE, 0);
            float[] whole = table.of(assignment, DType.F32).toFloats();
            MaskTable.Most most = table.most(assignment, DType.F32);
            if (most != null) {
                assertArrayEquals(whole, writtenOut(most, ids.length));
            } else {
                assertEquals(false, half(whole, ids.length));
            }
        }
    }

    private static float[] writtenOut(MaskTable.Most most, int points) {
        Tensor ones = Tensor.ones(DType.F32, points, SIZE);
        Tensor all = most.row() == null ? ones : ones.mul(most.row());
        if (most.others().count() > 0) {
            all.indexCopyInPlace(0, most.others(), most.weights());
        }
        return all.toFloats();
    }

    /** Whether more than half of the rows are the same. */
    private static boolean half(float[] whole, int points) {
        for (int i = 0; i < points; i++) {
            int same = 0;
            for (int j = 0; j < points; j++) {
                boolean equal = true;
                for (int u = 0; u < SIZE; u++) {
                    equal &= whole[i * SIZE + u] == whole[j * SIZE + u];
                }
                same += equal ? 1 : 0;
            }
            if (2 * same > points) {
                return true;
            }
        }
        return false;
    }
}
