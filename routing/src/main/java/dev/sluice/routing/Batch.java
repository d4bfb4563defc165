package dev.sluice.routing;

import org.jspecify.annotations.Nullable;

/**
 * What rules may know of a batch of examples. Rules that keep or flip labels at random draw by the
 * example's number in its data set, so that an example has the same fate in every epoch.
 */
public interface Batch {
    /** The number of examples. */
    int size();

    /** The number of an example within its data set. */
    long example(int row);

    /** A batch whose examples carry a class. */
    interface Labelled extends Batch {
        /** The class of an example. */
        int label(int row);
    }

    /**
     * A batch of token sequences of one length, padded or not. A model reads all columns but the
     * last and predicts all but the first; so a rule answers for [size, length − 1] points, and its
     * entry j belongs to the place that predicts token j + 1.
     */
    interface Sequences extends Batch {
        /** The length of each sequence, with the last token and with padding. */
        int length();

        /** The token at a place; anything where it is padding. */
        int token(int row, int column);

        /** Whether the token at a place is real, not padding. */
        boolean real(int row, int column);

        /** The label of the document that a token belongs to; null where it has none. */
        default @Nullable String label(int row, int column) {
            return null;
        }
    }
}
