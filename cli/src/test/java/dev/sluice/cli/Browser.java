package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The system's Chromium, with a record of everything that should not happen on our pages. */
final class Browser implements AutoCloseable {
    private static final double PATIENCE_MILLIS = 180_000;
    private static final String AXE = "/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js";

    private final Playwright playwright;
    private final com.microsoft.playwright.Browser chromium;
    private final List<String> wrong = new ArrayList<>();

    private Browser(Path executable) {
        playwright =
                Playwright.create(
                        new Playwright.CreateOptions()
                                .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        chromium =
                playwright
                        .chromium()
                        .launch(
                                new BrowserType.LaunchOptions()
                                        .setExecutablePath(executable)
                                        .setArgs(List.of("--no-sandbox")));
    }

    /** Where Chromium is installed. */
    static Optional<Path> installed() {
        return List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
                .stream()
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    static Browser open(Path executable) {
        return new Browser(executable);
    }

    /** A page that reports errors, failed requests, and requests to other hosts than this one. */
    Page page(int width, int height, ColorScheme scheme) {
        Page page =
                chromium.newPage(
                        new com.microsoft.playwright.Browser.NewPageOptions()
                                .setViewportSize(width, height)
                                .setColorScheme(scheme));
        page.setDefaultTimeout(PATIENCE_MILLIS);
        page.setDefaultNavigationTimeout(PATIENCE_MILLIS);
        page.onConsoleMessage(m -> wrong.add("console: " + m.text()));
        page.onPageError(e -> wrong.add("error: " + e));
        page.onRequest(
                r -> {
                    URI uri = URI.create(r.url());
                    if (!"data".equals(uri.getScheme()) && !"127.0.0.1".equals(uri.getHost())) {
                        wrong.add("foreign request: " + uri);
                    }
                });
        page.onResponse(
                r -> {
                    if (r.status() >= 400) {
                        wrong.add("status " + r.status() + ": " + r.url());
                    }
                });
        page.onRequestFailed(
                r -> {
                    // A page that goes away or asks for other runs ends its event stream itself.
                    if (!r.url().contains("/api/events")) {
                        wrong.add("failed: " + r.url() + " " + r.failure());
                    }
                });
        return page;
    }

    /** Refuses what the pages should not have done. */
    void nothingWentWrong() {
        List<String> found = List.copyOf(wrong);
        wrong.clear();
        assertEquals(List.of(), found);
    }

    /** Forgets a failed request that a test asked for, and the browser's own word on it. */
    void expected(String status) {
        wrong.removeIf(w -> w.startsWith("status " + status) || w.contains("status of " + status));
    }

    /** Refuses serious findings of axe on a page. */
    void accessible(Page page) throws IOException {
        try (InputStream in = Browser.class.getResourceAsStream(AXE)) {
            if (in == null) {
                throw new IOException("axe is not on the class path");
            }
            page.evaluate(new String(in.readAllBytes(), StandardCharsets.UTF_8) + "; 1");
        }
        Object found =
                page.evaluate(
                        "async () => (await axe.run()).violations"
                                + ".filter(v => ['serious', 'critical'].includes(v.impact))"
                                + ".map(v => v.id + ': '"
                                + " + v.nodes.map(n => n.target.join(' ')).join(', '))");
        // Axe reads pixels of its own canvas, and Chromium comments on that.
        wrong.removeIf(w -> w.contains("Canvas2D"));
        assertEquals(List.of(), found, page.url());
    }

    /** Refuses a page that scrolls sideways. */
    static void fits(Page page) {
        Object over =
                page.evaluate(
                        "() => document.documentElement.scrollWidth - document.documentElement"
                                + ".clientWidth");
        assertEquals(0, over, page.url() + " is wider than the window");
    }

    @Override
    public void close() {
        chromium.close();
        playwright.close();
    }
}
