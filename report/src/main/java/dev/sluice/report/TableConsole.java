package dev.sluice.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A table in aligned columns of plain text, without lines between them. */
final class TableConsole {
    private static final int WIDTH = 100;
    private static final int FIRST = 32;
    private static final int OTHERS = 40;
    private static final String BETWEEN = "  ";

    private TableConsole() {}

    static String render(Table table) {
        List<String[]> columns = new ArrayList<>();
        for (int c = 0; c < table.columns().size(); c++) {
            columns.add(column(table, c));
        }
        StringBuilder out = new StringBuilder(cut(table.caption(), WIDTH)).append('\n');
        int next = 1;
        do {
            List<String[]> block = new ArrayList<>(columns.subList(0, 1));
            int used = width(columns.get(0)[0]);
            while (next < columns.size() && used + 2 + width(columns.get(next)[0]) <= WIDTH) {
                used += 2 + width(columns.get(next)[0]);
                block.add(columns.get(next++));
            }
            appendBlock(out.append('\n'), block, used);
        } while (next < columns.size());
        return out.toString();
    }

    private static void appendBlock(StringBuilder out, List<String[]> block, int width) {
        for (int line = 0; line < block.get(0).length; line++) {
            int row = line;
            List<String> cells = block.stream().map(column -> column[row]).toList();
            out.append(String.join(BETWEEN, cells).stripTrailing()).append('\n');
            if (line == 0) {
                out.append("\u2500".repeat(width)).append('\n');
            }
        }
    }

    /** Header and cells of a column, all padded to one width. */
    private static String[] column(Table table, int index) {
        int most = index == 0 ? FIRST : OTHERS;
        boolean text = table.columns().get(index).isText();
        String[][] shown = table.shown(index);
        String widest =
                Arrays.stream(shown)
                        .map(s -> s[1])
                        .filter(s -> !s.isEmpty())
                        .findFirst()
                        .orElse("");
        String[] lines = new String[shown.length + 1];
        lines[0] = cut(table.columns().get(index).name(), most);
        for (int r = 0; r < shown.length; r++) {
            String half =
                    shown[r][1].isEmpty() ? "" : " \u00b1 " + shown[r][1].replace('\u2007', ' ');
            String blank =
                    half.isEmpty() && !widest.isEmpty() ? " ".repeat(widest.length() + 3) : "";
            lines[r + 1] = cut(shown[r][0] + half + blank, most);
        }
        int width = Arrays.stream(lines).mapToInt(TableConsole::width).max().orElse(0);
        for (int i = 0; i < lines.length; i++) {
            String pad = " ".repeat(width - width(lines[i]));
            lines[i] = text ? lines[i] + pad : pad + lines[i];
        }
        return lines;
    }

    /** The text on one line and within so many columns. */
    private static String cut(String text, int most) {
        String line = Markup.oneLine(text);
        if (width(line) <= most) {
            return line;
        }
        StringBuilder out = new StringBuilder();
        int used = 1;
        for (int c : line.codePoints().toArray()) {
            used += columns(c);
            if (used > most) {
                break;
            }
            out.appendCodePoint(c);
        }
        return out.append('\u2026').toString();
    }

    static int width(String text) {
        return text.codePoints().map(TableConsole::columns).sum();
    }

    /** Terminals give two columns to the scripts from here on, and to pictures. */
    private static int columns(int c) {
        return c >= 0x2E80 ? 2 : 1;
    }
}
