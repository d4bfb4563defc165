package dev.sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LeaveTest {
    private static final long[][] SHAPES = {{}, {1}, {4}, {3, 1}, {1, 4}, {3, 4}};

    @Property(tries = 200)
    void what_several_leave_in_common_is_what_each_of_them_leaves(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int count) {
        Rng rng = Rng.of(seed);
        try (TensorScope scope = TensorScope.open();
                Parameter p = Optimizers.parameter("p", Tensor.ones(DType.F32, 3, 4))) {
            boolean[] expected = new boolean[12];
            Arrays.fill(expected, true);
            List<Leave> leaves = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                long[] shape = SHAPES[rng.nextInt(SHAPES.length)];
                double share = rng.nextInt(4) / 3.0;
                int size = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
                float[] mask = new float[size];
                for (int e = 0; e < size; e++) {
                    mask[e] = rng.nextDouble() < share ? 1 : 0;
                }
                Tensor tensor = Tensor.of(mask, shape).gt(0.5);
                double[] all = Tensor.zeros(DType.F64, 3, 4).add(tensor.to(DType.F64)).toDoubles();
                for (int e = 0; e < 12; e++) {
                    expected[e] &= all[e] != 0;
                }
                leaves.add(Leave.of(Map.of(p, tensor)));
            }
            Leave common = Leave.common(leaves);
            boolean[] found = new boolean[12];
            Tensor mask = common.mask(p);
            if (mask != null) {
                double[] all = Tensor.zeros(DType.F64, 3, 4).add(mask.to(DType.F64)).toDoubles();
                for (int e = 0; e < 12; e++) {
                    found[e] = all[e] != 0;
                }
            }
            assertEquals(Arrays.toString(expected), Arrays.toString(found));
            boolean whole = true;
            for (boolean e : expected) {
                whole &= e;
            }
            assertEquals(whole, common.whole(p));
        }
    }

    @Test
    void it_outlives_the_masks_it_was_made_of() {
        try (TensorScope scope = TensorScope.open();
                Parameter p = Optimizers.parameter("p", Tensor.ones(DType.F32, 2))) {
            Leave leave;
            try (TensorScope inner = TensorScope.open()) {
                leave = Leave.of(Map.of(p, Tensor.of(new long[] {1, 0}, 2).gt(0)));
            }
            Tensor mask = leave.mask(p);
            assertEquals(1, mask == null ? 0 : mask.toLongs()[0]);
            assertNull(Leave.common(List.of(leave, Leave.nothing())).mask(p));
            assertNull(Leave.common(List.of()).mask(p));
        }
    }
}
