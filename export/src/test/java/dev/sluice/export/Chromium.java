package dev.sluice.export;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The system's Chromium, and all that a page did wrong in it. */
final class Chromium implements AutoCloseable {
    private final Playwright playwright;
    private final Browser browser;

    /** Where Chromium lies on this machine, if it does. */
    static Optional<Path> installed() {
        return Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    Chromium(Path executable) {
        Map<String, String> noDownload = Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        playwright = Playwright.create(new Playwright.CreateOptions().setEnv(noDownload));
        browser =
                playwright
                        .chromium()
                        .launch(
                                new BrowserType.LaunchOptions()
                                        .setExecutablePath(executable)
                                        .setArgs(List.of("--no-sandbox")));
    }

    /** A page in a context of its own, opened and ready to use. */
    Visit open(String address, int width, ColorScheme scheme) {
        BrowserContext context =
                browser.newContext(
                        new Browser.NewContextOptions()
                                .setViewportSize(width, 900)
                                .setColorScheme(scheme));
        context.setDefaultTimeout(120_000);
        Page page = context.newPage();
        List<String> faults = new ArrayList<>();
        page.onConsoleMessage(m -> faults.add("console: " + m.text()));
        page.onPageError(e -> faults.add("error: " + e));
        page.onRequestFailed(r -> faults.add("failed: " + r.url()));
        page.onRequest(r -> faults.addAll(foreign(r.url(), address)));
        page.onResponse(r -> faults.addAll(refused(r.status(), r.url())));
        page.navigate(address);
        page.locator(".vector span").first().waitFor();
        return new Visit(page, faults);
    }

    private static List<String> foreign(String url, String address) {
        return url.startsWith(address) ? List.of() : List.of("off this host: " + url);
    }

    private static List<String> refused(int status, String url) {
        return status < 400 ? List.of() : List.of(status + ": " + url);
    }

    @Override
    public void close() {
        playwright.close();
    }

    /** An open page; closing it checks that it did nothing wrong. */
    record Visit(Page page, List<String> faults) implements AutoCloseable {
        /** What axe finds that is serious or worse. */
        Object seriousFindings() throws IOException {
            String axe = "/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js";
            try (InputStream in = Chromium.class.getResourceAsStream(axe)) {
                if (in == null) {
                    throw new IllegalStateException("missing from the class path: " + axe);
                }
                page.evaluate(new String(in.readAllBytes(), StandardCharsets.UTF_8) + "; 1");
            }
            int before = faults.size();
            Object found =
                    page.evaluate(
                            "async () => (await axe.run()).violations"
                                    + ".filter(v => v.impact === 'serious' || v.impact === 'critical')"
                                    + ".map(v => v.id + ': ' + v.nodes.map(n => n.html).join(' '))");
            // Axe reads from a canvas of its own, and Chromium comments on that.
            faults.subList(before, faults.size()).removeIf(f -> f.contains("Canvas2D"));
            return found;
        }

        @Override
        public void close() {
            page.context().close();
            assertEquals(List.of(), faults);
        }
    }
}
