package dev.sluice.data.text.corpus;

import dev.sluice.engine.Rng;
import java.util.function.LongPredicate;

/**
 * Divides a corpus into a training and a validation part by a seeded hash of the document's number:
 * a document stays in its part when the corpus grows. Give {@link #training} or {@link #validation}
 * to what selects documents.
 */
public final class Split {
    private final double share;
    private final long key;

    private Split(double share, long key) {
        this.share = share;
        this.key = key;
    }

    /**
     * A division that puts about {@code validationShare} of the documents aside.
     *
     * @throws IllegalArgumentException unless the share is in [0, 1]
     */
    public static Split of(double validationShare, long seed) {
        if (!(validationShare >= 0 && validationShare <= 1)) {
            throw new IllegalArgumentException(
                    "expected a share between 0 and 1, found " + validationShare);
        }
        return new Split(validationShare, Rng.of(seed, "text/split").nextLong());
    }

    /** Accepts the numbers of the documents to train on. */
    public LongPredicate training() {
        return number -> !held(number);
    }

    /** Accepts the numbers of the documents to validate with. */
    public LongPredicate validation() {
        return this::held;
    }

    private boolean held(long number) {
        return Rng.of(key + number).nextDouble() < share;
    }
}
