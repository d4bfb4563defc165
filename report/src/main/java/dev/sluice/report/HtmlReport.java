package dev.sluice.report;

import dev.sluice.engine.AtomicFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One page that explains a result and needs nothing else: figures, tables and prose in a single
 * HTML file without script and without requests, which opens from disk, from mail, or under a
 * strict Content-Security-Policy (it sets one itself). It follows the reader's light or dark
 * scheme, prints, and fits a telephone. Filled by one thread; the same calls give the same bytes.
 *
 * <p>All text is plain. In prose, an empty line starts a paragraph, and {@code `back-ticks`} set
 * code.
 */
public final class HtmlReport {
    private static final String POLICY =
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
    private static final String MARK =
            "<path d='M3 16h8c7 0 6-8 13-8h5' stroke='#1769b5'/>"
                    + "<path d='M3 16h8c7 0 6 8 13 8h5' stroke='#d2570a'/>";

    private final String title;
    private final Map<String, StringBuilder> tiles = new LinkedHashMap<>();
    private final List<String> headings = new ArrayList<>();
    private final StringBuilder sections = new StringBuilder();
    private String subtitle = "";
    private String part = "";
    private final Map<String, Chart> figures = new LinkedHashMap<>();
    private final Map<String, Animation> animations = new LinkedHashMap<>();
    private String footer = "";

    private HtmlReport(String title) {
        this.title = title;
    }

    /** An empty page. */
    public static HtmlReport titled(String title) {
        return new HtmlReport(title);
    }

    /** Sets the sentence under the title: what was run, on which data. */
    public HtmlReport subtitle(String text) {
        subtitle = text;
        return this;
    }

    /** Sets the small print at the end of the page, such as version and command line. */
    public HtmlReport footer(String text) {
        footer = text;
        return this;
    }

    /**
     * Begins what is said of one of several things on this page: until the next part, the numbers
     * at the top stand under its name and remark, and the headings of sections begin with its name.
     */
    public HtmlReport part(String name, String remark) {
        part = name;
        for (int again = 2; tiles.containsKey(part); again++) {
            part = name + " (" + again + ")";
        }
        tiles.put(
                part,
                new StringBuilder("<h2 class=\"part\">")
                        .append(Markup.escape(part))
                        .append(" <small>")
                        .append(Markup.escape(remark))
                        .append("</small></h2>\n<dl class=\"tiles\">\n"));
        return this;
    }

    /** Adds a number to the row of large ones at the top, with its name and a remark under it. */
    public HtmlReport keyFigure(String name, String value, String remark) {
        tiles.computeIfAbsent(part, p -> new StringBuilder("<dl class=\"tiles\">\n"))
                .append("<div class=\"tile\"><dt>")
                .append(Markup.escape(name))
                .append("</dt><dd class=\"value\">")
                .append(Markup.escape(value))
                .append("</dd><dd class=\"remark\">")
                .append(Markup.escape(remark))
                .append("</dd></div>\n");
        return this;
    }

    /** Adds a section under a heading; {@code content} fills it at once. */
    public HtmlReport section(String name, Consumer<Section> content) {
        String heading = part.isEmpty() ? name : part + ": " + name;
        headings.add(heading);
        Section section = new Section(heading, figures, animations);
        content.accept(section);
        sections.append("<section id=\"section-").append(headings.size()).append("\">\n<h2>");
        sections.append(Markup.escape(heading)).append("</h2>\n").append(section.open());
        sections.append("</section>\n");
        return this;
    }

    /**
     * Every chart of the page so far, by a file name without extension made of the headings of its
     * section and itself.
     */
    public Map<String, Chart> figures() {
        return Collections.unmodifiableMap(figures);
    }

    /** Every animation of the page so far, by such a file name. */
    public Map<String, Animation> animations() {
        return Collections.unmodifiableMap(animations);
    }

    /** The page, to be stored in UTF-8. */
    public String html() {
        StringBuilder out = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n");
        out.append(
                "<meta charset=\"utf-8\"/>\n<meta http-equiv=\"Content-Security-Policy\" content=\"");
        out.append(POLICY).append("\"/>\n");
        out.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n");
        out.append("<meta name=\"color-scheme\" content=\"light dark\"/>\n<title>");
        out.append(Markup.escape(title))
                .append("</title>\n<link rel=\"icon\" href=\"")
                .append(icon());
        out.append("\"/>\n<style>\n").append(Styles.PAGE).append(Styles.CHART);
        out.append("</style>\n</head>\n<body>\n<header>\n<p class=\"brand\">").append(mark(""));
        out.append("Sluice</p>\n<h1>").append(Markup.escape(title)).append("</h1>\n");
        if (!subtitle.isEmpty()) {
            out.append("<p class=\"subtitle\">").append(Markup.escape(subtitle)).append("</p>\n");
        }
        tiles.values().forEach(group -> out.append(group).append("</dl>\n"));
        out.append("</header>\n");
        appendContents(out);
        out.append("<main>\n").append(sections).append("</main>\n");
        if (!footer.isEmpty()) {
            out.append("<footer><p>").append(Markup.escape(footer)).append("</p></footer>\n");
        }
        return out.append("</body>\n</html>\n").toString();
    }

