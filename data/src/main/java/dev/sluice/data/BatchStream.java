package dev.sluice.data;

import dev.sluice.engine.Rng;
import java.util.Arrays;
import java.util.List;

/**
 * The order in which training sees its examples: epochs without end, each a fresh permutation of 0
 * … n − 1 cut into batches; the last batch of an epoch holds what is left. Use {@link #state} and
 * {@link #restore} to go on after a stop with exactly the batches of an uninterrupted run. Not safe
 * for use by several threads.
 */
public final class BatchStream {
    private final int examples;
    private final int batch;
    private final Rng rng;
    private List<Long> epochStart;
    private int[] order;
    private int epoch;
    private int position;

    private BatchStream(int examples, int batch, Rng rng) {
        if (examples < 1 || batch < 1) {
            throw new IllegalArgumentException(
                    "expected at least one example and one per batch, found "
                            + examples
                            + " and "
                            + batch);
        }
        this.examples = examples;
        this.batch = batch;
        this.rng = rng;
        this.epochStart = boxed(rng.state());
        this.order = rng.permutation(examples);
    }

    /**
     * Everything a stream needs to go on.
     *
     * @param examples number of examples
     * @param batch examples per batch
     * @param generator state of the generator at the start of the epoch, four numbers
     * @param epoch epochs completed
     * @param position examples of this epoch already delivered
     */
    public record State(int examples, int batch, List<Long> generator, int epoch, int position) {}

    /**
     * Batches of {@code batch} of {@code examples} examples; the stream owns {@code rng} from now
     * on.
     *
     * @throws IllegalArgumentException if a number is not positive
     */
    public static BatchStream of(int examples, int batch, Rng rng) {
        return new BatchStream(examples, batch, rng);
    }

    /**
     * The stream that was in {@code state}.
     *
     * @throws IllegalArgumentException if no stream can be in that state
     */
    public static BatchStream restore(State state) {
        long[] generator = state.generator().stream().mapToLong(Long::longValue).toArray();
        BatchStream stream =
                new BatchStream(state.examples(), state.batch(), Rng.restore(generator));
        int position = state.position();
        if (state.epoch() < 0
                || position < 0
                || position > state.examples()
                || (position % state.batch() != 0 && position != state.examples())) {
            throw new IllegalArgumentException("no stream can be in state " + state);
        }
        stream.epoch = state.epoch();
        stream.position = position;
        return stream;
    }

    /** The state after the batches delivered so far. */
    public State state() {
        return new State(examples, batch, epochStart, epoch, position);
    }

    /** Indices of the next batch. */
    public int[] next() {
        if (position == examples) {
            epoch++;
            position = 0;
            epochStart = boxed(rng.state());
            order = rng.permutation(examples);
        }
        int end = (int) Math.min(examples, (long) position + batch);
        int[] indices = Arrays.copyOfRange(order, position, end);
        position = end;
        return indices;
    }

    /** Epochs completed before the batch delivered last. */
    public int epoch() {
        return epoch;
    }

    /** Whether the batch delivered last was the last of its epoch. */
    public boolean atEpochEnd() {
        return position == examples;
    }

    /** Batches of an epoch. */
    public int batchesPerEpoch() {
        return (int) (((long) examples + batch - 1) / batch);
    }

    private static List<Long> boxed(long[] state) {
        return Arrays.stream(state).boxed().toList();
    }
}
