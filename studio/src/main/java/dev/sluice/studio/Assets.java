package dev.sluice.studio;

import io.javalin.Javalin;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * The pages, scripts and styles, each by its name in a table: what is not in the table is not
 * there, whatever a path looks like.
 */
final class Assets {
    private static final String LIBRARY = "/META-INF/resources/webjars/chart.js/4.4.3/dist/";
    private static final Map<String, String> PAGES =
            Map.of("/", "runs.html", "/latents", "latents.html", "/rules", "rules.html");
    private static final String[] FILES = {
        "studio.css",
        "icon.svg",
        "api.js",
        "choice.js",
        "compare.js",
        "curves.js",
        "drawing.js",
        "events.js",
        "latent-page.js",
        "latents.js",
        "picker.js",
        "picture.js",
        "rules.js",
        "run-list.js",
        "runs.js",
        "start-form.js"
    };

    private Assets() {}

    /** Adds a route for each file. */
    static void register(Javalin app) {
        PAGES.forEach((path, file) -> app.get(path, ctx -> answer(ctx, "web/" + file)));
        for (String file : FILES) {
            app.get("/assets/" + file, ctx -> answer(ctx, "web/" + file));
        }
        app.get("/assets/chart.js", ctx -> answer(ctx, LIBRARY + "chart.umd.js"));
    }

    private static void answer(Context ctx, String resource) {
        byte[] bytes = read(resource);
        CRC32 sum = new CRC32();
        sum.update(bytes);
        String tag = "\"" + Long.toHexString(sum.getValue()) + "-" + bytes.length + "\"";
        ctx.header("ETag", tag);
        ctx.header("Cache-Control", "no-cache");
        if (tag.equals(ctx.header("If-None-Match"))) {
            ctx.status(304);
            return;
        }
        ctx.contentType(type(resource));
        ctx.result(bytes);
    }

    private static String type(String resource) {
        return switch (resource.substring(resource.lastIndexOf('.'))) {
            case ".html" -> "text/html; charset=utf-8";
            case ".css" -> "text/css; charset=utf-8";
            case ".svg" -> "image/svg+xml";
            default -> "text/javascript; charset=utf-8";
        };
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
