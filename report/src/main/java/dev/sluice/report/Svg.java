package dev.sluice.report;

import java.util.ArrayDeque;
import java.util.Deque;

/** Writes SVG elements; names are ours, every value and text is escaped. */
final class Svg {
    private final StringBuilder out = new StringBuilder();
    private final Deque<String> open = new ArrayDeque<>();

    /** Opens an element; attributes come as name, value, name, value. */
    Svg open(String name, Object... attributes) {
        start(name, attributes);
        out.append('>');
        open.push(name);
        return this;
    }

    Svg close() {
        out.append("</").append(open.pop()).append(">\n");
        return this;
    }

    /** An element without content. */
    Svg leaf(String name, Object... attributes) {
        start(name, attributes);
        out.append("/>\n");
        return this;
    }

    /** An element with a native tooltip as its only content. */
    Svg hint(String hint, String name, Object... attributes) {
        open(name, attributes);
        out.append("<title>").append(Markup.escape(hint)).append("</title>");
        return close();
    }

    /** Text in a class of the style sheet; what had to be cut is kept as a tooltip. */
    Svg text(String style, double x, double y, double room, String text) {
        String shown = Markup.fit(text, style.contains("title") ? 16 : 12, room);
        open("text", "class", style, "x", x, "y", y);
        out.append(Markup.escape(shown));
        if (!shown.equals(Markup.oneLine(text))) {
            out.append("<title>").append(Markup.escape(text)).append("</title>");
        }
        return close();
    }

    Svg line(String style, double x1, double y1, double x2, double y2) {
        return leaf("path", "class", style, "d", "M" + at(x1, y1) + "L" + at(x2, y2));
    }

    private void start(String name, Object... attributes) {
        out.append('<').append(name);
        for (int i = 0; i < attributes.length; i += 2) {
            Object value = attributes[i + 1];
            String text = value instanceof Double d ? number(d) : value.toString();
            out.append(' ').append(attributes[i]).append("=\"");
            out.append(Markup.escape(text)).append('"');
        }
    }

    /** A point of a path. */
    static String at(double x, double y) {
        return number(x) + " " + number(y);
    }

    /** A coordinate with at most two decimals. */
    static String number(double value) {
        long hundredths = Math.round(Math.max(-1e7, Math.min(1e7, value)) * 100);
        long size = Math.abs(hundredths);
        StringBuilder digits = new StringBuilder(hundredths < 0 ? "-" : "").append(size / 100);
        if (size % 100 != 0) {
            digits.append('.').append(size / 10 % 10);
            if (size % 10 != 0) {
                digits.append(size % 10);
            }
        }
        return digits.toString();
    }

    @Override
    public String toString() {
        if (!open.isEmpty()) {
            throw new IllegalStateException("SVG element left open: " + open.peek());
        }
        return out.toString();
    }
}
