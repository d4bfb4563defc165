package dev.sluice.data;

import java.util.Map;

/**
 * What a run is trained and tested on, of whatever kind: what manifests, summaries and reports say
 * of it. {@code ImageData} are images; experiments on text bring their own.
 */
public interface TrainingData {
    /** The name of the set, or of its file or folder. */
    String name();

    /** Whether Sluice made it up; then every output says so. */
    boolean generated();

    /** Number of examples to train on: images, or documents. */
    long trainingSize();

    /** Number of examples to test on. */
    long testSize();

    /** Numbers that lie in memory while a training goes on. */
    long values();

    /** The SHA-256 of each part by its name. */
    Map<String, String> sha256();
}
