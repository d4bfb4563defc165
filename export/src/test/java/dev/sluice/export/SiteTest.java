package dev.sluice.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.experiments.RunView;
import dev.sluice.experiments.TrainedModel;
import dev.sluice.models.SplitAutoencoder;
import dev.sluice.models.SplitAutoencoder.Half;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The exported site in a real browser, from a plain file server. */
class SiteTest {
    @TempDir private static Path temp = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private static RunView run;

    @SuppressWarnings("NullAway.Init")
    private static FileServer server;

    @SuppressWarnings("NullAway.Init")
    private static Chromium chromium;

    @BeforeAll
    static void exportOnce() throws IOException {
        assumeTrue(Chromium.installed().isPresent(), "no Chromium is installed");
        run = TinyRun.of(temp.resolve("run"), List.of("routed"), Map.of());
        Path site = new Export(ExportFormat.SITE, null, null, null).of(run, () -> TinyRun.DATA);
        server = new FileServer(site);
        chromium = new Chromium(Chromium.installed().orElseThrow());
    }

    @AfterAll
    static void close() {
        if (chromium != null) {
            chromium.close();
            server.close();
        }
    }

    private static Chromium.Visit open() {
        return chromium.open(server.address(), 1280, ColorScheme.LIGHT);
    }

    private static List<String> vector(Page page) {
        return page.locator(".vector span").allTextContents();
    }

    private static Object picture(Page page) {
        page.locator(".results[aria-busy=false]").waitFor();
        return page.evaluate("document.querySelector('.result').toDataURL()");
    }

    private static float[] floats(@Nullable Object list) {
        List<?> values = (List<?>) Objects.requireNonNull(list);
        float[] out = new float[values.size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = ((Number) values.get(i)).floatValue();
        }
        return out;
    }

    @Test
    void the_browser_computes_the_numbers_of_java() {
        try (Chromium.Visit visit = open();
                TensorScope scope = TensorScope.open();
                TrainedModel trained = TrainedModel.open(run, null, null)) {
            SplitAutoencoder model = (SplitAutoencoder) trained.layer();
            Page page = visit.page();
            page.evaluate(
                    "async () => { const m = await import(new URL('onnx-backend.js',"
                            + " document.baseURI)); window.b = await m.openOnnx(document.baseURI);"
                            + " }");
            for (int i = 0; i < 5; i++) {
                Tensor x =
                        OnnxFiles.images(TinyRun.DATA.test(), i, i + 1, model.code())
                                .reshape(1, -1);
                Tensor code = model.encode(x);
                Object found =
                        page.evaluate(
                                "async i => Array.from(await b.encode(b.digits.pixels(i)))", i);
                assertArrayEquals(code.toFloats(), floats(found), 1e-4f);
                Map<?, ?> images =
                        (Map<?, ?>)
                                page.evaluate(
                                        "async c => Object.fromEntries(Object.entries(await"
                                                + " b.decode(c)).map(([k, v]) => [k,"
                                                + " Array.from(v)]))",
                                        found);
                same(model.decode(code), images.get("decoder"));
                same(model.certificate(code, Half.LOW), images.get("certificate_low"));
                same(model.certificate(code, Half.HIGH), images.get("certificate_high"));
            }
        }
    }

    /** Images are in [−1, 1] in Java and in [0, 1] on the page. */
    private static void same(Tensor expected, @Nullable Object found) {
        assertArrayEquals(expected.add(1).div(2).toFloats(), floats(found), 1e-4f);
    }

    @Test
    void a_moved_slider_changes_vector_and_picture_and_reset_takes_it_back() {
        try (Chromium.Visit visit = open()) {
            Page page = visit.page();
            Object before = picture(page);
            List<String> start = vector(page);
            Locator slider = page.locator("input[type=range]").nth(2);
            slider.focus();
            page.keyboard().press("End");
            assertNotEquals(before, picture(page));
            assertEquals(number(slider.getAttribute("max")), number(vector(page).get(2)));
            page.getByLabel("Unit 2, on").uncheck();
            assertEquals("0.0000", vector(page).get(2));
            page.getByText("Reset").click();
            assertEquals(start, vector(page));
            assertEquals(before, picture(page));
        }
    }

    /** Waits until the code is another one. */
    private static void awaitOther(Page page, List<String> before) {
        page.waitForFunction(
                "was => document.querySelector('.vector').textContent !== was",
                String.join("", before));
    }

