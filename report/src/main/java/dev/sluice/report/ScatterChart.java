package dev.sluice.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Points of two numbers each, named one by one: for a grid of settings drawn as what it costs
 * against what it gains. A name stands beside its point where there is room; where there is none it
 * is a tooltip alone. Points that are not finite are left out.
 */
public final class ScatterChart extends Chart {
    private static final double HEIGHT = 380;
    private static final double ROW = 13;

    private final String xLabel;
    private final String yLabel;
    private final List<Series> ys = new ArrayList<>();
    private final List<double[]> xs = new ArrayList<>();
    private final List<List<String>> names = new ArrayList<>();

    private ScatterChart(String title, String xLabel, String yLabel) {
        super(title);
        this.xLabel = xLabel;
        this.yLabel = yLabel;
    }

    /** An empty chart with what its axes show. */
    public static ScatterChart of(String title, String xLabel, String yLabel) {
        return new ScatterChart(title, xLabel, yLabel);
    }

    /**
     * Adds points of one colour.
     *
     * @param series what they have in common, shown in the legend
     * @param points the name of each point
     * @throws IllegalArgumentException if the lists differ in length
     */
    public ScatterChart add(String series, List<String> points, double[] x, double[] y) {
        Series.requireLength(series, "x values", points.size(), x.length);
        Series.requireLength(series, "y values", points.size(), y.length);
        ys.add(Series.of(series, y));
        xs.add(x.clone());
        names.add(List.copyOf(points));
        return this;
    }

    /** A point on paper, and what to write beside it. */
    private record Point(int series, String name, String hint, double x, double y) {}

    /** A rectangle that is taken. */
    private record Box(double left, double top, double right, double bottom) {
        boolean meets(Box o) {
            return left < o.right && o.left < right && top < o.bottom && o.top < bottom;
        }
    }

    @Override
    Drawing draw() {
        Extent x = new Extent(false);
        xs.forEach(x::include);
        Extent y = new Extent(false);
        ys.forEach(s -> y.include(s.values()));
        Plot plot = new Plot(Axis.linear(x, 6), Axis.linear(y, 5), HEIGHT, Legend.rows(ys), 0);
        Svg svg = new Svg();
        plot.frame(svg, new Plot.Words(title(), xLabel, yLabel));
        Legend.draw(svg, ys, 64);
        List<Point> points = points(plot);
        if (points.isEmpty()) {
            plot.empty(svg);
        }
        for (Point p : points) {
            svg.open("g", "class", Series.colour(p.series));
            svg.hint(p.hint, "circle", "class", "mark", "cx", p.x, "cy", p.y, "r", 4);
            svg.close();
        }
        names(svg, plot, points);
        return new Drawing(Plot.WIDTH, plot.height(), svg.toString(), summary(points.size()));
    }

    private List<Point> points(Plot plot) {
        List<Point> points = new ArrayList<>();
        for (int s = 0; s < ys.size(); s++) {
            for (int i = 0; i < xs.get(s).length; i++) {
                double x = xs.get(s)[i];
                double y = ys.get(s).values()[i];
                double px = plot.px(x);
                double py = plot.py(y);
                if (Double.isFinite(px + py)) {
                    String name = names.get(s).get(i);
                    String place = Numbers.brief(x) + ", " + Numbers.brief(y);
                    String hint = ys.get(s).name() + ", " + name + ": " + place;
                    points.add(new Point(s, name, hint, px, py));
                }
            }
        }
        return points;
    }

    /** Tries right, left, above and below of each point, in this order. */
    private static void names(Svg svg, Plot plot, List<Point> points) {
        List<Box> taken = new ArrayList<>();
        points.forEach(p -> taken.add(new Box(p.x - 5, p.y - 5, p.x + 5, p.y + 5)));
        for (Point p : points) {
            double wide = Markup.width(p.name, 12);
            double[][] places = {{8, 4}, {-8 - wide, 4}, {-wide / 2, -9}, {-wide / 2, 17}};
            for (double[] place : places) {
                double x = p.x + place[0];
                double y = p.y + place[1];
                Box box = new Box(x, y - ROW + 2, x + wide, y + 2);
                boolean inside =
                        x >= plot.left()
                                && x + wide <= Plot.WIDTH
                                && y - ROW >= plot.top()
                                && y <= plot.bottom() - 2;
                if (inside && taken.stream().noneMatch(box::meets)) {
                    svg.text("tick", x, y, wide + 1, p.name);
                    taken.add(box);
                    break;
                }
            }
        }
    }

    private String summary(int shown) {
        String series = String.join(", ", ys.stream().map(Series::name).toList());
        return shown + " points of " + yLabel + " against " + xLabel + ": " + series + ".";
    }
}
