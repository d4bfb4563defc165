package dev.sluice.routing.plan;

import java.nio.file.Path;

/**
 * A plan file, or a file that it names, cannot be used as it stands. The message says where, what
 * was expected and what was found.
 */
public final class PlanException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String file;
    private final int line;
    private final int column;
    private final String expected;
    private final String found;

    /**
     * What is wrong at a place of a file.
     *
     * @param line from 1, or 0 where the file as a whole is meant
     * @param column from 1, or 0 where the line as a whole is meant
     * @param place within the plan, such as {@code routes[0].masks.low}, or empty
     */
    public PlanException(
            Path file, int line, int column, String place, String expected, String found) {
        super(message(file, line, column, place, expected, found));
        this.file = file.toString();
        this.line = line;
        this.column = column;
        this.expected = expected;
        this.found = found;
    }

    private static String message(
            Path file, int line, int column, String place, String expected, String found) {
        return file
                + (line > 0 ? ", line " + line : "")
                + (column > 0 ? ", column " + column : "")
                + (place.isEmpty() ? "" : ", " + place)
                + ": expected "
                + expected
                + ", found "
                + found;
    }

    /** The file, as it was named. */
    public String file() {
        return file;
    }

    /** The line, from 1, or 0 for the whole file. */
    public int line() {
        return line;
    }

    /** The column, from 1, or 0 for the whole line. */
    public int column() {
        return column;
    }

    /** What would have been right. */
    public String expected() {
        return expected;
    }

    /** What was there instead. */
    public String found() {
        return found;
    }
}
