package dev.sluice.report;

import dev.sluice.engine.AtomicFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A captioned table of text, numbers and means with an interval, written for a page, a paper, a
 * spreadsheet or a terminal. Numbers of a column have the same decimals and stand under each other;
 * CSV alone keeps every digit. Filled by one thread.
 */
public final class Table {
    private final String caption;
    private final List<Column> columns;
    private final List<List<Cell>> rows = new ArrayList<>();

    /** A column: its name, and how many decimals its numbers have; text has −1. */
    public record Column(String name, int decimals) {

        /** A column of text, aligned left. */
        public static Column text(String name) {
            return new Column(name, -1);
        }

        /** A column of numbers with so many decimals, aligned right. */
        public static Column number(String name, int decimals) {
            return new Column(name, decimals);
        }

        boolean isText() {
            return decimals < 0;
        }
    }

    /** What stands in one place of a table. */
    public sealed interface Cell {

        /** Text, shown as it is. */
        record Text(String text) implements Cell {}

        /** A number and half the width of the interval around it, NaN where none is known. */
        record Value(double value, double halfWidth) implements Cell {}

        /** A cell of text; empty text leaves the place blank. */
        static Cell of(String text) {
            return new Text(text);
        }

        /** A cell of a number; what is not finite is shown as a dash. */
        static Cell of(double value) {
            return new Value(value, Double.NaN);
        }

        /** A cell of a mean and half the width of its interval: {@code 0.030 ± 0.003}. */
        static Cell of(double mean, double halfWidth) {
            return new Value(mean, halfWidth);
        }
    }

    private Table(String caption, List<Column> columns) {
        this.caption = caption;
        this.columns = columns;
    }

    /**
     * An empty table.
     *
     * @throws IllegalArgumentException if there is no column
     */
    public static Table of(String caption, Column... columns) {
        if (columns.length == 0) {
            throw new IllegalArgumentException(
                    "table \"" + caption + "\": expected columns, found none");
        }
        return new Table(caption, List.of(columns));
    }

    /**
     * Adds a row under the last one.
     *
     * @throws IllegalArgumentException if there is not one cell for each column
     */
    public Table row(Cell... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "table \"%s\", row %d: expected %d cells, found %d",
                            caption,
                            rows.size() + 1,
                            columns.size(),
                            cells.length));
        }
        rows.add(List.of(cells));
        return this;
    }

    /** The caption, as given. */
    public String caption() {
        return caption;
    }

    /**
     * CSV as of RFC 4180, in UTF-8 with a header. A column with intervals is followed by one of
     * their half widths; numbers have every digit, unknown ones are empty.
     */
    public String csv() {
        List<List<String>> lines = new ArrayList<>();
        lines.add(new ArrayList<>());
        rows.forEach(row -> lines.add(new ArrayList<>()));
        for (int c = 0; c < columns.size(); c++) {
            boolean intervals = hasIntervals(c);
            lines.get(0).add(columns.get(c).name());
            if (intervals) {
                lines.get(0).add(columns.get(c).name() + " half-width");
            }
            for (int r = 0; r < rows.size(); r++) {
                appendCsv(lines.get(r + 1), rows.get(r).get(c), intervals);
            }
        }
        StringBuilder out = new StringBuilder();
        for (List<String> line : lines) {
            out.append(String.join(",", line.stream().map(Table::quoted).toList())).append("\r\n");
        }
        return out.toString();
    }

    private static void appendCsv(List<String> line, Cell cell, boolean intervals) {
        String second = "";
        if (cell instanceof Cell.Value v) {
            line.add(digits(v.value()));
            second = digits(v.halfWidth());
        } else if (cell instanceof Cell.Text t) {
            line.add(t.text());
        }
        if (intervals) {
            line.add(second);
        }
    }

    private static String digits(double value) {
        return Double.isNaN(value) ? "" : Double.toString(value);
    }

    private static String quoted(String field) {
        boolean plain = !field.isEmpty() && field.chars().noneMatch(c -> ",\"\r\n".indexOf(c) >= 0);
        return plain ? field : "\"" + field.replace("\"", "\"\"") + "\"";
    }

    /** LaTeX for the booktabs package: a table environment with the caption and a tabular. */
    public String latex() {
        return TableLatex.render(this);
    }

    /** Lines for a terminal, none wider than 100 columns; wide tables are folded into several. */
    public String console() {
        return TableConsole.render(this);
    }

    /** The table element for a page that carries the style of {@link HtmlReport}. */
    public String html() {
        return TableHtml.render(this);
    }

    /**
     * Writes {@link #csv()} to a file, whole or not at all.
     *
     * @throws java.io.UncheckedIOException if the file cannot be written
     */
    public void writeCsv(Path file) {
        AtomicFiles.write(file, csv().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Writes {@link #latex()} to a file, whole or not at all.
     *
     * @throws java.io.UncheckedIOException if the file cannot be written
     */
    public void writeLatex(Path file) {
        AtomicFiles.write(file, latex().getBytes(StandardCharsets.UTF_8));
    }

    List<Column> columns() {
        return columns;
    }

    int height() {
        return rows.size();
    }

    private boolean hasIntervals(int column) {
        return rows.stream()
                .anyMatch(
                        row ->
                                row.get(column) instanceof Cell.Value v
                                        && !Double.isNaN(v.halfWidth()));
    }

    /**
     * A column's cells as text, each a pair: the number (or text), and the half width behind its ±,
     * padded with figure spaces so that all have one width. The second is empty for cells without
     * an interval.
     */
    String[][] shown(int column) {
        int decimals = columns.get(column).decimals();
        String[][] shown = new String[rows.size()][];
        for (int r = 0; r < shown.length; r++) {
            shown[r] = shown(rows.get(r).get(column), decimals);
        }
        int width = Arrays.stream(shown).mapToInt(s -> s[1].length()).max().orElse(0);
        for (String[] pair : shown) {
            if (!pair[1].isEmpty()) {
                pair[1] = "\u2007".repeat(width - pair[1].length()) + pair[1];
            }
        }
        return shown;
    }

    private static String[] shown(Cell cell, int decimals) {
        if (cell instanceof Cell.Value v) {
            return new String[] {
                number(v.value(), decimals),
                Double.isNaN(v.halfWidth()) ? "" : number(v.halfWidth(), decimals)
            };
        }
        return new String[] {cell instanceof Cell.Text t ? t.text() : "", ""};
    }

    private static String number(double value, int decimals) {
        return decimals < 0 ? Numbers.brief(value) : Numbers.fixed(value, decimals);
    }
}
