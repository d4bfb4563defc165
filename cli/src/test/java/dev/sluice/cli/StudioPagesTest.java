package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.WaitForSelectorState;
import dev.sluice.studio.StudioServer;
import dev.sluice.training.MetricsLog;
import dev.sluice.training.RunFolder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The runs page as a person meets it: the real command, a real browser, and a run of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class StudioPagesTest {
    private static final String POINTS =
            "() => globalThis.Chart?.getChart('plot')?.data.datasets"
                    + ".reduce((n, d) => n + d.data.length, 0) ?? 0";

    private static final Locator.WaitForOptions ATTACHED =
            new Locator.WaitForOptions().setState(WaitForSelectorState.ATTACHED);

    private @Nullable StudioPages pages;

    @BeforeAll
    void serveARunOfOurOwn(@TempDir Path folder) throws IOException, InterruptedException {
        pages = StudioPages.ofCommand(folder);
    }

    @AfterEach
    void thePagesDidNothingWrong() {
        pages().browser.nothingWentWrong();
    }

    @AfterAll
    void stop() throws Exception {
        if (pages != null) {
            pages.close();
        }
    }

    private StudioPages pages() {
        return Objects.requireNonNull(pages);
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
        try (Page page = pages().open("")) {
            String run = start(page, 10_000);
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
        try (Page page = pages().open("")) {
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
        try (Page page = pages().open("")) {
            page.click("#new-run");
            page.locator("dialog select[name=experiment]").selectOption("split-digits");
            page.click("dialog summary");
            page.fill("dialog input[name='set.epochs']", "none");
            page.locator("dialog button[type=submit]").click();
            Locator problem = page.locator("dialog .problem");
            problem.waitFor();
            assertTrue(problem.textContent().contains("epochs"), problem.textContent());
        }
        pages().browser.expected("400");
    }

    @Test
    void aRunThatCannotBeginIsAProblemOfTheFormAndLeavesNoRun() throws IOException {
        try (Page page = pages().open("")) {
            List<Path> before = runs();
            page.click("#new-run");
            page.locator("dialog select[name=experiment]").selectOption("language-model");
            page.check("dialog input[value=smoke]");
            page.click("dialog summary");
            page.fill("dialog input[name='set.plan']", "/no/such/plan.yaml");
            page.click("dialog button[type=submit]");
            Locator problem = page.locator("dialog .problem");
            problem.waitFor();
            assertTrue(problem.textContent().contains("/no/such/plan.yaml"), problem.textContent());
            assertTrue(page.locator("dialog").isVisible());
            assertEquals(before, runs());
        }
        pages().browser.expected("422");
    }

    private List<Path> runs() throws IOException {
        try (Stream<Path> all = Files.list(pages().runs)) {
            return all.sorted().toList();
        }
    }

    @Test
    void theRunsPageCanBeUsedWithTheKeyboardAlone() {
        try (Page page = pages().open("?run=finished")) {
            page.locator("table").waitFor();
            page.keyboard().press("Tab");
            assertEquals("Skip to content", focused(page));
            tabTo(page, "New run");
            page.keyboard().press("Enter");
            page.locator("dialog form").waitFor();
            page.keyboard().press("Escape");
            assertEquals("New run", focused(page));
            tabTo(page, "finished");
            page.keyboard().press("Enter");
            tabTo(page, "Report");
            tabTo(page, "loss");
            tabTo(page, "routed");
            page.keyboard().press("Enter");
            page.locator(".key[aria-pressed=false]").waitFor();
        }
    }

    /** The text of what has the focus, without further lines. */
    private static String focused(Page page) {
        return ((String) page.evaluate("() => document.activeElement.innerText ?? ''"))
                .split("\\R", 2)[0].strip();
    }

    private static void tabTo(Page page, String text) {
        for (int i = 0; i < 20 && !focused(page).startsWith(text); i++) {
            page.keyboard().press("Tab");
        }
        assertTrue(focused(page).startsWith(text), focused(page));
    }

    @Test
    void theLinksOfAChosenRunAreItsOwn() throws IOException {
        pages().copyOfFinished("other", "complete");
        try (Page page = pages().open("?run=finished")) {
            Locator rules = page.locator("#chosen-actions").getByText("Rules");
            assertEquals("/rules?run=finished", rules.getAttribute("href"));
            page.locator(".entry", new Page.LocatorOptions().setHasText("other")).click();
            assertEquals("/rules?run=other", rules.getAttribute("href"));
        }
    }

    @Test
    void aFailedRunSaysWhyAndMayBeTriedAgain() throws IOException {
        Path run = pages().copyOfFinished("broken", "failed");
        try (RunFolder folder = RunFolder.openToRead(run)) {
            folder.write(folder.manifest().failed("no such hook"));
        }
        try (Page page = pages().open("?run=broken")) {
            Locator problem = page.locator("#chosen-problem");
            problem.waitFor();
            assertEquals("no such hook", problem.innerText());
            Locator actions = page.locator("#chosen-actions");
            assertTrue(actions.getByText("Rules").isVisible(), actions.innerText());
            assertTrue(actions.getByText("Resume").isVisible(), actions.innerText());
            assertEquals(0, actions.getByText("Latents").count(), actions.innerText());
        }
    }

    @Test
    void axesAreDrawnWithTheFirstPointAndTheirNumbersAreWholeRoundAndUnlike() throws IOException {
        Path run = pages().copyOfFinished("short", "stopped");
        try (Page page = pages().open("?run=short")) {
            page.getByText("No steps were logged.").waitFor();
            assertFalse(page.locator("#plot").isVisible());
            try (MetricsLog log = MetricsLog.open(run.resolve("metrics.jsonl"), 0)) {
                for (int i = 0; i < 3; i++) {
                    log.append(
                            new MetricsLog.Line(
                                    "routed", 0, i, i, i, Map.of("loss", 1 + 0.001 * i)));
                }
            }
            awaitPoints(page, 2);
            assertTrue(page.locator("#plot").isVisible());
            assertEquals(List.of("0", "1", "2"), ticks(page, "x"));
            List<String> losses = ticks(page, "y");
            assertTrue(losses.size() >= 3 && losses.size() <= 7, losses::toString);
            assertEquals(losses.stream().distinct().toList(), losses);
        }
    }

    @Test
    void ticksOfALogarithmicAxisAreFewAndRound() {
        try (Page page = pages().open("")) {
            assertEquals("0.1 1 10 100", logTicks(page, 0.06, 130));
            assertEquals("1 2 5 10 20", logTicks(page, 0.8, 30));
            assertEquals("2 3 4 5 6", logTicks(page, 1.9, 6.1));
            assertEquals("0.9 0.95 1 1.05", logTicks(page, 0.88, 1.09));
            assertEquals("1e\u22129 1e\u22126 0.001 1 1000 1e6", logTicks(page, 1e-9, 1e8));
        }
    }

    private static String logTicks(Page page, double min, double max) {
        return (String)
                page.evaluate(
                        "async ([a, b]) => { const axis = await import('/assets/axis.js');"
                                + " return axis.logTicks(a, b).map(axis.tickText).join(' ') }",
                        List.of(min, max));
    }

    private static List<String> ticks(Page page, String axis) {
        Object labels =
                page.evaluate(
                        "axis => Chart.getChart('plot').scales[axis].ticks.map(t => t.label)"
                                + ".join(' ')",
                        axis);
        return List.of(String.valueOf(labels).split(" ", -1));
    }

    @Test
    void twoHundredRunsAreListedAndFilteredWithoutLag() throws IOException {
        Path runs = pages().runs;
        Path many = Files.createDirectories(runs.resolveSibling("many"));
        for (int i = 0; i < 200; i++) {
            Path run = Files.createDirectory(many.resolve("run-" + i));
            for (String file : List.of("manifest.json", "summary.json")) {
                Files.copy(runs.resolve("finished").resolve(file), run.resolve(file));
            }
        }
        try (StudioServer server = StudioPages.serve(many, Map.of());
                Page page = pages().blank()) {
            page.navigate(server.address());
            page.locator(".run").nth(199).waitFor(ATTACHED);
            StudioPages.watchFrames(page);
            page.locator("#filter").pressSequentially("run-19");
            page.waitForFunction("() => document.querySelectorAll('.run').length === 11");
            page.fill("#filter", "");
            page.locator(".run").nth(199).waitFor(ATTACHED);
            page.locator(".entry").nth(3).click();
            StudioPages.neverFroze(page);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LIGHT", "DARK"})
    void thePageIsAccessibleAndFitsAPhone(ColorScheme scheme) throws IOException {
        try (Page page = pages().open("?run=finished", 390, scheme)) {
            page.locator("table").waitFor();
            pages().browser.accessible(page);
            Browser.fits(page);
            page.click("#new-run");
            page.locator("dialog form").waitFor();
            pages().browser.accessible(page);
        }
    }

    @Test
    void sixtyUpdatesASecondReachThePageAndDoNotFreezeIt() throws Exception {
        Path run = pages().copyOfFinished("busy", "stopped");
        try (Page page = pages().open("?run=busy");
                MetricsLog log = MetricsLog.open(run.resolve("metrics.jsonl"), 0)) {
            page.locator("#chosen-title").getByText("busy").waitFor();
            StudioPages.watchFrames(page);
            for (int i = 0; i < 240; i++) {
                log.append(
                        new MetricsLog.Line(
                                "routed", 0, i, i, i / 60.0, Map.of("loss", 1 + 1.0 / (i + 1))));
                Thread.sleep(16);
            }
            awaitPoints(page, 239);
            StudioPages.neverFroze(page);
        }
    }

    /** A second of a machine that has nothing else to do. */
    @Test
    void theRunsAreOnThePageWithinASecond() {
        double best = Double.MAX_VALUE;
        for (int i = 0; i < 5 && best >= 1000; i++) {
            try (Page page = pages().blank()) {
                page.addInitScript(
                        "const look = now => document.querySelector('.run')"
                                + " ? window.useful = now : requestAnimationFrame(look);"
                                + " requestAnimationFrame(look)");
                page.navigate(pages().at(""));
                Object painted = page.waitForFunction("() => window.useful").jsonValue();
                best = Math.min(best, ((Number) painted).doubleValue() / slowness());
            }
        }
        assertTrue(best < 1000, "the runs came after " + best + " ms");
    }

    /** How many times longer a thread takes here than it computes, as others compute too. */
    private static double slowness() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long wall = System.nanoTime();
        long began = threads.getCurrentThreadCpuTime();
        long computed = 0;
        while (computed < 100_000_000) {
            computed = threads.getCurrentThreadCpuTime() - began;
        }
        return Math.max(1, (double) (System.nanoTime() - wall) / computed);
    }
}
