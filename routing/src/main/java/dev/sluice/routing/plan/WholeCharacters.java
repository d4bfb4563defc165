package dev.sluice.routing.plan;

import java.io.Reader;

/**
 * Reads a text without ever ending a chunk between the two halves of a character. Give it to any
 * YAML parser: SnakeYAML 2.3 fails where its buffer ends there.
 */
public final class WholeCharacters extends Reader {
    private final String text;
    private int at;

    /** Reads {@code text} from its beginning. */
    public WholeCharacters(String text) {
        this.text = text;
    }

    @Override
    public int read(char[] buffer, int offset, int length) {
        if (at >= text.length()) {
            return -1;
        }
        int end = Math.min(text.length(), at + length);
        if (end - at > 1
                && end < text.length()
                && Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        int count = end - at;
        text.getChars(at, end, buffer, offset);
        at = end;
        return count;
    }

    @Override
    public void close() {}
}
