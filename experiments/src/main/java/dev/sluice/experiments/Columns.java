package dev.sluice.experiments;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows of text in aligned columns for a terminal. The last column is folded at 100 characters; a
 * first cell that would crowd out the others has a line of its own.
 */
final class Columns {
    private static final int WIDTH = 100;
    private static final int NARROWEST = 24;
    private static final int CROWDING = 40;
    private final List<String[]> rows = new ArrayList<>();

    Columns(String... header) {
        rows.add(header);
    }

    Columns row(String... cells) {
        rows.add(cells);
        return this;
    }

    /** All rows, each line ending with a line feed. */
    String text() {
        int last = rows.get(0).length - 1;
        int[] widths = new int[last];
        for (String[] row : rows) {
            for (int c = 0; c < last; c++) {
                widths[c] = Math.max(widths[c], crowds(row, c) ? 0 : row[c].length());
            }
        }
        int before = Arrays.stream(widths).sum() + 2 * last;
        StringBuilder out = new StringBuilder();
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int c = 0; c < last; c++) {
                if (crowds(row, c)) {
                    out.append(row[c]).append('\n');
                }
                String cell = crowds(row, c) ? "" : row[c];
                line.append(cell).append(" ".repeat(widths[c] - cell.length() + 2));
            }
            for (String part : folded(row[last], Math.max(NARROWEST, WIDTH - before))) {
                out.append(line.append(part).toString().stripTrailing()).append('\n');
                line = new StringBuilder(" ".repeat(before));
            }
        }
        return out.toString();
    }

    private static boolean crowds(String[] row, int column) {
        return column == 0 && row[column].length() > CROWDING;
    }

    private static List<String> folded(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ", -1)) {
            if (line.length() > 0 && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.length() == 0 ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
