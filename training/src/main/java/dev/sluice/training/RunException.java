package dev.sluice.training;

import java.nio.file.Path;

/**
 * A run's folder, or a file in it, is not what it should be: missing, full, in use, damaged, or not
 * a run at all. It is bad input (exit code 3); the message says which path, where in it, what was
 * expected, what was found and, where there is one, the way on.
 */
public final class RunException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The exit code of the command line for bad input. */
    public static final int EXIT_CODE = 3;

    /** {@code place} is a part of what lies at {@code path}, such as {@code line 3}. */
    public RunException(Path path, String place, String expected, String found) {
        super(path + ": " + place + ": expected " + expected + ", found " + found);
    }
}
