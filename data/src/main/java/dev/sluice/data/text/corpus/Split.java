package dev.sluice.data.text.corpus;

import dev.sluice.engine.Rng;
import java.util.function.LongPredicate;

/**
 * Divides a corpus into a training and a validation part by a seeded hash of the document's number:
 * a document stays in its part when the corpus grows. Give {@link #training} or {@link #validation}
 * to what selects documents.
 */
public final class Split {
    /** How many documents are looked at for one to put aside. */
    public static final int FIRST = 1000;

    private static final long NONE = -1;

    private final double share;
    private final long key;
    private final long also;

    private Split(double share, long key, long also) {
        this.share = share;
        this.key = key;
        this.also = also;
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
        return new Split(validationShare, Rng.of(seed, "text/split").nextLong(), NONE);
    }

    /**
     * The same division, but never without a document to validate with: where none of the first
     * {@value #FIRST} is put aside, the one that comes nearest to it is.
     *
     * @param documents of the corpus, or of its beginning; below 2 nothing can be put aside
     */
    public Split withSome(long documents) {
        long nearest = NONE;
        double least = 2;
        for (long number = 0; documents > 1 && number < Math.min(documents, FIRST); number++) {
            double place = place(number);
            if (place < least) {
                least = place;
                nearest = number;
            }
        }
        return new Split(share, key, least < share ? NONE : nearest);
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
        return place(number) < share || number == also;
    }

    private double place(long number) {
        return Rng.of(key + number).nextDouble();
    }
}
