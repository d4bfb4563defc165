package dev.sluice.training;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which data a run saw: its name, whether Sluice generated it, how many examples there were to
 * train and to test on, and the SHA-256 of each part in hexadecimal, by the part's name.
 */
@JsonPropertyOrder({"name", "generated", "train", "test", "sha256"})
public record DataIdentity(
        String name, boolean generated, long train, long test, Map<String, String> sha256) {
    /** Copies the map in the order of its keys. */
    public DataIdentity {
        SortedMap<String, String> sorted = new TreeMap<>(sha256);
        sha256 = Collections.unmodifiableSortedMap(sorted);
    }
}
