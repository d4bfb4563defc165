package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.sluice.training.MetricsLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The studio as a person meets it: the real command, a real browser, and a run of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class StudioPagesTest {
    private static final String POINTS =
            "() => Chart.getChart('plot')?.data.datasets.reduce((n, d) => n + d.data.length, 0)"
                    + " ?? 0";

    private @Nullable SluiceProcess studio;
    private @Nullable Browser browser;
    private Path runs = Path.of("");
    private String address = "";

    @BeforeAll
    void serveARunOfOurOwn(@TempDir Path folder) throws IOException, InterruptedException {
        Optional<Path> chromium = Browser.installed();
        assumeTrue(chromium.isPresent(), "Chromium is not installed");
        runs = Files.createDirectory(folder.resolve("runs"));
        Path digits = Invocation.digits(folder.resolve("data/tiny"));
        Invocation.of(Invocation.tinyRun(digits, runs.resolve("finished"))).exits(ExitCodes.OK);
        SluiceProcess serving =
                SluiceProcess.start(
                        folder,
                        Map.of("SLUICE_DATA", folder.resolve("data").toString()),
                        List.of(),
                        "studio",
                        "--port",
                        "0",
                        "--runs",
                        runs.toString());
        studio = serving;
        serving.await(() -> serving.output().endsWith("\n"));
        address = serving.output().strip();
        browser = Browser.open(chromium.get());
    }

    @AfterEach
    void thePagesDidNothingWrong() {
        browser().nothingWentWrong();
    }

    private Browser browser() {
        return Objects.requireNonNull(browser);
    }

    @AfterAll
    void stop() {
        if (studio != null) {
            studio.close();
        }
        if (browser != null) {
            browser.close();
        }
    }

    private Page open(String path) {
        return open(path, 1280, ColorScheme.LIGHT);
    }

    private Page open(String path, int width, ColorScheme scheme) {
        Page page = browser().page(width, 900, scheme);
        page.navigate(address + path);
        return page;
    }

    private static int points(Page page) {
        return ((Number) page.evaluate(POINTS)).intValue();
    }

    private static void awaitPoints(Page page, int more) {
        page.waitForFunction(POINTS.replace("() =>", "n => n < (") + ")", more);
    }

    private static Locator status(Page page, String name) {
        return page.locator(".run", new Page.LocatorOptions().setHasText(name)).locator(".status");
    }

    /** Fills the form for a new run of one variant and starts it; its name. */
    private static String start(Page page, int epochs) {
        page.click("#new-run");
        page.locator("dialog select[name=experiment]").selectOption("split-digits");
        page.locator("dialog select[name=data]").selectOption("tiny");
        page.check("dialog input[value=smoke]");
        page.uncheck("dialog input[value=no-routing]");
        page.fill("dialog input[name=threads]", "1");
        page.click("dialog summary");
        page.fill("dialog input[name='set.hidden']", "16");
        page.fill("dialog input[name='set.epochs']", Integer.toString(epochs));
        page.click("dialog button[type=submit]");
        page.waitForFunction("() => !document.querySelector('dialog').open");
        return page.locator("#chosen-title").textContent();
    }

    private static void awaitStatus(Page page, String run, String status) {
        status(page, run)
                .and(page.getByText(status, new Page.GetByTextOptions().setExact(true)))
                .waitFor();
    }

    @Test
    void aRunStartedFromThePageGrowsItsCurveStopsAndResumes() {
        try (Page page = open("")) {
            String run = start(page, 4000);
            awaitPoints(page, 1);
            int before = points(page);
            awaitPoints(page, before);
            page.locator("#chosen-actions").getByText("Stop").click();
            awaitStatus(page, run, "Stopped");
            int stopped = points(page);
            page.locator("#chosen-actions").getByText("Resume").click();
            awaitStatus(page, run, "Training");
            awaitPoints(page, stopped);
            page.locator("#chosen-actions").getByText("Stop").click();
            awaitStatus(page, run, "Stopped");
        }
    }

    @Test
    void aShortRunEndsWithResultsAndAReport() {
        try (Page page = open("")) {
            String run = start(page, 3);
            awaitStatus(page, run, "Complete");
            page.getByText("separation.low").waitFor();
            page.locator("#chosen-actions").getByText("Report").click();
            page.getByText("split-digits").first().waitFor();
            assertTrue(page.url().endsWith("/runs/" + run + "/report.html"), page.url());
        }
    }

    @Test
    void aFormThatMakesNoSenseSaysWhy() {
        try (Page page = open("")) {
            page.click("#new-run");
            page.locator("dialog select[name=experiment]").selectOption("split-digits");
            page.click("dialog summary");
            page.fill("dialog input[name='set.epochs']", "none");
            page.locator("dialog button[type=submit]").click();
            Locator problem = page.locator("dialog .problem");
            problem.waitFor();
            assertTrue(problem.textContent().contains("epochs"), problem.textContent());
        }
        browser().expected("400");
    }

    @Test
    void movingASliderOrTurningAUnitOffChangesThePicture() {
        try (Page page = open("latents?run=finished")) {
            String rest = settled(page);
            page.focus("#unit-3");
            page.keyboard().press("PageUp");
            String moved = changed(page, rest);
            page.uncheck("[aria-label='Unit 3 on']");
            changed(page, moved);
            page.click("#reset");
            page.waitForFunction(
                    "was => document.querySelector('[data-view=decoder]').toDataURL() === was",
                    rest);
        }
    }

    @Test
    void allUnitsOffIsTheCodeZero() {
        try (Page page = open("latents?run=finished")) {
            String rest = settled(page);
            page.click("#zero");
            String zero = changed(page, rest);
            page.click("#reset");
            changed(page, zero);
            page.evaluate(
                    "() => document.querySelectorAll('.unit input[type=checkbox]')"
                            + ".forEach(t => t.click())");
            page.waitForFunction(
                    "was => document.querySelector('[data-view=decoder]').toDataURL() === was",
                    zero);
            assertEquals("Every unit is off.", page.locator(".most-line").textContent());
        }
    }

    @Test
    void aDigitDrawnWithTheMouseOrTheKeyboardIsEncoded() {
        try (Page page = open("latents?run=finished")) {
            settled(page);
            String picked = code(page);
            page.locator(".pad").hover();
            page.mouse().down();
            page.mouse().move(150, 300);
            page.mouse().move(260, 420);
            page.mouse().up();
            page.waitForFunction("was => document.getElementById('vector').value !== was", picked);
            String drawn = code(page);
            page.click("#clear");
            page.focus(".pad");
            page.keyboard().press(" ");
            for (int i = 0; i < 8; i++) {
                page.keyboard().press("ArrowDown");
            }
            page.waitForFunction("was => document.getElementById('vector').value !== was", drawn);
        }
    }

    @Test
    void theRulesPageShowsMasksClaimsAndReach() {
        try (Page page = open("rules?run=finished")) {
            page.locator(".tag.good").getByText("holds").first().waitFor();
            assertEquals(2, page.locator(".masks .strip").count());
            String low = page.locator(".masks .strip").first().getAttribute("aria-label");
            assertTrue(low != null && low.contains("units 0–15"), low);
            Locator row =
                    page.locator(".reach tbody tr")
                            .filter(new Locator.FilterOptions().setHasText("encoder.out.weight"));
            String labels =
                    String.valueOf(row.locator(".strip").first().getAttribute("aria-label"));
            assertTrue(labels.contains("units 16–31") || labels.contains("units 0–15"), labels);
        }
    }

    @Test
    void pagesAreAccessibleAndFitAPhoneInBothThemes() throws IOException {
        for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            for (String path : List.of("", "latents?run=finished", "rules?run=finished")) {
                try (Page page = open(path, 390, scheme)) {
                    page.locator("table, .unit").first().waitFor();
                    browser().accessible(page);
                    Browser.fits(page);
                }
            }
        }
    }

    @Test
    void sixtyUpdatesASecondReachThePageAndDoNotFreezeIt() throws Exception {
        Path run = runs.resolve("busy");
        Files.createDirectory(run);
        String manifest = Files.readString(runs.resolve("finished/manifest.json"));
        Files.writeString(
                run.resolve("manifest.json"), manifest.replace("\"complete\"", "\"stopped\""));
        try (Page page = open("?run=busy");
                MetricsLog log = MetricsLog.open(run.resolve("metrics.jsonl"), 0)) {
            page.locator("#chosen-title").getByText("busy").waitFor();
            page.evaluate(
                    "() => { window.longest = 0; let last = performance.now();"
                            + " const tick = now => { longest = Math.max(longest, now - last);"
                            + " last = now; requestAnimationFrame(tick) };"
                            + " requestAnimationFrame(tick) }");
            for (int i = 0; i < 240; i++) {
                log.append(
                        new MetricsLog.Line(
                                "routed", 0, i, i, i / 60.0, Map.of("loss", 1 + 1.0 / (i + 1))));
                Thread.sleep(16);
            }
            awaitPoints(page, 239);
            double longest = ((Number) page.evaluate("() => longest")).doubleValue();
            assertTrue(longest < 1000, "a frame took " + longest + " ms");
        }
    }

    @Test
    void somethingIsPaintedWithinASecond() {
        double best = Double.MAX_VALUE;
        for (int i = 0; i < 5 && best >= 1000; i++) {
            try (Page page = open("")) {
                page.waitForFunction("() => performance.getEntriesByType('paint').length > 1");
                Object paint =
                        page.evaluate(
                                "() => performance.getEntriesByName('first-contentful-paint')[0]"
                                        + ".startTime");
                best = Math.min(best, ((Number) paint).doubleValue());
            }
        }
        assertTrue(best < 1000, "first paint after " + best + " ms");
    }

    /** The decoder's picture once the first digit's code is shown. */
    private static String settled(Page page) {
        page.locator(".digits button[aria-pressed=true]").waitFor();
        page.waitForFunction("() => Number(document.getElementById('content').dataset.shown) > 1");
        page.waitForTimeout(500);
        return picture(page);
    }

    private static String picture(Page page) {
        return (String)
                page.evaluate("() => document.querySelector('[data-view=decoder]').toDataURL()");
    }

    private static String changed(Page page, String before) {
        page.waitForFunction(
                "was => document.querySelector('[data-view=decoder]').toDataURL() !== was", before);
        String after = picture(page);
        assertNotEquals(before, after);
        return after;
    }

    private static String code(Page page) {
        return page.locator("#vector").inputValue();
    }
}
