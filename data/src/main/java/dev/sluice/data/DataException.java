package dev.sluice.data;

import java.nio.file.Path;

/**
 * Data that is missing or is not what it should be: which file, where in it, what was expected and
 * what was found. The user's data has to change; the command line ends with exit code 3.
 */
public final class DataException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** A finding at {@code place} of {@code file}. */
    public DataException(Path file, String place, String expected, String found) {
        super(file + ", " + place + ": expected " + expected + ", found " + found);
    }
}
