package dev.sluice.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Curves over a common x axis: loss over steps with a band for the seeds, or a metric over a swept
 * setting with a 95 % interval at each point. The y axis covers every value and interval; a
 * logarithmic axis leaves out what is not positive. Series are named where they end, so no legend
 * has to be matched by colour.
 */
public final class LineChart extends Chart {
    private final List<Series> series = new ArrayList<>();
    private final List<double[]> places = new ArrayList<>();
    private final List<Series> references = new ArrayList<>();
    private List<String> categories = List.of();
    private String xLabel = "";
    private String yLabel = "";
    private boolean logX;
    private boolean logY;
    private boolean points;

    private LineChart(String title) {
        super(title);
    }

    /** A chart of curves without marks, intervals drawn as bands: for dense data such as losses. */
    public static LineChart curves(String title, String xLabel, String yLabel) {
        LineChart chart = new LineChart(title);
        chart.xLabel = xLabel;
        chart.yLabel = yLabel;
        return chart;
    }

    /** A chart with a mark at each value and intervals drawn as whiskers: for a swept number. */
    public static LineChart sweep(String title, String xLabel, String yLabel) {
        LineChart chart = curves(title, xLabel, yLabel);
        chart.points = true;
        return chart;
    }

    /**
     * A sweep over named settings, equally spaced; the x of value {@code i} is then {@code i}, and
     * each series has one value per setting.
     */
    public static LineChart sweep(
            String title, String xLabel, String yLabel, List<String> settings) {
        LineChart chart = sweep(title, xLabel, yLabel);
        chart.categories = List.copyOf(settings);
        return chart;
    }

    /** Makes the x axis logarithmic; an axis of named settings stays as it is. */
    public LineChart logX() {
        logX = true;
        return this;
    }

    /** Makes the y axis logarithmic. */
    public LineChart logY() {
        logY = true;
        return this;
    }

    /**
     * Adds a curve.
     *
     * @throws IllegalArgumentException if the arrays differ in length
     */
    public LineChart add(String name, double[] x, double[] y) {
        return add(Series.of(name, y), x);
    }

    /**
     * Adds a curve with an interval from {@code low} to {@code high} around each value; NaN where
     * there is none.
     *
     * @throws IllegalArgumentException if the arrays differ in length
     */
    public LineChart add(String name, double[] x, double[] y, double[] low, double[] high) {
        return add(Series.of(name, y, low, high), x);
    }

    private LineChart add(Series added, double[] x) {
        Series.requireLength(added.name(), "x values", added.size(), x.length);
        series.add(added);
        places.add(x.clone());
        return this;
    }

    /** Adds a dashed line at a value to compare with, such as a baseline's. */
    public LineChart reference(String label, double y) {
        references.add(Series.of(label, new double[] {y}));
        return this;
    }

    @Override
    Drawing draw() {
        Extent xs = new Extent(logX && categories.isEmpty());
        places.forEach(xs::include);
        Extent ys = new Extent(logY);
        series.forEach(s -> ys.include(s.values()).include(s.lows()).include(s.highs()));
        references.forEach(r -> ys.include(r.values()));
        List<String> names =
                Stream.concat(series.stream(), references.stream()).map(Series::name).toList();
        double height = Math.max(Plot.HEIGHT, names.size() * EndLabels.ROW);
        Axis y = logY ? Axis.log(ys) : Axis.linear(ys, 5);
        Plot plot = new Plot(xAxis(xs), y, height, 0, EndLabels.gutter(names));
        Svg svg = new Svg();
        plot.frame(svg, new Plot.Words(title(), xLabel, yLabel));
        if (xs.isEmpty() || ys.isEmpty()) {
            plot.empty(svg);
        }
        EndLabels labels = new EndLabels(plot);
        for (int i = 0; i < series.size(); i++) {
            draw(svg, plot, i, labels);
        }
        references.forEach(r -> plot.reference(svg, r, labels));
        labels.draw(svg);
        return new Drawing(Plot.WIDTH, plot.height(), svg.toString(), summary());
    }

    private Axis xAxis(Extent xs) {
        if (!categories.isEmpty()) {
            return Axis.categories(categories);
        }
        return (logX ? Axis.log(xs) : Axis.linear(xs, 6)).tight(xs);
    }

    private void draw(Svg svg, Plot plot, int index, EndLabels labels) {
        Series s = series.get(index);
        double[] px = Arrays.stream(places.get(index)).map(plot::px).toArray();
        double[] py = Arrays.stream(s.values()).map(plot::py).toArray();
        svg.open("g", "class", Series.colour(index));
        if (!points) {
            double[] low = Arrays.stream(s.lows()).map(plot::edge).toArray();
            double[] high = Arrays.stream(s.highs()).map(plot::edge).toArray();
            path(svg, "band", Trace.band(px, low, high));
        }
        String weight = series.size() > 6 ? "line thin" : "line";
        path(svg, index < 8 ? weight : weight + " dashed", Trace.line(px, py));
        if (points) {
            marks(svg, plot, s, px, py);
        }
        svg.close();
        int last = px.length - 1;
        while (last > 0 && !Double.isFinite(px[last] + py[last])) {
            last--;
        }
        double x = last < 0 ? Double.NaN : px[last];
        labels.add(s.name(), Series.colour(index), x, last < 0 ? Double.NaN : py[last]);
    }

    private static void path(Svg svg, String style, String path) {
        if (!path.isEmpty()) {
            svg.leaf("path", "class", style, "d", path);
        }
    }

    private static void marks(Svg svg, Plot plot, Series s, double[] px, double[] py) {
        for (int i = 0; i < px.length; i++) {
            if (Double.isFinite(px[i] + py[i])) {
                if (s.hasInterval(i)) {
                    double low = plot.edge(s.lows()[i]);
                    double high = plot.edge(s.highs()[i]);
                    svg.leaf("path", "class", "whisker", "d", whisker(px[i], low, high));
                }
                String words = s.name() + ": " + s.words(i);
                svg.hint(words, "circle", "class", "mark", "cx", px[i], "cy", py[i], "r", 3.5);
            }
        }
    }

    /** An upright line with a cap at both ends. */
    static String whisker(double x, double low, double high) {
        String caps = "M" + Svg.at(x - 3, low) + "h6M" + Svg.at(x - 3, high) + "h6";
        return "M" + Svg.at(x, low) + "L" + Svg.at(x, high) + caps;
    }

    private String summary() {
        StringBuilder out = new StringBuilder("Line chart of " + yLabel + " over " + xLabel + ".");
        for (Series s : series) {
            int last = s.size() - 1;
            while (last >= 0 && !Double.isFinite(s.values()[last])) {
                last--;
            }
            String end = last < 0 ? "no data" : "ends at " + s.words(last);
            out.append(' ').append(s.name()).append(": ").append(end).append('.');
        }
        return out.toString();
    }
}
