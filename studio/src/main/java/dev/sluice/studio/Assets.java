package dev.sluice.studio;

import dev.sluice.export.PageFiles;
import io.javalin.Javalin;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.zip.CRC32;

/**
 * The pages, scripts and styles, each by its name in a table: what is not in the table is not
 * there, whatever a path looks like.
 */
final class Assets {
    private static final String LIBRARY = "/META-INF/resources/webjars/chart.js/4.4.3/dist/";
    private static final List<Page> PAGES =
            List.of(
                    new Page("/", "Runs", "", "runs.html", "runs.js"),
                    new Page("/latents", "Latents", "", "training.html", "latent-page.js"),
                    new Page("/rules", "Rules", "Of a run", "training.html", "rules.js"),
                    new Page(
                            "/rules/text", "Rules", "On text", "rules-text.html", "rules-text.js"));
    private static final List<String> FILES =
            List.of(
                    "studio.css",
                    "api.js",
                    "axis.js",
                    "choice.js",
                    "compare.js",
                    "curves.js",
                    "events.js",
                    "latent-page.js",
                    "rules.js",
                    "rules-text.js",
                    "rule-examples.js",
                    "rule-picture.js",
                    "run-list.js",
                    "runs.js",
                    "start-form.js",
                    "suggest.js");

    /**
     * A page: where it is, its title, what is in it, and the script that fills it. Pages of one
     * title are views of the same thing; the first of them is the one in the links to all pages.
     */
    private record Page(String path, String title, String view, String main, String script) {
        /** The whole page: all have one head, and links to each other. */
        byte[] html() {
            List<Page> first = PAGES.stream().filter(p -> p.equals(p.views().get(0))).toList();
            return text("page.html")
                    .replace("{{links}}", links(first, Page::title, views().get(0)))
                    .replace("{{script}}", script)
                    .replace("{{main}}", text(main))
                    .replace("{{views}}", viewLinks())
                    .replace("{{head}}", (title + " " + view.toLowerCase(Locale.ROOT)).strip())
                    .replace("{{title}}", title)
                    .getBytes(StandardCharsets.UTF_8);
        }

        private List<Page> views() {
            return PAGES.stream().filter(p -> p.title.equals(title)).toList();
        }

        private String viewLinks() {
            return view.isEmpty()
                    ? ""
                    : "<nav class=\"views\" aria-label=\""
                            + title
                            + "\">\n"
                            + links(views(), Page::view, this)
                            + "</nav>\n";
        }

        private static String links(List<Page> pages, Function<Page, String> name, Page here) {
            StringBuilder links = new StringBuilder();
            for (Page page : pages) {
                String current = page.equals(here) ? " aria-current=\"page\"" : "";
                links.append("<a href=\"").append(page.path).append('"').append(current);
                links.append('>').append(name.apply(page)).append("</a>\n");
            }
            return links.toString();
        }
    }

    private Assets() {}

    /** Adds a route for each file. */
    static void register(Javalin app) {
        for (Page page : PAGES) {
            byte[] html = page.html();
            app.get(page.path, ctx -> answer(ctx, "text/html", html));
        }
        for (String file : FILES) {
            asset(app, file, read("web/" + file));
        }
        for (String file : PageFiles.SHARED) {
            asset(app, file, PageFiles.read(file));
        }
        asset(app, "chart.js", read(LIBRARY + "chart.umd.js"));
    }

    private static void asset(Javalin app, String name, byte[] content) {
        String type =
                switch (name.substring(name.lastIndexOf('.'))) {
                    case ".css" -> "text/css";
                    case ".svg" -> "image/svg+xml";
                    default -> "text/javascript";
                };
        app.get("/assets/" + name, ctx -> answer(ctx, type, content));
    }

    private static void answer(Context ctx, String type, byte[] content) {
        CRC32 sum = new CRC32();
        sum.update(content);
        String tag = "\"" + Long.toHexString(sum.getValue()) + "-" + content.length + "\"";
        ctx.header("ETag", tag);
        ctx.header("Cache-Control", "no-cache");
        if (tag.equals(ctx.header("If-None-Match"))) {
            ctx.status(304);
            return;
        }
        ctx.contentType(type + "; charset=utf-8");
        ctx.result(content);
    }

    private static String text(String file) {
        return new String(read("web/" + file), StandardCharsets.UTF_8);
    }

    private static byte[] read(String resource) {
        try (InputStream in = Assets.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("missing from the jar: " + resource);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource, e);
        }
    }
}
