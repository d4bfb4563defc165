package dev.sluice.engine;

import java.nio.file.Path;

/**
 * A safetensors file is not what it should be: truncated, contradictory, hostile, or without the
 * tensor that was asked for. The message says which file, where in it, what was expected and what
 * was found.
 */
public final class SafetensorsException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST = 120;

    /** {@code place} is a part of the file, such as {@code tensor "w"}. */
    public SafetensorsException(Path file, String place, String expected, String found) {
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