    private static double number(String text) {
        return Double.parseDouble(text.replace('−', '-'));
    }

    @Test
    void a_half_that_is_switched_off_leaves_the_other_certificate_as_it_was() {
        try (Chromium.Visit visit = open()) {
            Page page = visit.page();
            String high = "document.querySelectorAll('.result')[2].toDataURL()";
            String low = "document.querySelectorAll('.result')[1].toDataURL()";
            picture(page);
            Object highBefore = page.evaluate(high);
            Object lowBefore = page.evaluate(low);
            page.getByText("All off").first().click();
            picture(page);
            assertEquals(highBefore, page.evaluate(high));
            assertNotEquals(lowBefore, page.evaluate(low));
            assertEquals(List.of("0.0000", "0.0000", "0.0000"), vector(page).subList(0, 3));
        }
    }

    @Test
    void a_drawing_is_encoded() {
        try (Chromium.Visit visit = open()) {
            Page page = visit.page();
            List<String> before = vector(page);
            page.getByText("Clear").click();
            page.getByText("Your drawing").waitFor();
            var box = page.locator(".draw").boundingBox();
            page.mouse().move(box.x + 140, box.y + 40);
            page.mouse().down();
            List<String> blank = vector(page);
            page.mouse().move(box.x + 120, box.y + 240);
            page.mouse().up();
            awaitOther(page, blank);
            assertNotEquals(before, vector(page));
            Object ink =
                    page.evaluate(
                            "async () => { const m = await import(new URL('digit.js',"
                                    + " document.baseURI)); const ink = new Float32Array(280 * 280);"
                                    + " for (let y = 20; y < 120; y++) for (let x = 200; x < 220;"
                                    + " x++) ink[y * 280 + x] = 1; return Array.from(m.toDigit(ink,"
                                    + " 280, 28, 28)); }");
            bar(floats(ink));
        }
    }

    /** A bar of 100 by 20 becomes one of 20 by 4 in the middle. */
    private static void bar(float[] image) {
        for (int y = 0; y < 28; y++) {
            for (int x = 0; x < 28; x++) {
                boolean inside = y >= 4 && y < 24 && x >= 12 && x < 16;
                assertEquals(inside ? 1 : 0, image[y * 28 + x], 1e-5, y + ", " + x);
            }
        }
    }

    @Test
    void everything_can_be_done_with_the_keyboard_alone() {
        try (Chromium.Visit visit = open()) {
            Page page = visit.page();
            List<String> before = vector(page);
            page.keyboard().press("Tab");
            assertEquals("Drawing area", focused(page, "getAttribute('aria-label')"));
            page.keyboard().press("Space");
            for (int i = 0; i < 15; i++) {
                page.keyboard().press("ArrowDown");
            }
            page.keyboard().press("Space");
            page.getByText("Your drawing").waitFor();
            awaitOther(page, before);
            tabTo(page, "getAttribute('role')", "option");
            page.keyboard().press("ArrowRight");
            page.getByText("Test image 2").waitFor();
            tabTo(page, "textContent", "Reset");
            tabTo(page, "type", "checkbox");
            page.keyboard().press("Space");
            assertEquals("0.0000", vector(page).get(0));
            tabTo(page, "type", "range");
            page.keyboard().press("ArrowRight");
            assertNotEquals("0.0000", vector(page).get(0));
        }
    }

    private static Object focused(Page page, String what) {
        return page.evaluate("document.activeElement." + what);
    }

    private static void tabTo(Page page, String what, String wanted) {
        for (int i = 0; i < 20 && !wanted.equals(focused(page, what)); i++) {
            page.keyboard().press("Tab");
        }
        assertEquals(wanted, focused(page, what));
    }

    @ParameterizedTest
    @CsvSource({"1280, LIGHT", "1280, DARK", "390, LIGHT", "390, DARK"})
    void axe_finds_nothing_serious_and_nothing_sticks_out(int width, ColorScheme scheme)
            throws IOException {
        try (Chromium.Visit visit = chromium.open(server.address(), width, scheme)) {
            assertEquals(List.of(), visit.seriousFindings());
            Object wide = visit.page().evaluate("document.documentElement.scrollWidth");
            assertEquals(width, ((Number) wide).intValue());
        }
    }
}
