package dev.sluice.models.pretrained;

import java.nio.file.Path;

/**
 * A folder is not a checkpoint that Sluice can read: a file is missing, malformed or hostile, or
 * what it says does not fit the rest. The message says which file, where in it, what was expected
 * and what was found.
 */
public final class CheckpointException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST = 300;

    /** {@code place} is a part of the file, such as {@code hidden_size}. */
    public CheckpointException(Path file, String place, String expected, String found) {
        super(
                file
                        + ": "
                        + printable(place)
                        + ": expected "
                        + printable(expected)
                        + ", found "
                        + printable(found));
    }

    /** Names and values come from the file: keep them short and free of control characters. */
    private static String printable(String text) {
        StringBuilder clean = new StringBuilder();
        for (int i = 0; i < Math.min(LONGEST, text.length()); i++) {
            char c = text.charAt(i);
            clean.append(Character.isISOControl(c) ? '\uFFFD' : c);
        }
        return text.length() > LONGEST ? clean + "…" : clean.toString();
    }
}
