package dev.sluice.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A table as HTML that is well-formed XML too. */
final class TableHtml {

    private TableHtml() {}

    static String render(Table table) {
        StringBuilder out =
                new StringBuilder(
                        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"");
        out.append(Markup.escape(table.caption())).append("\">\n<table>\n<caption>");
        out.append(Markup.escape(table.caption())).append("</caption>\n<thead><tr>");
        List<String[][]> shown = new ArrayList<>();
        for (int c = 0; c < table.columns().size(); c++) {
            Table.Column column = table.columns().get(c);
            out.append("<th scope=\"col\"").append(style(column)).append('>');
            out.append(header(column.name())).append("</th>");
            shown.add(table.shown(c));
        }
        out.append("</tr></thead>\n<tbody>\n");
        for (int r = 0; r < table.height(); r++) {
            out.append("<tr>");
            for (int c = 0; c < shown.size(); c++) {
                appendCell(out, table.columns().get(c), c == 0, shown.get(c), r);
            }
            out.append("</tr>\n");
        }
        return out.append("</tbody>\n</table>\n</div>\n").toString();
    }

    private static void appendCell(
            StringBuilder out, Table.Column column, boolean first, String[][] shown, int row) {
        boolean header = first && column.isText();
        out.append(header ? "<th scope=\"row\"" : "<td").append(style(column)).append('>');
        out.append(Markup.escape(shown[row][0]));
        String widest =
                Arrays.stream(shown)
                        .map(s -> s[1])
                        .filter(s -> !s.isEmpty())
                        .findFirst()
                        .orElse("");
        if (!widest.isEmpty()) {
            boolean known = !shown[row][1].isEmpty();
            out.append(
                    known
                            ? "<span class=\"pm\">"
                            : "<span class=\"pm unknown\" aria-hidden=\"true\">");
            out.append(" \u00b1 ").append(Markup.escape(known ? shown[row][1] : widest));
            out.append("</span>");
        }
        out.append(header ? "</th>" : "</td>");
    }

    /** Headers break between words, not inside {@code 0-4}. */
    private static String header(String name) {
        return Markup.escape(name.replaceAll("(?<=\\w)-(?=\\w)", "\u2011"));
    }

    private static String style(Table.Column column) {
        return column.isText() ? "" : " class=\"number\"";
    }
}
