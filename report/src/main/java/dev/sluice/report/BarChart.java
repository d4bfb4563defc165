package dev.sluice.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Groups of bars over named categories, each bar with an error whisker where an interval is given:
 * for a metric by digit and by decoder. Bars start at 0. A divider may part the categories in two
 * named groups.
 */
public final class BarChart extends Chart {
    private final List<String> categories;
    private final String xLabel;
    private final String yLabel;
    private final List<Series> series = new ArrayList<>();
    private final List<Series> references = new ArrayList<>();
    private int dividerAfter = -1;
    private String leftName = "";
    private String rightName = "";

    private BarChart(String title, String xLabel, String yLabel, List<String> categories) {
        super(title);
        this.xLabel = xLabel;
        this.yLabel = yLabel;
        this.categories = List.copyOf(categories);
    }

    /** An empty chart over the categories, left to right. */
    public static BarChart over(
            String title, String xLabel, String yLabel, List<String> categories) {
        return new BarChart(title, xLabel, yLabel, categories);
    }

    /**
     * Adds a bar to each category.
     *
     * @throws IllegalArgumentException if there is not one value for each category
     */
    public BarChart add(String name, double... values) {
        return add(Series.of(name, values));
    }

    /**
     * Adds a bar with a whisker from {@code low} to {@code high} to each category; NaN where there
     * is none.
     *
     * @throws IllegalArgumentException if there is not one value and interval for each category
     */
    public BarChart add(String name, double[] values, double[] low, double[] high) {
        return add(Series.of(name, values, low, high));
    }

    private BarChart add(Series added) {
        Series.requireLength(added.name(), "values", categories.size(), added.size());
        series.add(added);
        return this;
    }

    /**
     * Parts the categories after the given one (counted from 0) and names both sides.
     *
     * @throws IllegalArgumentException if no category follows
     */
    public BarChart divide(int after, String left, String right) {
        if (after < 0 || after >= categories.size() - 1) {
            throw new IllegalArgumentException(
                    "divider: expected a category from 0 to "
                            + (categories.size() - 2)
                            + ", found "
                            + after);
        }
        dividerAfter = after;
        leftName = left;
        rightName = right;
        return this;
    }

    /** Adds a dashed line at a value to compare with, such as a baseline's. */
    public BarChart reference(String label, double y) {
        references.add(Series.of(label, new double[] {y}));
        return this;
    }

    @Override
    Drawing draw() {
        Extent ys = new Extent(false);
        series.forEach(s -> ys.include(s.values()).include(s.lows()).include(s.highs()));
        references.forEach(r -> ys.include(r.values()));
        boolean empty = ys.isEmpty();
        Axis y = Axis.linear(empty ? ys : ys.include(0), 5);
        int rows = Legend.rows(series) + (dividerAfter < 0 ? 0 : 1);
        double gutter = EndLabels.gutter(references.stream().map(Series::name).toList());
        Plot plot = new Plot(Axis.categories(categories), y, Plot.HEIGHT, rows, gutter);
        Svg svg = new Svg();
        plot.frame(svg, new Plot.Words(title(), xLabel, yLabel));
        Legend.draw(svg, series, 62);
        if (empty) {
            plot.empty(svg);
        }
        for (int i = 0; i < series.size(); i++) {
            bars(svg, plot, i);
        }
        if (dividerAfter >= 0) {
            divider(svg, plot);
        }
        EndLabels labels = new EndLabels(plot);
        references.forEach(r -> plot.reference(svg, r, labels));
        labels.draw(svg);
        return new Drawing(Plot.WIDTH, plot.height(), svg.toString(), summary());
    }

    private void bars(Svg svg, Plot plot, int index) {
        Series s = series.get(index);
        double slot = (plot.right() - plot.left()) / Math.max(1, categories.size());
        double pitch = Math.min(30, slot * 0.76 / series.size());
        double width = pitch * 0.88;
        double shift = (index - (series.size() - 1) / 2.0) * pitch;
        svg.open("g", "class", Series.colour(index));
        for (int c = 0; c < s.size(); c++) {
            double mid = plot.px(c) + shift;
            double tip = plot.py(s.values()[c]);
            if (Double.isFinite(tip)) {
                double zero = plot.py(0);
                String bar = bar(mid, width, zero, tip);
                svg.hint(
                        categories.get(c) + ", " + s.name() + ": " + s.words(c),
                        "path",
                        "class",
                        "bar",
                        "d",
                        bar);
                if (s.hasInterval(c)) {
                    double low = plot.edge(s.lows()[c]);
                    double high = plot.edge(s.highs()[c]);
                    svg.leaf("path", "class", "error", "d", LineChart.whisker(mid, low, high));
                }
            }
        }
        svg.close();
    }

    /** A bar from the zero line, its far corners rounded. */
    private static String bar(double mid, double width, double zero, double tip) {
        double r = Math.min(Math.min(2, width / 3), Math.abs(zero - tip));
        double inner = tip < zero ? tip + r : tip - r;
        String left = Svg.number(mid - width / 2);
        String right = Svg.number(mid + width / 2);
        String peak = Svg.number(tip);
        String start = "M" + left + " " + Svg.number(zero) + "V" + Svg.number(inner);
        String roof = "Q" + left + " " + peak + " " + Svg.at(mid - width / 2 + r, tip);
        String across = "H" + Svg.number(mid + width / 2 - r) + "Q" + right + " " + peak + " ";
        return start
                + roof
                + across
                + right
                + " "
                + Svg.number(inner)
                + "V"
                + Svg.number(zero)
                + "Z";
    }

    private void divider(Svg svg, Plot plot) {
        double x = (plot.px(dividerAfter) + plot.px(dividerAfter + 1.0)) / 2;
        svg.line("divider", x, plot.top() - 24, x, plot.bottom());
        svg.text("note end", x - 10, plot.top() - 12, x - plot.left() - 10, leftName);
        svg.text("note", x + 10, plot.top() - 12, plot.right() - x - 10, rightName);
    }

    private String summary() {
        StringBuilder out = new StringBuilder("Bar chart of " + yLabel + " by " + xLabel + ".");
        for (Series s : series) {
            out.append(' ').append(s.name()).append(':');
            for (int c = 0; c < s.size(); c++) {
                out.append(c == 0 ? " " : ", ").append(categories.get(c)).append(' ');
                out.append(Numbers.brief(s.values()[c]));
            }
            out.append('.');
        }
        return out.toString();
    }
}
