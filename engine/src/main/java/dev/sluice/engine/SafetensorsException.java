package dev.sluice.engine;

import java.nio.file.Path;

/**
 * A safetensors file is not what it should be: truncated, contradictory, hostile, or without the
 * tensor that was asked for. The message says which file, where in it, what was expected and what
 * was found.
 */
public final class SafetensorsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** {@code place} is a part of the file, such as {@code tensor "w"}. */
    public SafetensorsException(Path file, String place, String expected, String found) {
        super(FileProblem.sentence(file, place, expected, found));
    }
}
