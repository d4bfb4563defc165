package dev.sluice.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

final class HtmlReportTest {

    /** The page is also left in the build folder, to be looked at. */
    @Test
    void aPageWithEverythingIsWellFormedAndTheSameTwice() throws IOException {
        String html = SamplePage.page().html();
        Document page = Xml.parse(html);
        assertEquals("en", page.getDocumentElement().getAttribute("lang"));
        assertEquals(SamplePage.page().html(), html);
        Path folder = Files.createDirectories(Path.of("target", "sample"));
        SamplePage.page().write(folder.resolve("report.html"));
        SamplePage.bars().writeSvg(folder.resolve("bars.svg"));
        SamplePage.code().writeSvg(folder.resolve("code.svg"));
        SamplePage.images().writePng(folder.resolve("images.png"), 2);
    }

    @Test
    void theNumbersAndSectionsOfAPartHaveItsName() {
        HtmlReport report = HtmlReport.titled("t").keyFigure("of all", "0", "");
        for (String name : List.of("one", "two & more")) {
            report.part(name, "a remark").keyFigure("loss", "1", "").section("Curves", s -> {});
        }
        String html = report.html();
        Xml.parse(html);
        assertEquals(3, html.split("<dl class=\"tiles\">", -1).length - 1);
        int heading = html.indexOf("<h2 class=\"part\">two &amp; more <small>a remark</small>");
        assertTrue(heading > html.indexOf(">loss<"), html);
        assertTrue(heading < html.lastIndexOf(">loss<"), html);
        assertTrue(html.contains("<h2>two &amp; more: Curves</h2>"), html);
    }

    @Test
    void aPageHasNoScriptAndAsksForNothing() {
        Document page = Xml.parse(SamplePage.page().html());
        for (Element element : Xml.elements(page)) {
            assertFalse(
                    Set.of("script", "iframe", "object", "embed", "base")
                            .contains(element.getTagName()));
            for (String name : Xml.attributes(element)) {
                String value = element.getAttribute(name);
                assertFalse(name.startsWith("on"), name);
                if (Set.of("href", "src", "srcset", "xlink:href", "action", "poster")
                        .contains(name)) {
                    assertTrue(value.startsWith("#") || value.startsWith("data:image/"), value);
                }
            }
        }
        assertFalse(SamplePage.page().html().contains("url("));
        assertFalse(SamplePage.page().html().contains("@import"));
    }

    @Test
    void everyFigureHasADescriptionAndEveryLinkATarget() {
        Document page = Xml.parse(SamplePage.page().html());
        Set<String> ids = new HashSet<>();
        int charts = 0;
        for (Element element : Xml.elements(page)) {
            String id = element.getAttribute("id");
            assertTrue(id.isEmpty() || ids.add(id), "id twice: " + id);
            if (element.getAttribute("class").equals("chart")) {
                charts++;
                assertEquals("img", element.getAttribute("role"));
                assertTrue(element.getAttribute("aria-label").length() > 30);
            }
        }
        assertEquals(9, charts);
        Xml.elements(page).stream()
                .map(e -> e.getAttribute("href"))
                .filter(h -> h.startsWith("#"))
                .forEach(h -> assertTrue(ids.contains(h.substring(1)), h));
    }

    @Property(tries = 200)
    void textOfAnyKindStaysTextInAPage(@ForAll("hostile") @NotEmpty List<String> texts) {
        String a = texts.get(0);
        String b = texts.get(texts.size() - 1);
        HtmlReport report =
                HtmlReport.titled(a)
                        .subtitle(b)
                        .keyFigure(a, b, a)
                        .section(
                                b,
                                s ->
                                        s.prose(a)
                                                .code(b)
                                                .check(true, a, b)
                                                .details(a, d -> d.check(false, b, a)))
                        .footer(b);
        Document page = Xml.parse(report.html());
        String heading = page.getElementsByTagName("h1").item(0).getTextContent();
        assertEquals(Xml.legal(a), heading);
        assertEquals(Xml.legal(b), page.getElementsByTagName("h2").item(0).getTextContent());
        assertEquals(1, page.getElementsByTagName("details").getLength());
    }

    @net.jqwik.api.Provide
    net.jqwik.api.Arbitrary<List<String>> hostile() {
        return Xml.hostileText().list().ofMinSize(1).ofMaxSize(2);
    }

    @Test
    void backTicksSetCodeAndAnOddOneStaysItself() {
        String html =
                HtmlReport.titled("t").section("s", s -> s.prose("a `b<c` d ` e\n\nf")).html();
        assertTrue(html.contains("<p>a <code>b&lt;c</code> d ` e</p>\n<p>f</p>"), html);
    }

    @Test
    void aFileIsWrittenWholeAndLeavesNothingBeside(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("report.html");
        HtmlReport.titled("first").write(file);
        HtmlReport.titled("second").write(file);
        assertEquals(HtmlReport.titled("second").html(), Files.readString(file));
        try (var files = Files.list(folder)) {
            assertEquals(1, files.count());
        }
    }
}
