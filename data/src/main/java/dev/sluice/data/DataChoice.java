package dev.sluice.data;

/**
 * The data set taken where the user named none.
 *
 * @param name the set, for {@link Datasets#open}
 * @param line what to tell the user: which set, and how to get the other
 */
public record DataChoice(String name, String line) {}
