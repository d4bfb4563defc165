package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The page on which someone writes a rule and sees what it catches, in a real browser. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TextRulesPageTest {
    private static final String PREVIEW = "**/api/text/preview";

    private @Nullable StudioPages pages;

    @BeforeAll
    void serve(@TempDir Path folder) throws IOException {
        pages = StudioPages.ofServer(folder);
    }

    @AfterEach
    void thePageDidNothingWrong() {
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

    private Page open() {
        Page page = pages().open("rules/text");
        settled(page);
        return page;
    }

    /** Waits until the newest rule and the newest pair of texts are shown. */
    private static void settled(Page page) {
        page.locator("#picture[aria-busy=false] .rate").waitFor();
        page.locator("#suggestions[aria-busy=false]").waitFor();
    }

    private static String rate(Page page) {
        settled(page);
        return page.locator(".rate strong").textContent();
    }

    private static List<String> marks(Page page) {
        settled(page);
        return page.locator(".marked mark").allTextContents();
    }

    @Test
    void marksAndRateFollowTheRuleAsItIsTyped() {
        try (Page page = open()) {
            page.selectOption("#corpus", "own");
            page.fill("#text", "The old tree. A tree fell on the treehouse, and a bird sang.");
            page.fill("#rule", "");
            page.locator("#rule").pressSequentially("by: {phrases: {wood: [' tree']}}");
            assertEquals(List.of(" tree", " tree"), marks(page));
            String before = rate(page);
            page.fill("#rule", "by: {phrases: {wood: [' tree', ' old tree'], sky: [' bird']}}");
            assertEquals(List.of(" old tree", " tree", " bird"), marks(page));
            assertNotEquals(before, rate(page));
            assertEquals("wood", page.locator(".marked mark").first().getAttribute("title"));
            List<?> lines =
                    (List<?>)
                            page.locator(".marked mark")
                                    .evaluateAll(
                                            "all => all.map(m =>"
                                                    + " getComputedStyle(m).textDecorationStyle)");
            assertEquals(List.of("solid", "solid", "dotted"), lines);
        }
    }

    @Test
    void aWrongRuleSaysWhereAndKeepsTheLastPicture() {
        try (Page page = open()) {
            String before = rate(page);
            page.fill("#rule", "by:\n  phrases:\n    forest: [\n");
            Locator problem = page.locator("#wrong .problem");
            problem.waitFor();
            assertTrue(problem.textContent().contains("line "), problem.textContent());
            assertEquals(1, page.locator("#wrong .problem").count());
            assertEquals(before, rate(page));
            assertEquals("true", page.getAttribute("#rule", "aria-invalid"));
            page.fill("#rule", "by:\n  phrases:\n    forest: []\n");
            StudioPages.button(page, "Go to line 3").click();
            assertEquals("    forest: []", page.evaluate("() => getSelection().toString()"));
            page.fill("#rule", "by: {labels_file: /etc/passwd}");
            page.getByText("the studio opens no file").waitFor();
            StudioPages.button(page, "tokens").click();
            settled(page);
            assertEquals(0, problem.count());
        }
    }

    @Test
    void everyExampleCatchesSomethingInTheTextThatIsShown() {
        try (Page page = open()) {
            for (String corpus : List.of("generated-stories", "generated-places")) {
                page.selectOption("#corpus", corpus);
                for (String example : page.locator("#examples button").allTextContents()) {
                    StudioPages.button(page, example).click();
                    String rate = rate(page);
                    assertEquals(0, page.locator("#wrong .problem").count(), example);
                    assertNotEquals("0.00 %", rate, corpus + " " + example);
                }
            }
        }
    }

    @Test
    void suggestedTokensBecomeTheRule() {
        try (Page page = open()) {
            page.selectOption("#concept", "generated-stories sea");
            settled(page);
            assertEquals(20, page.locator(".bars rect").count());
            Locator boxes = page.locator("#suggestions input:checked");
            int ticked = boxes.count();
            boxes.first().uncheck();
            StudioPages.button(page, "Make a rule of " + (ticked - 1) + " tokens").click();
            settled(page);
            String rule = page.inputValue("#rule");
            assertEquals(ticked - 1, rule.split(": sea\n", -1).length - 1, rule);
            assertTrue(marks(page).stream().allMatch(m -> rule.contains("\"" + m + "\"")), rule);
            assertNotEquals("0.00 %", rate(page));
            page.selectOption("#concept", "own");
            page.fill("#forget", "the tree and the tree");
            page.fill("#retain", "the ball and the box");
            settled(page);
            String first = page.locator("#suggestions tbody tr").first().textContent();
            assertTrue(first.contains("tree"), first);
        }
    }

    @Test
    void theNewestRuleIsShownHoweverLateTheAnswers() {
        List<Route> held = new ArrayList<>();
        try (Page page = open()) {
            page.route(
                    PREVIEW,
                    route -> {
                        if (held.isEmpty()) {
                            held.add(route);
                        } else {
                            route.resume();
                        }
                    });
            page.waitForRequest(PREVIEW, () -> page.fill("#rule", "tokens: {' sea': first}"));
            page.fill("#rule", "tokens: {' farm': second}");
            settled(page);
            page.waitForResponse(PREVIEW, () -> held.forEach(Route::resume));
            page.waitForTimeout(100);
            assertEquals("second", page.locator(".caught mark").textContent());
        }
    }

    @Test
    void theRuleStaysWhenThePageIsLeftAndTheViewsAreLinks() {
        try (Page page = open()) {
            page.fill("#rule", "tokens: {' farm': farm}");
            settled(page);
            page.focus(".views a[aria-current]");
            page.keyboard().press("Shift+Tab");
            page.keyboard().press("Enter");
            page.waitForURL(url -> url.contains("/rules?") || url.endsWith("/rules"));
            page.locator(".masks").waitFor();
            page.locator(".reach").waitFor();
            page.locator(".findings .tag.good").nth(1).waitFor();
            page.click(".views a:text-is('On text')");
            settled(page);
            assertEquals("tokens: {' farm': farm}", page.inputValue("#rule"));
            assertEquals("farm", page.locator(".caught mark").textContent());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LIGHT", "DARK"})
    void thePageIsAccessibleAndFitsAPhone(ColorScheme scheme) throws IOException {
        try (Page page = pages().open("rules/text", 390, scheme)) {
            settled(page);
            page.locator(".bars").waitFor();
            pages().browser.accessible(page);
            Browser.fits(page);
            StudioPages.button(page, "mixture").click();
            page.selectOption("#concept", "own");
            settled(page);
            page.fill("#rule", "by: {phrases: {forest: []}}");
            page.locator("#wrong .problem").waitFor();
            pages().browser.accessible(page);
            Browser.fits(page);
        }
    }
}