    /**
     * Writes {@link #html()} to a file, whole or not at all.
     *
     * @throws java.io.UncheckedIOException if the file cannot be written
     */
    public void write(Path file) {
        AtomicFiles.write(file, html().getBytes(StandardCharsets.UTF_8));
    }

    private void appendContents(StringBuilder out) {
        if (headings.size() < 3) {
            return;
        }
        out.append("<nav aria-label=\"Contents\"><ol>\n");
        for (int i = 0; i < headings.size(); i++) {
            out.append("<li><a href=\"#section-").append(i + 1).append("\">");
            out.append(Markup.escape(headings.get(i))).append("</a></li>\n");
        }
        out.append("</ol></nav>\n");
    }

    /** Two streams that part: the mark of the page. */
    private static String mark(String namespace) {
        return "<svg"
                + namespace
                + " viewBox='0 0 32 32' width='20' height='20' fill='none' stroke-width='4'"
                + " stroke-linecap='round' aria-hidden='true'>"
                + MARK
                + "</svg>";
    }

    private static String icon() {
        String svg = mark(" xmlns='http://www.w3.org/2000/svg'");
        return "data:image/svg+xml,"
                + svg.replace("<", "%3C").replace(">", "%3E").replace("#", "%23");
    }

    /** A part of the page, filled from top to bottom. */
    public static final class Section {
        private final StringBuilder out = new StringBuilder();
        private final String heading;
        private final Map<String, Chart> figures;
        private final Map<String, Animation> animations;
        private boolean inChecks;

        private Section(
                String heading, Map<String, Chart> figures, Map<String, Animation> animations) {
            this.heading = heading;
            this.figures = figures;
            this.animations = animations;
        }

        /** Adds paragraphs. */
        public Section prose(String text) {
            for (String paragraph : text.strip().split("\\n\\s*\\n", -1)) {
                open().append("<p>").append(inline(paragraph)).append("</p>\n");
            }
            return this;
        }

        /** Adds lines of code or of a terminal, as they are. */
        public Section code(String text) {
            open().append("<pre class=\"scroll\" tabindex=\"0\"><code>")
                    .append(Markup.escape(text));
            out.append("</code></pre>\n");
            return this;
        }

        /** Adds running text of which some is marked. */
        public Section marked(MarkedText text) {
            open().append(text.html());
            return this;
        }

        /** Adds a chart with a caption under it that says what to see in it. */
        public Section figure(Chart chart, String caption) {
            figures.put(fileName(heading + " " + chart.title()), chart);
            open().append(
                            "<figure>\n<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"");
            out.append(Markup.escape(chart.title())).append("\">\n").append(chart.inlineSvg());
            out.append("</div>\n<figcaption>")
                    .append(inline(caption))
                    .append("</figcaption>\n</figure>\n");
            return this;
        }

        /** Adds an animation with a caption under it that says what to see in it. */
        public Section animation(Animation animation, String caption) {
            animations.put(fileName(heading + " " + animation.title()), animation);
            open().append("<figure>\n").append(animation.html()).append("\n<figcaption>");
            out.append(inline(caption)).append("</figcaption>\n</figure>\n");
            return this;
        }

        /** Adds a table. */
        public Section table(Table table) {
            open().append(table.html());
            return this;
        }

        /** Adds a statement that was put to the test, whether it holds, and what was found. */
        public Section check(boolean holds, String statement, String finding) {
            if (!inChecks) {
                open().append("<ul class=\"checks\">\n");
                inChecks = true;
            }
            out.append(
                    holds
                            ? "<li class=\"holds\"><b>holds</b>"
                            : "<li class=\"fails\"><b>fails</b>");
            out.append("<span>").append(inline(statement)).append(" <i>").append(inline(finding));
            out.append("</i></span></li>\n");
            return this;
        }

        /** Adds content that is folded away under a line until the reader opens it. */
        public Section details(String summary, Consumer<Section> content) {
            Section inner = new Section(heading, figures, animations);
            content.accept(inner);
            open().append("<details>\n<summary>")
                    .append(Markup.escape(summary))
                    .append("</summary>\n");
            out.append(inner.open()).append("</details>\n");
            return this;
        }

        private static String fileName(String title) {
            String words = title.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
            return words.replaceAll("^-|-$", "");
        }

        /** The text so far, a list of checks being closed. */
        private StringBuilder open() {
            if (inChecks) {
                out.append("</ul>\n");
                inChecks = false;
            }
            return out;
        }

        /** Escaped text with pairs of back-ticks as code. */
        private static String inline(String text) {
            StringBuilder out = new StringBuilder();
            int from = 0;
            int start = text.indexOf('`');
            while (start >= 0 && text.indexOf('`', start + 1) > 0) {
                int end = text.indexOf('`', start + 1);
                out.append(Markup.escape(text.substring(from, start))).append("<code>");
                out.append(Markup.escape(text.substring(start + 1, end))).append("</code>");
                from = end + 1;
                start = text.indexOf('`', from);
            }
            return out.append(Markup.escape(text.substring(from))).toString();
        }
    }
}
