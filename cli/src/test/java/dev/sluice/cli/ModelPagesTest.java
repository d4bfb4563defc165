package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import dev.sluice.studio.StudioServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
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
import org.junit.jupiter.params.provider.CsvSource;

/** The pages that compute with a finished run, in a real browser: its latents and its rules. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ModelPagesTest {
    private @Nullable StudioPages pages;

    @BeforeAll
    void serveARunOfOurOwn(@TempDir Path folder) throws IOException {
        pages = StudioPages.ofServer(folder);
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

    @Test
    void movingASliderOrTurningAUnitOffChangesThePictureAndResetTakesItBack() {
        try (Page page = pages().open("latents?run=finished")) {
            String rest = picture(page, 0);
            page.focus("#unit-3");
            page.keyboard().press("PageUp");
            String moved = picture(page, 0);
            assertNotEquals(rest, moved);
            page.uncheck("[aria-label='Unit 3, on']");
            assertNotEquals(moved, picture(page, 0));
            StudioPages.button(page, "Reset").click();
            assertEquals(rest, picture(page, 0));
        }
    }

    @Test
    void aHalfThatIsSwitchedOffChangesNothingThatTheOtherHalfKnows() {
        try (Page page = pages().open("latents?run=finished")) {
            String low = picture(page, 1);
            String high = picture(page, 2);
            StudioPages.button(page, "All off").first().click();
            assertNotEquals(low, picture(page, 1));
            assertEquals(high, picture(page, 2));
            StudioPages.button(page, "All off").last().click();
            assertNotEquals(high, picture(page, 2));
            assertEquals("0.0000".repeat(32), code(page));
        }
    }

    @Test
    void aDigitDrawnWithTheMouseOrTheKeyboardIsEncoded() {
        try (Page page = pages().open("latents?run=finished")) {
            picture(page, 0);
            String picked = code(page);
            page.locator(".draw").hover();
            page.mouse().down();
            page.mouse().move(150, 300);
            page.mouse().move(260, 420);
            page.mouse().up();
            String drawn = otherCode(page, picked);
            StudioPages.button(page, "Clear").click();
            String blank = otherCode(page, drawn);
            page.focus(".draw");
            page.keyboard().press(" ");
            for (int i = 0; i < 8; i++) {
                page.keyboard().press("ArrowDown");
            }
            otherCode(page, blank);
        }
    }

    @Test
    void theRulesPageShowsMasksClaimsAndReach() {
        try (Page page = pages().open("rules?run=finished")) {
            page.locator(".tag.good").getByText("holds").first().waitFor();
            assertEquals(2, page.locator(".masks .strip").count());
            String low = page.locator(".masks .strip").first().getAttribute("aria-label");
            assertTrue(low != null && low.contains("units 0–15"), low);
            Locator row =
                    page.locator(".reach tbody tr")
                            .filter(new Locator.FilterOptions().setHasText("encoder.out.weight"));
            String labels =
                    String.valueOf(row.locator(".strip").first().getAttribute("aria-label"));
            assertTrue(labels.contains("units 0–15"), labels);
            assertEquals(0, page.locator("progress").count());
        }
    }

    @Test
    void aRunWithoutSuchAPageIsNotOfferedAndIsNotWhatATabOpens() throws IOException {
        pages().languageModel(pages().runs, "words");
        try (Page page = pages().open("?run=words")) {
            page.locator("#chosen-title").getByText("words").waitFor();
            assertEquals("", page.locator("#chosen-actions").innerText());
        }
        for (String tab : List.of("latents", "rules")) {
            try (Page page = pages().open(tab)) {
                page.locator(".strip, .unit").first().waitFor();
                assertEquals("finished", page.inputValue("#run"));
                assertEquals(List.of("finished"), page.locator("#run option").allTextContents());
                assertFalse(page.locator("#choice-note").isVisible());
            }
            try (Page page = pages().open(tab + "?run=words")) {
                page.locator(".strip, .unit").first().waitFor();
                String note = page.locator("#choice-note").textContent();
                assertTrue(note.startsWith("The run words has no "), note);
                assertTrue(note.endsWith("Shown is finished, the newest that has."), note);
            }
        }
    }

    @Test
    void whereNoRunHasSuchAPageTheTabSaysSo(@TempDir Path folder) throws IOException {
        pages().languageModel(folder, "words");
        try (StudioServer server = StudioPages.serve(folder, Map.of());
                Page page = pages().blank()) {
            for (String tab : List.of("latents", "rules")) {
                page.navigate(server.address() + tab);
                page.getByText("No run here has ").waitFor();
                assertFalse(page.locator("#choice").isVisible());
            }
        }
    }

    @Test
    void theTableOfWhatEachClassTouchesFitsALaptopAndHasAnEdgeWhereItDoesNotFit() {
        try (Page page = pages().open("rules?run=finished")) {
            page.locator(".reach").waitFor();
            assertEquals(0, over(page));
        }
        try (Page page = pages().open("rules?run=finished", 390, ColorScheme.LIGHT)) {
            page.locator(".reach").waitFor();
            assertTrue(over(page) > 0, "it is as wide as ever");
            Object edge =
                    page.evaluate(
                            "() => getComputedStyle(document.querySelector('.reach').parentElement)"
                                    + ".backgroundImage");
            assertTrue(String.valueOf(edge).contains("gradient"), String.valueOf(edge));
        }
    }

    /** By how many pixels the table is wider than its box. */
    private static int over(Page page) {
        return ((Number)
                        page.evaluate(
                                "() => { const box = document.querySelector('.reach').parentElement;"
                                        + " return box.scrollWidth - box.clientWidth }"))
                .intValue();
    }

    @Test
    void theRulesPageShowsMasksWhileWhatTakesLongIsStillTried() {
        List<Route> held = new ArrayList<>();
        try (Page page = pages().blank()) {
            page.route("**/verification?*", held::add);
            page.route("**/reach?*", held::add);
            page.navigate(pages().at("rules?run=finished"));
            page.locator(".masks .strip").first().waitFor();
            page.locator("progress").nth(1).waitFor();
            assertEquals("fits", page.locator(".findings .tag").allTextContents().get(0));
            held.forEach(Route::resume);
            page.locator(".tag.good").getByText("holds").first().waitFor();
            page.locator(".reach .strip").first().waitFor();
            assertEquals(0, page.locator("progress").count());
        }
    }

    @Test
    void theRulesPageTellsOfThePlanAsItBeginsAndAsItEnds(@TempDir Path folder) {
        Path data = pages().runs.resolveSibling("data");
        Path digits = data.resolve("tiny");
        Path run = folder.resolve("changing");
        List<String> command =
                List.of("run", "routed-vae", "--preset", "smoke", "--variants", "best");
        List<String> sizes = List.of("--set", "images=512", "--set", "hidden=16x8");
        List<String> places = List.of("--data", digits.toString(), "--out", run.toString());
        Invocation.of(
                        Stream.of(command, sizes, places)
                                .flatMap(List::stream)
                                .toArray(String[]::new))
                .exits(ExitCodes.OK);
        try (StudioServer server =
                        StudioPages.serve(folder, Map.of("SLUICE_DATA", data.toString()));
                Page page = pages().blank()) {
            page.navigate(server.address() + "rules");
            page.locator(".reach").nth(1).waitFor();
            page.getByText("through reconstruction in the last step").first().waitFor();
            List<String> heads = page.locator("h2:has(code), h3.step").allTextContents();
            assertEquals(
                    List.of(
                            "At latent.z in the first step",
                            "At decoder.first.weight in the first step",
                            "At latent.prior in the first step",
                            "At latent.z in the last step",
                            "Touched in the first step",
                            "Touched in the last step"),
                    heads);
            assertEquals(20, page.locator(".tag.good").getByText("holds").count());
        }
    }

    @Test
    void theNewestChoiceOfARunIsShownHoweverLateTheAnswers() {
        List<Route> held = new ArrayList<>();
        try (Page page = pages().blank()) {
            page.route("**/latents?variant=routed*", held::add);
            page.navigate(pages().at("latents?run=finished&variant=no-routing"));
            picture(page, 0);
            String code = code(page);
            page.selectOption("#variant", "routed");
            page.getByText("Opening the model").waitFor();
            page.selectOption("#variant", "no-routing");
            picture(page, 0);
            page.waitForResponse("**/digits?variant=routed*", () -> held.forEach(Route::resume))
                    .finished();
            page.waitForTimeout(100);
            assertEquals("no-routing", page.inputValue("#variant"));
            assertEquals(code, code(page));
        }
    }

    @ParameterizedTest
    @CsvSource({"latents, LIGHT", "latents, DARK", "rules, LIGHT", "rules, DARK"})
    void pagesAreAccessibleAndFitAPhoneInBothThemes(String path, ColorScheme scheme)
            throws IOException {
        try (Page page = pages().open(path + "?run=finished", 390, scheme)) {
            page.locator(".reach, .unit").first().waitFor();
            pages().browser.accessible(page);
            Browser.fits(page);
        }
    }

    /** A decoder's picture, once everything that was asked for is shown. */
    private static String picture(Page page, int decoder) {
        page.locator(".results[aria-busy=false]").waitFor();
        return (String)
                page.evaluate("i => document.querySelectorAll('.result')[i].toDataURL()", decoder);
    }

    private static String code(Page page) {
        return page.locator(".vector").textContent();
    }

    /** Waits until the code is another one. */
    private static String otherCode(Page page, String before) {
        page.waitForFunction(
                "was => document.querySelector('.vector').textContent !== was", before);
        page.locator(".results[aria-busy=false]").waitFor();
        return code(page);
    }
}
