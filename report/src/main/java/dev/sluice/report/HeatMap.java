package dev.sluice.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A matrix of numbers as colours, one hue for each sign and the paper's own tone at 0 (or another
 * centre): for codes sorted by label, for correlations, and for a grid of two settings. Equal
 * neighbours among the labels are one group, named once and set off by a line. Values are shown in
 * 12 steps to each side; beyond the limit they keep the last colour, and what is not a number is
 * grey.
 */
public final class HeatMap extends Chart {
    private static final int LEVELS = 12;
    private static final int MISSING = LEVELS + 1;
    private static final double BAR = 104;

    private final double[][] values;
    private final int columns;
    private final double centre;
    private final double limit;
    private List<String> rowLabels = List.of();
    private List<String> columnLabels = List.of();
    private String xLabel = "";
    private String yLabel = "";
    private int decimals = -1;

    private HeatMap(String title, double[][] values, double centre, double limit) {
        super(title);
        this.values = Arrays.stream(values).map(double[]::clone).toArray(double[][]::new);
        this.columns = values.length == 0 ? 0 : values[0].length;
        this.centre = centre;
        this.limit = limit;
        for (int r = 0; r < values.length; r++) {
            if (values[r].length != columns) {
                throw new IllegalArgumentException(
                        String.format(
                                Locale.ROOT,
                                "heat map \"%s\", row %d: expected %d columns, found %d",
                                title,
                                r,
                                columns,
                                values[r].length));
            }
        }
    }

    /**
     * A map of {@code values[row][column]} whose strongest colour is the largest magnitude in it.
     *
     * @throws IllegalArgumentException if the rows differ in length
     */
    public static HeatMap of(String title, double[][] values) {
        Extent sizes = new Extent(false).include(0);
        Arrays.stream(values)
                .forEach(row -> sizes.include(Arrays.stream(row).map(Math::abs).toArray()));
        return new HeatMap(title, values, 0, sizes.max() > 0 ? sizes.max() : 1);
    }

    /**
     * A map whose strongest colour stands for the given magnitude, such as 1 for correlations.
     *
     * @throws IllegalArgumentException if the rows differ in length or the limit is not positive
     */
    public static HeatMap of(String title, double[][] values, double limit) {
        return around(0, title, values, limit);
    }

    /**
     * As {@link #of(String, double[][], double)}, the paper's tone standing for {@code centre}
     * instead of 0: for ratios, where 1 is neither good nor bad.
     *
     * @throws IllegalArgumentException if the rows differ in length or the limit is not positive
     */
    public static HeatMap around(double centre, String title, double[][] values, double limit) {
        if (!(limit > 0) || limit == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException(
                    "heat map \"" + title + "\": expected a positive limit, found " + limit);
        }
        return new HeatMap(title, values, centre, limit);
    }

    /**
     * Names the rows, top to bottom, and what they are.
     *
     * @throws IllegalArgumentException if there is not one label for each row
     */
    public HeatMap rows(String what, List<String> labels) {
        Series.requireLength(title(), "row labels", values.length, labels.size());
        yLabel = what;
        rowLabels = List.copyOf(labels);
        return this;
    }

    /**
     * Names the columns, left to right, and what they are.
     *
     * @throws IllegalArgumentException if there is not one label for each column
     */
    public HeatMap columns(String what, List<String> labels) {
        Series.requireLength(title(), "column labels", columns, labels.size());
        xLabel = what;
        columnLabels = List.copyOf(labels);
        return this;
    }

    /** Writes each value into its cell, in place of a scale beside them: for maps of few cells. */
    public HeatMap numbers(int decimals) {
        this.decimals = decimals;
        return this;
    }

    @Override
    Drawing draw() {
        Grid grid = grid();
        Svg svg = new Svg();
        svg.text("title", 0, 18, Plot.WIDTH, title());
        svg.text("axis", 0, 40, Plot.WIDTH, yLabel);
        cells(svg, grid);
        if (decimals >= 0) {
            numbers(svg, grid);
        } else {
            colourBar(svg, grid);
        }
        rowNames(svg, grid);
        columnNames(svg, grid);
        double middle = (grid.left + grid.right()) / 2;
        svg.text("axis mid", middle, grid.bottom() + 40, grid.right() - grid.left, xLabel);
        double height = Math.max(grid.bottom() + 46, decimals < 0 ? grid.top + 200 : 0);
        return new Drawing(Plot.WIDTH, height, svg.toString(), summary());
    }

    private Grid grid() {
        double label = rowLabels.stream().mapToDouble(s -> Markup.width(s, 12)).max().orElse(0);
        double left = Math.min(label, 120) + 10;
        double widest = decimals < 0 ? 22 : 76;
        double width = Math.min(widest, (Plot.WIDTH - BAR - left) / Math.max(1, columns));
        double tallest = decimals < 0 ? Math.min(22, width) : 34;
        double height = Math.min(tallest, Math.max(1, 480.0 / Math.max(1, values.length)));
        return new Grid(left, 56, width, height, columns, values.length);
    }

    private record Grid(
            double left, double top, double width, double height, int columns, int rows) {
        double right() {
            return left + columns * width;
        }

        double bottom() {
            return top + rows * height;
        }
    }

