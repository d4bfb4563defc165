package dev.sluice.report;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A table in LaTeX, after the manner of the booktabs package. */
final class TableLatex {

    private TableLatex() {}

    static String render(Table table) {
        List<Table.Column> columns = table.columns();
        String alignment =
                columns.stream().map(c -> c.isText() ? "l" : "r").collect(Collectors.joining());
        String header =
                columns.stream().map(c -> escape(c.name())).collect(Collectors.joining(" & "));
        StringBuilder out = new StringBuilder("\\begin{table}\n\\centering\n\\caption{");
        out.append(escape(table.caption())).append("}\n\\begin{tabular}{").append(alignment);
        out.append("}\n\\toprule\n").append(header).append(" \\\\\n\\midrule\n");
        List<String[]> cells =
                IntStream.range(0, columns.size()).mapToObj(c -> cells(table, c)).toList();
        for (int r = 0; r < table.height(); r++) {
            int row = r;
            out.append(cells.stream().map(c -> c[row]).collect(Collectors.joining(" & ")))
                    .append(" \\\\\n");
        }
        return out.append("\\bottomrule\n\\end{tabular}\n\\end{table}\n").toString();
    }

    private static String[] cells(Table table, int column) {
        String[][] shown = table.shown(column);
        String widest =
                Arrays.stream(shown)
                        .map(s -> s[1])
                        .filter(s -> !s.isEmpty())
                        .findFirst()
                        .orElse("");
        return Arrays.stream(shown).map(pair -> cell(pair, widest)).toArray(String[]::new);
    }

    private static String cell(String[] pair, String widest) {
        if (widest.isEmpty()) {
            return escape(pair[0]);
        }
        String half = " $\\pm$ " + escape(pair[1].isEmpty() ? widest : pair[1]);
        return escape(pair[0]) + (pair[1].isEmpty() ? "\\phantom{" + half + "}" : half);
    }

    static String escape(String text) {
        StringBuilder out = new StringBuilder();
        Markup.oneLine(text).codePoints().forEach(c -> out.append(escaped(c)));
        return out.toString();
    }

    private static String escaped(int c) {
        return switch (c) {
            case '&', '%', '$', '#', '_', '{', '}' -> "\\" + (char) c;
            case '\\' -> "\\textbackslash{}";
            case '~' -> "\\textasciitilde{}";
            case '^' -> "\\textasciicircum{}";
            case '<' -> "\\textless{}";
            case '>' -> "\\textgreater{}";
            case '"' -> "\\textquotedbl{}";
            case '\u2212' -> "$-$";
            case '\u00d7' -> "$\\times$";
            case '\u00b1' -> "$\\pm$";
            case '\u2013' -> "--";
            case '\u2007' -> "\\phantom{0}";
            case '\u202f' -> "\\,";
            case '\u207b' -> "\\textsuperscript{$-$}";
            default -> superscript(c);
        };
    }

    private static String superscript(int c) {
        int digit = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079".indexOf(c);
        return digit < 0 ? Character.toString(c) : "\\textsuperscript{" + digit + "}";
    }
}
