package dev.sluice.report;

import java.util.List;

/** A pair of axes on paper: title, grid and labels around a field into which a chart draws. */
final class Plot {
    static final double WIDTH = 720;
    static final double HEIGHT = 260;
    private static final double LINE = 22;

    private final Axis x;
    private final Axis y;
    private final double left;
    private final double right;
    private final double top;
    private final double bottom;

    /** The words around a plot. */
    record Words(String title, String x, String y) {}

    /**
     * A field {@code height} tall, with {@code legendRows} lines above and a gutter at its right.
     */
    Plot(Axis x, Axis y, double height, int legendRows, double gutter) {
        this.x = x;
        this.y = y;
        double label =
                y.ticks().stream().mapToDouble(t -> Markup.width(t.label(), 12)).max().orElse(0);
        this.left = Math.min(label, 130) + 10;
        this.right = WIDTH - Math.max(gutter, 12);
        this.top = 56 + LINE * legendRows;
        this.bottom = top + height;
    }

    double left() {
        return left;
    }

    double right() {
        return right;
    }

    double top() {
        return top;
    }

    double bottom() {
        return bottom;
    }

    /** The height of the whole figure. */
    double height() {
        return bottom + 46;
    }

    double px(double value) {
        return left + x.fraction(value) * (right - left);
    }

    double py(double value) {
        return bottom - y.fraction(value) * (bottom - top);
    }

    /** The end of an interval: like {@link #py}, but what lies outside ends at the edge. */
    double edge(double value) {
        double place = py(value);
        if (Double.isNaN(place) && !Double.isNaN(value)) {
            double highest = y.ticks().get(y.ticks().size() - 1).value();
            return value > highest ? top : bottom;
        }
        return place;
    }

    void frame(Svg svg, Words words) {
        svg.text("title", 0, 18, WIDTH, words.title());
        svg.text("axis", 0, 40, WIDTH, words.y());
        for (Tick tick : y.ticks()) {
            svg.line("grid", left, py(tick.value()), right, py(tick.value()));
            svg.text("tick end", left - 10, py(tick.value()) + 4, 130, tick.label());
        }
        svg.line("base", left, bottom, right, bottom);
        xLabels(svg);
        svg.text("axis mid", (left + right) / 2, bottom + 40, right - left, words.x());
    }

    private void xLabels(Svg svg) {
        List<Tick> ticks = x.ticks();
        double room = (right - left) / Math.max(1, ticks.size());
        double wanted =
                ticks.stream().mapToDouble(t -> Markup.width(t.label(), 12)).max().orElse(0);
        int every = (int) Math.ceil(Math.min(wanted + 8, 64) / room);
        for (int i = 0; i < ticks.size(); i += Math.max(1, every)) {
            Tick tick = ticks.get(i);
            double at = px(tick.value());
            svg.line("base", at, bottom, at, bottom + 4);
            svg.text("tick mid", at, bottom + 19, room * Math.max(1, every) - 4, tick.label());
        }
    }

    /** A dashed line at a value that the others are to be read against. */
    void reference(Svg svg, Series reference, EndLabels labels) {
        double at = py(reference.values()[0]);
        if (!Double.isNaN(at)) {
            svg.line("reference", left, at, right, at);
        }
        labels.add(reference.name(), "plain", right, at);
    }

    /** Says in the middle of the field that there is nothing to show. */
    void empty(Svg svg) {
        svg.text("axis mid", (left + right) / 2, (top + bottom) / 2, right - left, "no data");
    }
}