    /** One path for each colour, as neighbours of one colour in a row are one rectangle. */
    private void cells(Svg svg, Grid grid) {
        StringBuilder[] paths = new StringBuilder[2 * LEVELS + 2];
        Arrays.setAll(paths, i -> new StringBuilder());
        for (int r = 0; r < values.length; r++) {
            for (int c = 0; c < columns; ) {
                int level = level(values[r][c]);
                int end = c + 1;
                while (end < columns && level(values[r][end]) == level) {
                    end++;
                }
                String corner = Svg.at(grid.left + c * grid.width, grid.top + r * grid.height);
                String across = Svg.number(grid.left + end * grid.width);
                String down = Svg.number(grid.top + (r + 1) * grid.height);
                String back = Svg.number(grid.left + c * grid.width);
                paths[level + LEVELS].append('M').append(corner).append('H').append(across);
                paths[level + LEVELS].append('V').append(down).append('H').append(back).append('Z');
                c = end;
            }
        }
        svg.open("g", "class", "cells");
        for (int i = 0; i < paths.length; i++) {
            if (paths[i].length() > 0) {
                svg.leaf("path", "class", style(i - LEVELS), "d", paths[i]);
            }
        }
        svg.close();
    }

    private void numbers(Svg svg, Grid grid) {
        for (int r = 0; r < values.length; r++) {
            for (int c = 0; c < columns; c++) {
                int level = level(values[r][c]);
                boolean strong = level != MISSING && Math.abs(level) > LEVELS / 2;
                double x = grid.left + (c + 0.5) * grid.width;
                double y = grid.top + (r + 0.5) * grid.height + 4;
                String style = strong ? "label mid strong" : "label mid";
                svg.text(style, x, y, grid.width, Numbers.fixed(values[r][c], decimals));
            }
        }
    }

    private int level(double value) {
        if (Double.isNaN(value)) {
            return MISSING;
        }
        return (int) Math.round(Math.max(-1, Math.min(1, (value - centre) / limit)) * LEVELS);
    }

    private static String style(int level) {
        return level == MISSING ? "missing" : level < 0 ? "n" + -level : "p" + level;
    }

    private void rowNames(Svg svg, Grid grid) {
        double last = Double.NEGATIVE_INFINITY;
        for (Group group : groups(rowLabels)) {
            double middle = grid.top + (group.from + group.to) * grid.height / 2;
            if (middle - last >= 13) {
                svg.text("tick end", grid.left - 8, middle + 4, 120, group.name);
                last = middle;
            }
            if (group.from > 0 && group.size() * grid.height > 4 && isGrouped(rowLabels)) {
                double y = grid.top + group.from * grid.height;
                svg.line("cut", grid.left, y, grid.right(), y);
            }
        }
    }

    private void columnNames(Svg svg, Grid grid) {
        double last = Double.NEGATIVE_INFINITY;
        List<Group> groups = groups(columnLabels);
        double widest = groups.stream().mapToDouble(g -> Markup.width(g.name, 12)).max().orElse(0);
        double spacing = Math.min(widest, 40) + 6;
        for (Group group : groups) {
            double middle = grid.left + (group.from + group.to) * grid.width / 2;
            double room = Math.max(group.size() * grid.width, 40);
            if (middle - last >= spacing - 1e-6) {
                svg.text("tick mid", middle, grid.bottom() + 19, room, group.name);
                last = middle;
            }
            if (group.from > 0 && group.size() * grid.width > 4 && isGrouped(columnLabels)) {
                double x = grid.left + group.from * grid.width;
                svg.line("cut", x, grid.top, x, grid.bottom());
            }
        }
    }

    private static boolean isGrouped(List<String> labels) {
        return groups(labels).size() < labels.size();
    }

    private record Group(String name, int from, int to) {
        int size() {
            return to - from;
        }
    }

    private static List<Group> groups(List<String> labels) {
        List<Group> groups = new ArrayList<>();
        int from = 0;
        for (int i = 1; i <= labels.size(); i++) {
            if (i == labels.size() || !labels.get(i).equals(labels.get(from))) {
                groups.add(new Group(labels.get(from), from, i));
                from = i;
            }
        }
        return groups;
    }

    private void colourBar(Svg svg, Grid grid) {
        double x = grid.right() + 24;
        double step = 6;
        svg.open("g", "class", "cells");
        for (int level = -LEVELS; level <= LEVELS; level++) {
            double y = grid.top + (LEVELS - level) * step;
            svg.leaf("rect", "class", style(level), "x", x, "y", y, "width", 12, "height", step);
        }
        svg.close();
        double end = grid.top + (2 * LEVELS + 1) * step;
        svg.text("tick", x + 18, grid.top + 9, 60, Numbers.brief(centre + limit));
        svg.text("tick", x + 18, (grid.top + end) / 2 + 4, 60, Numbers.brief(centre));
        svg.text("tick", x + 18, end, 60, Numbers.brief(centre - limit));
        boolean missing =
                Arrays.stream(values).flatMapToDouble(Arrays::stream).anyMatch(Double::isNaN);
        if (missing) {
            svg.leaf("rect", "class", "missing", "x", x, "y", end + 10, "width", 12, "height", 12);
            svg.text("tick", x + 18, end + 20, 60, "no value");
        }
    }

    private String summary() {
        return String.format(
                Locale.ROOT,
                "Heat map of %d rows (%s) and %d columns (%s), colours from %s to %s.",
                values.length,
                yLabel,
                columns,
                xLabel,
                Numbers.brief(centre - limit),
                Numbers.brief(centre + limit));
    }
}
