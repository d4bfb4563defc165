package dev.sluice.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The names of curves and reference lines beside their ends, in the gutter at the right of a plot,
 * moved apart where they would overlap.
 */
final class EndLabels {
    static final double ROW = 17;
    private static final double WIDEST = 150;

    private record Label(String name, String colour, double x, double y) {}

    private final List<Label> labels = new ArrayList<>();
    private final Plot plot;

    EndLabels(Plot plot) {
        this.plot = plot;
    }

    /** How wide a gutter the names need; none if there are none. */
    static double gutter(List<String> names) {
        double widest = names.stream().mapToDouble(s -> Markup.width(s, 12)).max().orElse(0);
        return names.isEmpty() ? 0 : Math.min(widest, WIDEST) + 34;
    }

    /** Names a curve at its last point, whose coordinates are NaN if it has none. */
    void add(String name, String colour, double x, double y) {
        boolean none = Double.isNaN(x) || Double.isNaN(y);
        labels.add(
                none
                        ? new Label(name + " (no data)", colour, Double.NaN, plot.bottom())
                        : new Label(name, colour, x, y));
    }

    void draw(Svg svg) {
        labels.sort(Comparator.comparingDouble(Label::y));
        double[] at = spread();
        for (int i = 0; i < at.length; i++) {
            Label label = labels.get(i);
            double x = plot.right() + 18;
            svg.open("g", "class", label.colour());
            if (!Double.isNaN(label.x())) {
                svg.line("leader", label.x() + 3, label.y(), x - 2, at[i]);
            }
            svg.leaf("circle", "class", "dot", "cx", x + 2, "cy", at[i], "r", 3.5);
            svg.text("label", x + 11, at[i] + 4, Plot.WIDTH - x - 11, label.name());
            svg.close();
        }
    }

    private double[] spread() {
        double[] at = new double[labels.size()];
        double least = plot.top();
        for (int i = 0; i < at.length; i++) {
            at[i] = Math.max(labels.get(i).y(), least);
            least = at[i] + ROW;
        }
        double most = plot.bottom();
        for (int i = at.length - 1; i >= 0; i--) {
            at[i] = Math.min(at[i], most);
            most = at[i] - ROW;
        }
        return at;
    }
}
