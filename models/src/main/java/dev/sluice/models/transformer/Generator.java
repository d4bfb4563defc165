package dev.sluice.models.transformer;

import com.google.errorprone.annotations.MustBeClosed;
import dev.sluice.engine.GradMode;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import org.jspecify.annotations.Nullable;

/**
 * Continues sequences token by token. Keys and values of what was read are kept, so a token costs
 * one position, however long the sequence. Hook points work as in training, on the new positions.
 *
 * <pre>{@code
 * try (Generator g = Generator.open(model, start, 100)) {
 *     Tokens text = g.run(new Sampling(0.8, 40, 0.95), 100, Rng.of(1));
 * }
 * }</pre>
 */
public final class Generator implements AutoCloseable {
    private final Transformer model;
    private final KeyValueCache cache;
    private final int capacity;
    private Tokens tokens;
    private @Nullable Tensor next;

    private Generator(Transformer model, Tokens start, int capacity) {
        this.model = model;
        this.capacity = capacity;
        tokens = start;
        try (TensorScope scope = TensorScope.open()) {
            cache = new KeyValueCache(model.config(), model.dtype(), start.rows(), capacity);
        }
    }

    /**
     * Starts with these sequences, padded on either side or not.
     *
     * @param most how many tokens may follow
     * @throws IllegalArgumentException if a sequence is all padding, or the model has not learned
     *     so many positions
     */
    @MustBeClosed
    public static Generator open(Transformer model, Tokens start, int most) {
        int length = Math.addExact(start.length(), most);
        if (model.config().positions() instanceof TransformerConfig.Learned learned
                && length > learned.count()) {
            throw new IllegalArgumentException(
                    "generate: expected at most "
                            + learned.count()
                            + " tokens in all, for so many positions were learned, found "
                            + start.length()
                            + " and "
                            + most
                            + " more");
        }
        for (int row = 0; row < start.rows(); row++) {
            if (start.lastReal(row) < 0) {
                throw new IllegalArgumentException("generate: sequence " + row + " is empty");
            }
        }
        Generator generator = new Generator(model, start, length);
        try {
            generator.read();
            return generator;
        } catch (RuntimeException e) {
            generator.close();
            throw e;
        }
    }

    /** Reads the columns that are new, and keeps the logits of the token after them. */
    private void read() {
        int before = cache.length();
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.off()) {
            Tensor logits = model.logits(tokens, cache);
            long[] last = new long[tokens.rows()];
            for (int row = 0; row < last.length; row++) {
                last[row] = (long) row * logits.size(1) + tokens.lastReal(row) - before;
            }
            Tensor rows = logits.reshape(-1, logits.size(-1));
            Tensor chosen = rows.select(0, Tensor.of(last, last.length)).retain();
            if (next != null) {
                next.close();
            }
            next = chosen;
        }
    }

    /** What there is so far. */
    public Tokens tokens() {
        return tokens;
    }

    /** The logits of the token that follows, [rows, vocab], until the next one is appended. */
    public Tensor logits() {
        if (next == null) {
            throw new IllegalStateException("the generator is closed");
        }
        return next;
    }

    /**
     * Appends a token to each sequence.
     *
     * @throws IllegalStateException if there is no room for more
     */
    public void append(int... ids) {
        if (tokens.length() == capacity) {
            throw new IllegalStateException("no room for more than " + capacity + " tokens");
        }
        tokens = tokens.with(ids);
        read();
    }

    /** Appends {@code count} tokens to each sequence, and returns all. */
    public Tokens run(Sampling sampling, int count, Rng rng) {
        for (int i = 0; i < count; i++) {
            append(sampling.choose(logits(), rng));
        }
        return tokens;
    }

    @Override
    public void close() {
        cache.close();
        if (next != null) {
            next.close();
            next = null;
        }
    }
}
