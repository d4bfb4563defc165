package dev.sluice.report;

/** Text on its way into markup: escaping, measuring and shortening. */
final class Markup {

    private Markup() {}

    /**
     * The text with everything escaped that XML gives a meaning, fit for content and attributes.
     */
    static String escape(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> appendEscaped(out, c));
        return out.toString();
    }

    private static void appendEscaped(StringBuilder out, int c) {
        switch (c) {
            case '<' -> out.append("&lt;");
            case '>' -> out.append("&gt;");
            case '&' -> out.append("&amp;");
            case '"' -> out.append("&quot;");
            case '\'' -> out.append("&#39;");
            case '\r' -> out.append("&#13;");
            default -> out.appendCodePoint(isXml(c) ? c : 0xFFFD);
        }
    }

    /** Whether XML 1.0 allows the character and no reader takes it for a control character. */
    private static boolean isXml(int c) {
        if (c < 0x20) {
            return c == '\t' || c == '\n';
        }
        return (c < 0x7F || c > 0x9F) && (c < 0xD800 || c > 0xDFFF) && c != 0xFFFE && c != 0xFFFF;
    }

    /** The text on one line: every control character becomes a space. */
    static String oneLine(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> out.appendCodePoint(isLineSafe(c) ? c : ' '));
        return out.toString();
    }

    private static boolean isLineSafe(int c) {
        return !Character.isISOControl(c) && c != 0x2028 && c != 0x2029;
    }

    /** A generous estimate of the text's width at a font size; the reader's font is not known. */
    static double width(String text, double size) {
        return size * text.codePoints().mapToDouble(Markup::em).sum();
    }

    private static double em(int c) {
        if (c > 0x2E80) {
            return 1.05;
        }
        if ("iljtfrI.,:;'|!()[] \u202f".indexOf(c) >= 0) {
            return 0.38;
        }
        if ("mwMW%@\u2014\u2026".indexOf(c) >= 0) {
            return 0.95;
        }
        return c >= 'A' && c <= 'Z' ? 0.7 : 0.61;
    }

    /** The text cut to a width, the last character then being an ellipsis. */
    static String fit(String text, double size, double room) {
        String line = oneLine(text);
        if (width(line, size) <= room) {
            return line;
        }
        StringBuilder out = new StringBuilder();
        double used = size * em('\u2026');
        for (int c : line.codePoints().toArray()) {
            used += size * em(c);
            if (used > room) {
                break;
            }
            out.appendCodePoint(c);
        }
        return out.append('\u2026').toString();
    }
}
