package dev.sluice.cli;

import dev.sluice.experiments.text.Piece;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Text for the terminal with what is routed marked: by colour, or by brackets where there is none.
 */
final class MarkedLine {
    private static final int[] COLOURS = {44, 43, 45, 42, 46, 41};
    private static final String PLAIN = "\u001b[0m";

    private final boolean coloured;
    private final List<String> routes;

    /** Whether there is colour. */
    enum Colour {
        AUTO,
        ALWAYS,
        NEVER
    }

    private MarkedLine(boolean coloured, Collection<String> routes) {
        this.coloured = coloured;
        this.routes = new ArrayList<>(routes);
    }

    /** By what is asked for; {@code AUTO} looks at the terminal and at {@code NO_COLOR}. */
    static MarkedLine of(Colour colour, Collection<String> routes) {
        boolean terminal = Terminal.OUTPUT.there() && System.getenv("NO_COLOR") == null;
        return new MarkedLine(
                colour == Colour.ALWAYS || (colour == Colour.AUTO && terminal), routes);
    }

    String text(List<Piece> pieces) {
        StringBuilder out = new StringBuilder();
        String open = "";
        for (Piece piece : pieces) {
            String route = piece.routed() ? piece.route() : "";
            if (!route.equals(open)) {
                out.append(open.isEmpty() ? "" : end()).append(route.isEmpty() ? "" : begin(route));
                open = route;
            }
            out.append(piece.text());
        }
        return out.append(open.isEmpty() ? "" : end()).toString();
    }

    /** What the marks mean. */
    String legend() {
        StringBuilder out = new StringBuilder("marked:");
        for (String route : routes) {
            out.append(' ')
                    .append(begin(route))
                    .append(' ')
                    .append(route)
                    .append(' ')
                    .append(end());
        }
        return out.toString();
    }

    private String begin(String route) {
        int index = Math.max(0, routes.indexOf(route));
        return coloured ? "\u001b[30;" + COLOURS[index % COLOURS.length] + "m" : "[";
    }

    private String end() {
        return coloured ? PLAIN : "]";
    }
}
