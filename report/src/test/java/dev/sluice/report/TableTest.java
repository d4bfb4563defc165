package dev.sluice.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.report.Table.Cell;
import dev.sluice.report.Table.Column;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class TableTest {

    @Provide
    Arbitrary<Cell> cell() {
        Arbitrary<Double> number = new AxisTest().anything();
        return Arbitraries.oneOf(
                Xml.hostileText().map(Cell::of),
                number.map(Cell::of),
                Combinators.combine(number, number).as(Cell::of));
    }

    @Property(tries = 300)
    void noContentBreaksATable(
            @ForAll @Size(min = 12, max = 12) List<@net.jqwik.api.From("cell") Cell> cells,
            @ForAll @IntRange(min = -1, max = 5) int decimals,
            @ForAll("name") String name) {
        Table table =
                Table.of(
                        name,
                        new Column(name, decimals),
                        Column.text(name),
                        Column.number(name, 2));
        for (int i = 0; i < 12; i += 3) {
            table.row(cells.get(i), cells.get(i + 1), cells.get(i + 2));
        }
        assertEquals(5, Xml.parse(table.html()).getElementsByTagName("tr").getLength());
        assertEquals(5, parse(table.csv()).size());
        long lines = table.latex().lines().filter(l -> l.endsWith("\\\\")).count();
        assertEquals(5, lines, table.latex());
        for (String line : table.console().split("\n", -1)) {
            assertTrue(TableConsole.width(line) <= 100, line);
            assertTrue(line.codePoints().noneMatch(Character::isISOControl), line);
        }
    }

    @Provide
    Arbitrary<String> name() {
        return Xml.hostileText();
    }

    @Property(tries = 300)
    void csvGivesBackWhatWentIn(
            @ForAll("name") String name,
            @ForAll("name") String text,
            @ForAll double mean,
            @ForAll double half) {
        Table table =
                Table.of("t", Column.text(name), Column.number("a,b", 1), Column.number("c", 0))
                        .row(Cell.of(text), Cell.of(mean, half), Cell.of(half))
                        .row(Cell.of(""), Cell.of(Double.NaN), Cell.of(""));
        List<List<String>> lines = parse(table.csv());
        assertEquals(List.of(name, "a,b", "a,b half-width", "c"), lines.get(0));
        assertEquals(text, lines.get(1).get(0));
        assertEquals(mean, Double.parseDouble(lines.get(1).get(1)));
        assertEquals(half, Double.parseDouble(lines.get(1).get(2)));
        assertEquals(half, Double.parseDouble(lines.get(1).get(3)));
        assertEquals(List.of("", "", "", ""), lines.get(2));
    }

    /** RFC 4180, read one character after the other. */
    private static List<List<String>> parse(String csv) {
        List<List<String>> lines = new ArrayList<>();
        List<String> line = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < csv.length(); i++) {
            char c = csv.charAt(i);
            if (c == '"') {
                boolean pair = quoted && i + 1 < csv.length() && csv.charAt(i + 1) == '"';
                if (pair) {
                    field.append('"');
                    i++;
                } else {
                    quoted = !quoted;
                }
            } else if (!quoted && (c == ',' || c == '\r')) {
                line.add(field.toString());
                field.setLength(0);
                if (c == '\r') {
                    assertEquals('\n', csv.charAt(++i));
                    lines.add(line);
                    line = new ArrayList<>();
                }
            } else {
                field.append(c);
            }
        }
        assertTrue(line.isEmpty() && field.isEmpty() && !quoted, csv);
        return lines;
    }

    @Test
    void aTerminalShowsAlignedColumns() {
        String expected =
                """
                Mean squared error

                variant             error   steps
                ─────────────────────────────────
                routed      0.081 ± 0.004      20
                no-routing  1.250 ± 0.120  12 000
                constant    0.255               –
                """;
        assertEquals(expected, small().console().replace('\u202f', ' '));
    }

    private static Table small() {
        return Table.of(
                        "Mean squared error",
                        Column.text("variant"),
                        Column.number("error", 3),
                        Column.number("steps", 0))
                .row(Cell.of("routed"), Cell.of(0.081, 0.004), Cell.of(20))
                .row(Cell.of("no-routing"), Cell.of(1.25, 0.12), Cell.of(12000))
                .row(Cell.of("constant"), Cell.of(0.255), Cell.of(Double.NaN));
    }

    @Test
    void aWideTableIsFoldedAndRepeatsItsFirstColumn() {
        Column[] columns = new Column[31];
        Cell[] cells = new Cell[31];
        for (int i = 0; i < 31; i++) {
            columns[i] = i == 0 ? Column.text("variant") : Column.number("digit " + i, 3);
            cells[i] = i == 0 ? Cell.of("routed") : Cell.of(i / 100.0);
        }
        String console = Table.of("t", columns).row(cells).console();
        assertTrue(console.lines().filter(l -> l.startsWith("routed")).count() >= 3, console);
        for (int i = 1; i < 31; i++) {
            assertTrue(console.contains("digit " + i), console);
        }
    }

    @Test
    void latexIsEscapedAndUsesBooktabs() {
        String latex =
                Table.of("50 % & more", Column.text("a_b"), Column.number("c", 2))
                        .row(Cell.of("x\\y{z}~^#$"), Cell.of(-0.5, 0.25))
                        .row(Cell.of("1–2"), Cell.of(1))
                        .latex();
        assertEquals(
                """
                \\begin{table}
                \\centering
                \\caption{50 \\% \\& more}
                \\begin{tabular}{lr}
                \\toprule
                a\\_b & c \\\\
                \\midrule
                x\\textbackslash{}y\\{z\\}\\textasciitilde{}\\textasciicircum{}\\#\\$ & $-$0.50 $\\pm$ 0.25 \\\\
                1--2 & 1.00\\phantom{ $\\pm$ 0.25} \\\\
                \\bottomrule
                \\end{tabular}
                \\end{table}
                """,
                latex);
    }

    @Test
    void numbersReadAsAPersonWouldWriteThem() {
        assertEquals("0.0812", Numbers.brief(0.0812));
        assertEquals("\u22121.235", Numbers.brief(-1.23456));
        assertEquals("1.2\u00d710\u207b\u2077", Numbers.brief(1.2e-7));
        assertEquals("10\u00b9\u2070", Numbers.brief(1e10));
        assertEquals("0", Numbers.brief(-0.0));
        assertEquals("0.00", Numbers.fixed(-0.001, 2));
        assertEquals("\u2013", Numbers.fixed(Double.NaN, 2));
        assertEquals("1.8\u00d710\u00b3\u2070\u2078", Numbers.fixed(Double.MAX_VALUE, 2));
    }

    @Test
    void aRowThatDoesNotFitIsNamed() {
        Table table = small();
        var e = assertThrows(IllegalArgumentException.class, () -> table.row(Cell.of("x")));
        assertEquals(
                "table \"Mean squared error\", row 4: expected 3 cells, found 1", e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> Table.of("t"));
    }
}
