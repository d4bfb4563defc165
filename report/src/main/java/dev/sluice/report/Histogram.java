package dev.sluice.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How often values fall into equal bins, as a share of each sample's finite values; several samples
 * share their bins and lie over each other. For distributions of activations, errors or weights.
 */
public final class Histogram extends Chart {
    private final String xLabel;
    private final int bins;
    private final List<Series> samples = new ArrayList<>();

    private Histogram(String title, String xLabel, int bins) {
        super(title);
        this.xLabel = xLabel;
        this.bins = bins;
    }

    /**
     * An empty histogram with so many bins over the range of all samples.
     *
     * @throws IllegalArgumentException if there is not at least one bin
     */
    public static Histogram of(String title, String xLabel, int bins) {
        if (bins < 1) {
            throw new IllegalArgumentException("histogram: expected at least 1 bin, found " + bins);
        }
        return new Histogram(title, xLabel, bins);
    }

    /** Adds a sample; its order does not matter. */
    public Histogram add(String name, double... values) {
        samples.add(Series.of(name, values));
        return this;
    }

    @Override
    Drawing draw() {
        Extent xs = new Extent(false);
        samples.forEach(s -> xs.include(s.values()));
        Axis x = Axis.linear(xs, 8);
        double low = x.ticks().get(0).value();
        double width = (x.ticks().get(x.ticks().size() - 1).value() - low) / bins;
        List<double[]> shares = samples.stream().map(s -> shares(s.values(), low, width)).toList();
        Extent ys = new Extent(false).include(0);
        shares.forEach(ys::include);
        Plot plot = new Plot(x, Axis.linear(ys, 5), Plot.HEIGHT, Legend.rows(samples), 0);
        Svg svg = new Svg();
        plot.frame(svg, new Plot.Words(title(), xLabel, "share of values per bin"));
        Legend.draw(svg, samples, 62);
        if (xs.isEmpty()) {
            plot.empty(svg);
        }
        for (int i = 0; i < shares.size(); i++) {
            String outline = outline(plot, shares.get(i));
            if (outline.isEmpty()) {
                continue;
            }
            svg.open("g", "class", Series.colour(i));
            svg.leaf("path", "class", "area", "d", outline);
            svg.leaf("path", "class", "step", "d", outline);
            svg.close();
        }
        return new Drawing(Plot.WIDTH, plot.height(), svg.toString(), summary());
    }

    private double[] shares(double[] values, double low, double width) {
        double[] counts = new double[bins];
        double total = 0;
        for (double v : values) {
            double bin = Math.floor((v - low) / width);
            if (bin >= 0 && bin <= bins) {
                counts[(int) Math.min(bin, bins - 1)]++;
                total++;
            }
        }
        double all = Math.max(1, total);
        return Arrays.stream(counts).map(c -> c / all).toArray();
    }

    /** The steps of the bins that hold something, down to the base line at both ends. */
    private String outline(Plot plot, double[] shares) {
        double width = (plot.right() - plot.left()) / bins;
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < bins; i++) {
            if (shares[i] > 0) {
                double left = plot.left() + i * width;
                boolean starts = i == 0 || shares[i - 1] == 0;
                path.append(starts ? "M" + Svg.at(left, plot.bottom()) : "");
                path.append('V').append(Svg.number(plot.py(shares[i])));
                path.append('H').append(Svg.number(left + width));
                boolean ends = i == bins - 1 || shares[i + 1] == 0;
                path.append(ends ? "V" + Svg.number(plot.bottom()) : "");
            }
        }
        return path.toString();
    }

    private String summary() {
        StringBuilder out = new StringBuilder("Histogram of " + xLabel + ".");
        for (Series s : samples) {
            double[] finite = Arrays.stream(s.values()).filter(Double::isFinite).sorted().toArray();
            out.append(' ').append(s.name()).append(": ").append(finite.length).append(" values");
            if (finite.length > 0) {
                out.append(", median ").append(Numbers.brief(finite[finite.length / 2]));
                out.append(", from ").append(Numbers.brief(finite[0]));
                out.append(" to ").append(Numbers.brief(finite[finite.length - 1]));
            }
            out.append('.');
        }
        return out.toString();
    }
}
