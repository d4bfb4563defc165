package dev.sluice.report;

import dev.sluice.engine.AtomicFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A titled figure drawn as SVG: put it into an {@link HtmlReport}, or write it to a file of its
 * own. Drawing never fails because of the data: what is not finite leaves a gap, and a chart
 * without data says so. Charts follow the reader's light or dark colour scheme and describe
 * themselves to screen readers. They are filled by one thread and drawn as often as wanted.
 */
public abstract sealed class Chart
        permits LineChart, ScatterChart, BarChart, HeatMap, Histogram, ImageGrid {
    private final String title;

    Chart(String title) {
        this.title = title;
    }

    /** The title, as given. */
    public final String title() {
        return title;
    }

    /** The SVG element for a page that carries the style of {@link HtmlReport}. */
    public final String inlineSvg() {
        return element(draw(), null);
    }

    /** A whole SVG document with its own style, in UTF-8. */
    public final String svg() {
        return element(draw(), Styles.CHART);
    }

    /**
     * Writes {@link #svg()} to a file, whole or not at all.
     *
     * @throws java.io.UncheckedIOException if the file cannot be written
     */
    public final void writeSvg(Path file) {
        AtomicFiles.write(file, svg().getBytes(StandardCharsets.UTF_8));
    }

    abstract Drawing draw();

    private String element(Drawing drawing, @Nullable String style) {
        double margin = style == null ? 0 : 20;
        String width = Svg.number(drawing.width() + 2 * margin);
        String height = Svg.number(drawing.height() + 2 * margin);
        String corner = Svg.at(-margin, -margin);
        StringBuilder out = new StringBuilder("<svg xmlns=\"http://www.w3.org/2000/svg\" ");
        out.append("class=\"chart\" role=\"img\" width=\"").append(width);
        out.append("\" height=\"").append(height).append("\" viewBox=\"").append(corner);
        out.append(' ').append(width).append(' ').append(height).append("\" aria-label=\"");
        out.append(Markup.escape(title + ". " + drawing.summary())).append("\">\n<desc>");
        out.append(Markup.escape(drawing.summary())).append("</desc>\n");
        if (style != null) {
            out.append("<title>").append(Markup.escape(title)).append("</title>\n<style>\n");
            out.append(style).append("</style>\n<rect class=\"paper\" x=\"-20\" y=\"-20\" ");
            out.append("width=\"100%\" height=\"100%\"/>\n");
        }
        return out.append(drawing.body()).append("</svg>\n").toString();
    }

    /** What a chart drew, its size in pixels at 100 %, and the same in a sentence or two. */
    record Drawing(double width, double height, String body, String summary) {}
}
