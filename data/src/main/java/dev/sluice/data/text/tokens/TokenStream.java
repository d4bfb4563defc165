package dev.sluice.data.text.tokens;

import dev.sluice.data.DataException;
import dev.sluice.engine.Rng;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.stream.IntStream;

/**
 * The batches of a tokenized corpus: epochs without end, each in a fresh order of rows, or in the
 * order of the corpus. The last batch of an epoch holds what is left. Use {@link #state} and {@link
 * #restore} to go on after a stop with exactly the batches of an uninterrupted run. Not safe for
 * use by several threads.
 */
public final class TokenStream {
    private final TokenSource source;
    private final RowMaker rows;
    private final Layout layout;
    private final State begun;
    private long epoch;
    private long position;
    private ShuffledOrder order;

    /**
     * All that a stream needs to go on.
     *
     * @param source checksum of the tokenized corpus
     * @param rows rows of an epoch
     * @param batch rows of a batch
     * @param shuffled whether the order is a random one
     * @param seed decides about the order
     * @param epoch epochs completed
     * @param position rows of this epoch already delivered
     */
    public record State(
            String source,
            long rows,
            int batch,
            boolean shuffled,
            long seed,
            long epoch,
            long position) {}

    private TokenStream(TokenSource source, LongPredicate selection, Layout layout, State state) {
        if (state.batch() < 1) {
            throw new IllegalArgumentException(
                    "expected at least one row a batch, found " + state.batch());
        }
        this.source = source;
        this.layout = layout;
        this.rows = new RowMaker(source, selected(source, selection), layout);
        if (rows.rows() < 1) {
            throw new DataException(
                    Path.of(source.name()),
                    "documents selected",
                    "enough for a row of " + layout.length() + " tokens",
                    "less");
        }
        this.begun =
                new State(
                        source.fingerprint(),
                        rows.rows(),
                        state.batch(),
                        state.shuffled(),
                        state.seed(),
                        0,
                        0);
        this.epoch = state.epoch();
        this.position = state.position();
        this.order = order();
    }

    /**
     * Rows in random order.
     *
     * @param selection accepts the numbers of documents to use, such as {@link
     *     dev.sluice.data.text.corpus.Split#training}
     * @param batch rows of a batch
     * @throws IllegalArgumentException if {@code batch} is not positive
     * @throws DataException if the selected documents make no row
     */
    public static TokenStream shuffled(
            TokenSource source, LongPredicate selection, Layout layout, int batch, long seed) {
        return new TokenStream(
                source, selection, layout, new State("", 0, batch, true, seed, 0, 0));
    }

    /** Rows in the order of the corpus, as for validation; else as {@link #shuffled}. */
    public static TokenStream inOrder(
            TokenSource source, LongPredicate selection, Layout layout, int batch) {
        return new TokenStream(source, selection, layout, new State("", 0, batch, false, 0, 0, 0));
    }

    /**
     * The stream that was in {@code state}, made with the same source, selection and layout.
     *
     * @throws IllegalArgumentException if no such stream can be in that state
     */
    public static TokenStream restore(
            TokenSource source, LongPredicate selection, Layout layout, State state) {
        TokenStream stream = new TokenStream(source, selection, layout, state);
        boolean fits =
                state.source().equals(stream.begun.source()) && state.rows() == stream.begun.rows();
        boolean place =
                state.epoch() >= 0
                        && state.position() >= 0
                        && state.position() <= state.rows()
                        && (state.position() % state.batch() == 0
                                || state.position() == state.rows());
        if (!fits || !place) {
            throw new IllegalArgumentException(
                    "no stream of " + source.name() + " can be in state " + state);
        }
        return stream;
    }

    private static int[] selected(TokenSource source, LongPredicate selection) {
        return IntStream.range(0, Math.toIntExact(source.documents()))
                .filter(selection::test)
                .toArray();
    }

    private ShuffledOrder order() {
        return new ShuffledOrder(
                begun.rows(), Rng.of(begun.seed(), "text/epoch " + epoch).nextLong());
    }

    /** The state after the batches delivered so far. */
    public State state() {
        return new State(
                begun.source(),
                begun.rows(),
                begun.batch(),
                begun.shuffled(),
                begun.seed(),
                epoch,
                position);
    }

    /** The next batch. */
    public TokenBatch next() {
        if (position == begun.rows()) {
            epoch++;
            position = 0;
            order = order();
        }
        long end = Math.min(begun.rows(), position + begun.batch());
        List<RowMaker.Row> batch = new ArrayList<>();
        for (; position < end; position++) {
            batch.add(rows.row(begun.shuffled() ? order.at(position) : position));
        }
        PaddingSide side =
                layout instanceof Layout.Padded padded ? padded.side() : PaddingSide.RIGHT;
        return TokenBatch.padded(batch, side, source.endOfText());
    }

    /** Epochs completed before the batch delivered last. */
    public long epoch() {
        return epoch;
    }

    /** Whether the batch delivered last was the last of its epoch. */
    public boolean atEpochEnd() {
        return position == begun.rows();
    }

    /** Rows of an epoch. */
    public long rowsPerEpoch() {
        return begun.rows();
    }
}
