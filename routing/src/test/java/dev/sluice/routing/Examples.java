package dev.sluice.routing;

import java.util.List;
import java.util.stream.LongStream;

/** Labelled examples: their numbers, and number modulo classes as the label. */
public record Examples(List<Long> numbers, int classes) implements Batch.Labelled {
    /** The examples {@code from} to {@code from + count - 1}. */
    public static Examples range(int from, int count, int classes) {
        return new Examples(LongStream.range(from, from + count).boxed().toList(), classes);
    }

    @Override
    public int size() {
        return numbers.size();
    }

    @Override
    public long example(int row) {
        return numbers.get(row);
    }

    @Override
    public int label(int row) {
        return (int) (example(row) % classes);
    }
}
