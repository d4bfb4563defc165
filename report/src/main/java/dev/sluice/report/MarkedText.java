package dev.sluice.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Running text of which some is marked, more or less strongly, with a word about each mark. */
public final class MarkedText {
    private static final int SHADES = 5;

    private final List<String> parts = new ArrayList<>();

    /** Adds text without a mark. */
    public MarkedText plain(String text) {
        parts.add(Markup.escape(text));
        return this;
    }

    /**
     * Adds marked text.
     *
     * @param strength from 0, hardly to be seen, to 1
     * @param about shown to who points at it, and read aloud
     * @throws IllegalArgumentException if the strength lies outside 0…1
     */
    public MarkedText mark(String text, double strength, String about) {
        if (!(strength >= 0 && strength <= 1)) {
            throw new IllegalArgumentException("a strength in 0…1, found " + strength);
        }
        int shade = Math.min(SHADES, 1 + (int) (strength * SHADES));
        parts.add(
                String.format(
                        Locale.ROOT,
                        "<mark class=\"shade%d\" title=\"%s\">%s</mark>",
                        shade,
                        Markup.escape(about),
                        Markup.escape(text)));
        return this;
    }

    String html() {
        return "<p class=\"marked\">" + String.join("", parts) + "</p>\n";
    }
}
