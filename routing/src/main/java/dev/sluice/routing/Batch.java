package dev.sluice.routing;

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
}
