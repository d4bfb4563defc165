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
    private final long never;

    private Split(double share, long key, long also, long never) {
        this.share = share;
        this.key = key;
        this.also = also;
        this.never = never;
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
        return new Split(validationShare, Rng.of(seed, "text/split").nextLong(), NONE, NONE);
    }

    /**
     * The same division, but never without a document to train on, and from two documents on never
     * without one to validate with: where none of the first {@value #FIRST} is put aside, the one
     * that comes nearest to it is, and where all are, the one that comes nearest to staying stays.
     *
     * @param documents of the corpus, or of its beginning
     */
    public Split withSome(long documents) {
        long nearest = NONE;
        long farthest = NONE;
        double least = 2;
        double most = -1;
        for (long number = 0; number < Math.min(documents, FIRST); number++) {
            double place = place(number);
            if (place < least) {
                least = place;
                nearest = number;
            }
            if (place > most) {
                most = place;
                farthest = number;
            }
        }
        boolean none = documents > 1 && least >= share;
        boolean all = documents > 0 && most < share;
        return new Split(share, key, none ? nearest : NONE, all ? farthest : NONE);
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
        return number == also || (place(number) < share && number != never);
    }

    private double place(long number) {
        return Rng.of(key + number).nextDouble();
    }
}
