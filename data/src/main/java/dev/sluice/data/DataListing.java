package dev.sluice.data;

import java.nio.file.Path;
import java.util.Optional;

/**
 * One line of the list of data sets.
 *
 * @param name the name to give
 * @param description what it holds
 * @param folder where it lies; empty if it has to be fetched or is drawn in memory
 * @param here whether it can be used now without a network
 */
public record DataListing(String name, String description, Optional<Path> folder, boolean here) {}
