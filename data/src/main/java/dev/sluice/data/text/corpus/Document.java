package dev.sluice.data.text.corpus;

import java.util.Optional;

/**
 * One document of a corpus.
 *
 * @param number its place in the corpus, from 0
 * @param text its text
 * @param label what the corpus says that it is about, if it says so
 */
public record Document(long number, String text, Optional<String> label) {}
