package dev.sluice.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.Rng;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BatchStreamTest {
    @Property
    void anEpochHoldsEachExampleOnceAndTheLastBatchHoldsTheRest(
            @ForAll @IntRange(min = 1, max = 60) int examples,
            @ForAll @IntRange(min = 1, max = 70) int batch,
            @ForAll long seed) {
        BatchStream stream = BatchStream.of(examples, batch, Rng.of(seed));
        for (int epoch = 0; epoch < 3; epoch++) {
            int[] all = new int[0];
            for (int b = 0; b < stream.batchesPerEpoch(); b++) {
                int[] next = stream.next();
                boolean last = b == stream.batchesPerEpoch() - 1;
                assertEquals(last ? examples - b * batch : batch, next.length);
                assertEquals(epoch, stream.epoch());
                assertEquals(last, stream.atEpochEnd());
                all = IntStream.concat(Arrays.stream(all), Arrays.stream(next)).toArray();
            }
            assertArrayEquals(
                    IntStream.range(0, examples).toArray(), Arrays.stream(all).sorted().toArray());
        }
    }

    @Property
    void aRestoredStreamGoesOnAsIfNothingHadHappened(
            @ForAll @IntRange(min = 1, max = 40) int examples,
            @ForAll @IntRange(min = 1, max = 45) int batch,
            @ForAll @IntRange(min = 0, max = 25) int before,
            @ForAll long seed) {
        BatchStream whole = BatchStream.of(examples, batch, Rng.of(seed));
        for (int i = 0; i < before; i++) {
            whole.next();
        }
        BatchStream.State state = whole.state();
        BatchStream restored = BatchStream.restore(state);
        assertEquals(state, restored.state());
        for (int i = 0; i < 25; i++) {
            assertArrayEquals(whole.next(), restored.next());
            assertEquals(whole.state(), restored.state());
            assertEquals(whole.epoch(), restored.epoch());
        }
    }

    @Test
    void eachEpochHasAnOrderOfItsOwn() {
        BatchStream stream = BatchStream.of(50, 50, Rng.of(3));
        int[] first = stream.next();
        assertFalse(Arrays.equals(first, stream.next()));
        assertFalse(Arrays.equals(first, BatchStream.of(50, 50, Rng.of(4)).next()));
    }

    @Test
    void statesThatNoStreamCanBeInAreRefused() {
        List<Long> generator = List.of(1L, 2L, 3L, 4L);
        List<BatchStream.State> wrong =
                List.of(
                        new BatchStream.State(10, 4, generator, 0, 3),
                        new BatchStream.State(10, 4, generator, 0, 12),
                        new BatchStream.State(10, 4, generator, 0, -4),
                        new BatchStream.State(10, 4, generator, -1, 4),
                        new BatchStream.State(0, 4, generator, 0, 0),
                        new BatchStream.State(10, 4, List.of(1L), 0, 4));
        for (BatchStream.State state : wrong) {
            assertThrows(IllegalArgumentException.class, () -> BatchStream.restore(state));
        }
        assertTrue(
                BatchStream.restore(new BatchStream.State(10, 4, generator, 0, 10)).atEpochEnd());
    }

    @Test
    void aBatchOfGreatestSizeDoesNotOverflow() {
        BatchStream stream = BatchStream.of(5, Integer.MAX_VALUE, Rng.of(1));
        assertEquals(1, stream.batchesPerEpoch());
        assertEquals(5, stream.next().length);
    }
}
