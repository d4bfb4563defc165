package dev.sluice.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

final class ChartTest {
    private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?");

    @Provide
    Arbitrary<double[]> data() {
        Arbitrary<Double> one = new AxisTest().anything();
        Arbitrary<double[]> mixed = one.array(double[].class).ofMaxSize(30);
        Arbitrary<double[]> constant = one.map(v -> new double[] {v, v, v, v});
        return Arbitraries.oneOf(mixed, constant);
    }

    @Provide
    Arbitrary<String> hostile() {
        return Xml.hostileText();
    }

    @Property(tries = 150)
    void noDataBreaksALineChart(
            @ForAll("data") double[] a,
            @ForAll("data") double[] b,
            @ForAll("hostile") String text,
            @ForAll boolean log,
            @ForAll boolean sweep) {
        double[] x = Arrays.copyOf(b, a.length);
        double[] low = Arrays.stream(a).map(v -> v - 1).toArray();
        LineChart chart =
                sweep ? LineChart.sweep(text, text, text) : LineChart.curves(text, text, text);
        if (log) {
            chart.logX().logY();
        }
        check(
                chart.add(text, x, a)
                        .add(text, x, a, low, x)
                        .add(text, a, x)
                        .reference(text, b.length),
                text);
        check(
                LineChart.sweep(text, text, text, Collections.nCopies(a.length, text))
                        .logX()
                        .add(text, x, a),
                text);
    }

    @Property(tries = 100)
    void noDataBreaksABarChart(
            @ForAll("data") double[] a,
            @ForAll("data") double[] b,
            @ForAll("hostile") String text) {
        double[] high = Arrays.copyOf(b, a.length);
        BarChart chart = BarChart.over(text, text, text, Collections.nCopies(a.length, text));
        chart.add(text, a, high, a).add(text, high).reference(text, a.length);
        if (a.length > 1) {
            chart.divide(a.length / 2 - 1, text, text);
        }
        check(chart, text);
    }

    @Property(tries = 100)
    void noDataBreaksAHistogram(
            @ForAll("data") double[] a,
            @ForAll("data") double[] b,
            @ForAll("hostile") String text) {
        check(Histogram.of(text, text, 1 + a.length).add(text, a).add(text, b), text);
    }

    @Property(tries = 100)
    void noDataBreaksAHeatMap(
            @ForAll("data") double[] a,
            @ForAll("data") double[] b,
            @ForAll("hostile") String text) {
        double[] c = Arrays.copyOf(b, a.length);
        List<String> columns = Collections.nCopies(a.length, text);
        check(
                HeatMap.of(text, new double[][] {a, c, a})
                        .rows(text, List.of(text, "b", "b"))
                        .columns(text, columns),
                text);
        check(HeatMap.of(text, new double[0][], 2), text);
    }

    @Property(tries = 200)
    void noDataBreaksAScatterChart(
            @ForAll("data") double[] a,
            @ForAll("data") double[] b,
            @ForAll("hostile") String text) {
        List<String> names = Collections.nCopies(a.length, text);
        double[] c = Arrays.copyOf(b, a.length);
        check(ScatterChart.of(text, text, text).add(text, names, a, c).add("z", names, c, a), text);
        check(ScatterChart.of(text, text, text), text);
    }

    @Property(tries = 100)
    void namesOfPointsNeverOverlap(@ForAll @Size(40) List<@DoubleRange(max = 1) Double> places) {
        ScatterChart chart = ScatterChart.of("t", "x", "y");
        for (int i = 0; i < places.size(); i += 2) {
            chart.add(
                    "s",
                    List.of("p" + i),
                    new double[] {places.get(i)},
                    new double[] {places.get(i + 1)});
        }
        List<double[]> boxes = new ArrayList<>();
        for (Element e : Xml.elements(Xml.parse(chart.svg()))) {
            String own = e.getFirstChild() == null ? "" : "" + e.getFirstChild().getNodeValue();
            if (e.getTagName().equals("text") && own.matches("p\\d+")) {
                double x = Double.parseDouble(e.getAttribute("x"));
                double y = Double.parseDouble(e.getAttribute("y"));
                boxes.add(new double[] {x, y, x + Markup.width(own, 12)});
            }
        }
        for (int i = 0; i < boxes.size(); i++) {
            for (double[] other : boxes.subList(0, i)) {
                double[] one = boxes.get(i);
                boolean apart = one[2] <= other[0] || other[2] <= one[0];
                assertTrue(apart || Math.abs(one[1] - other[1]) >= 12.9);
            }
        }
        assertFalse(boxes.isEmpty());
    }

    @Property(tries = 100)
    void noTextBreaksAnImageGrid(@ForAll("hostile") String text, @ForAll byte pixel) {
        List<byte[]> two = List.of(new byte[] {pixel, 0}, new byte[] {1, pixel});
        check(
                ImageGrid.of(text, 2, 1).columns(List.of(text)).row(text, two).row(text, List.of()),
                text);
        check(ImageGrid.of(text, 2, 1), text);
    }

    /** Markup is well formed, says what it shows, and every coordinate is near the paper. */
    private static void check(Chart chart, String title) {
        Document document = Xml.parse(chart.svg());
        assertEquals(chart.svg(), chart.svg());
        Element root = Xml.parse(chart.inlineSvg()).getDocumentElement();
        assertTrue(root.getAttribute("aria-label").startsWith(attribute(Xml.legal(title))));
        assertEquals(
                Xml.legal(title), document.getElementsByTagName("title").item(0).getTextContent());
        double height = Double.parseDouble(root.getAttribute("height"));
        for (Element element : Xml.elements(document)) {
            for (String name : List.of("x", "y", "cx", "cy", "d", "width", "height")) {
                Matcher numbers = NUMBER.matcher(element.getAttribute(name));
                while (numbers.find()) {
                    double place = Double.parseDouble(numbers.group());
                    assertTrue(
                            place >= -30 && place <= Math.max(800, height + 50),
                            element.getAttribute(name));
                }
            }
        }
    }

    /** White space as an XML parser normalises it. */
    private static String attribute(String text) {
        return text.replaceAll("[\\t\\n]", " ");
    }

    @Test
    void aLineIsBrokenWhereAValueIsMissing() {
        double[] x = {0, 1, 2, 3, 4};
        String svg =
                LineChart.curves("t", "x", "y")
                        .add("a", x, new double[] {1, 2, Double.NaN, 3, 4})
                        .svg();
        String path = path(svg, "line");
        assertEquals(2, path.chars().filter(c -> c == 'M').count(), path);
        assertEquals(2, path.chars().filter(c -> c == 'L').count(), path);
    }

    @Test
    void aLongCurveKeepsItsSpikesAndBecomesShort() {
        double[] x = new double[200_000];
        Arrays.setAll(x, i -> i);
        double[] y = new double[x.length];
        y[123_456] = 1;
        String path = path(LineChart.curves("t", "x", "y").add("a", x, y).svg(), "line");
        String whole =
                path(
                        LineChart.curves("t", "x", "y")
                                .add("a", new double[] {0, 1}, new double[] {0, 1})
                                .svg(),
                        "line");
        String top = whole.substring(whole.lastIndexOf(' '));
        assertTrue(path.length() < 40_000, "length " + path.length());
        assertTrue(path.contains(top + "L"), top);
    }

    private static String path(String svg, String style) {
        Matcher matcher =
                Pattern.compile("<path class=\"" + style + "\" d=\"([^\"]*)\"").matcher(svg);
        assertTrue(matcher.find(), svg);
        return matcher.group(1);
    }

    @Test
    void namesAtTheEndsOfCurvesDoNotOverlap() {
        LineChart chart = LineChart.curves("t", "x", "y");
        for (int i = 0; i < 30; i++) {
            chart.add("curve " + i, new double[] {0, 1}, new double[] {0, 1 + i * 1e-3});
        }
        List<Double> places = new ArrayList<>();
        for (Element element : Xml.elements(Xml.parse(chart.svg()))) {
            if (element.getAttribute("class").equals("label")) {
                places.add(Double.parseDouble(element.getAttribute("y")));
            }
        }
        Collections.sort(places);
        assertEquals(30, places.size());
        for (int i = 1; i < places.size(); i++) {
            assertTrue(places.get(i) - places.get(i - 1) >= 16.9, places.toString());
        }
    }

    @Test
    void coloursOfAHeatMapAreSymmetricAboutZero() {
        String svg = HeatMap.of("t", new double[][] {{-2, 0, 2, Double.NaN}}).inlineSvg();
        for (String style : List.of("n12", "p0", "p12", "missing")) {
            assertTrue(svg.contains("<path class=\"" + style + "\""), style);
        }
        assertFalse(svg.contains("<path class=\"p11\""));
    }

    @Test
    void coloursOfARatioAreSymmetricAboutItsCentreAndNumbersStayWhatTheyAre() {
        String svg =
                HeatMap.around(1, "t", new double[][] {{0.5, 1, 1.25, 1.5}}, 0.5)
                        .numbers(2)
                        .inlineSvg();
        for (String style : List.of("n12", "p0", "p6", "p12")) {
            assertTrue(svg.contains("<path class=\"" + style + "\""), style);
        }
        assertTrue(svg.contains(">0.50<") && svg.contains(">1.25<") && svg.contains(">1.50<"));
    }

    @Test
    void equalColumnNamesOfAnImageGridAreOneGroupSetOffByAGap() throws IOException {
        byte[] ink = {-1};
        ImageGrid grid =
                ImageGrid.of("t", 1, 1)
                        .columns(List.of("a", "a", "b"))
                        .row("r", List.of(ink, ink, ink));
        BufferedImage picture = ImageIO.read(new ByteArrayInputStream(grid.png(1)));
        List<Integer> inked = new ArrayList<>();
        for (int x = 0; x < picture.getWidth(); x++) {
            if (picture.getRaster().getSample(x, 0, 0) == 0) {
                inked.add(x);
            }
        }
        assertEquals(List.of(0, 3, 10), inked);
        assertEquals(1, grid.svg().split(">a<", -1).length - 1);
    }

    @Test
    void everyColourOfAChartIsInBothSchemes() {
        String css = Styles.CHART;
        int dark = css.indexOf("@media");
        for (int i = 1; i <= 12; i++) {
            for (String name : List.of(".n" + i + "{", ".p" + i + "{", ".s" + i % 8 + "{")) {
                assertTrue(css.indexOf(name) > 0 && css.indexOf(name) < dark, name);
                assertTrue(css.indexOf(name, dark) > 0, name);
            }
        }
    }

    @Test
    void aPictureHasThePixelsThatWentIn() throws IOException {
        byte[] image = {0, (byte) 128, (byte) 255, 7};
        byte[] png = ImageGrid.of("t", 2, 2).row("a", List.of(image, image)).png(3);
        BufferedImage picture = ImageIO.read(new ByteArrayInputStream(png));
        assertEquals(3 * 6, picture.getWidth());
        assertEquals(3 * 2, picture.getHeight());
        int[] seen = new int[4];
        for (int i = 0; i < 4; i++) {
            seen[i] =
                    picture.getRaster()
                            .getSample(3 * (4 + i % 2) + 1, 3 * Math.floorDiv(i, 2) + 2, 0);
        }
        assertArrayEquals(new int[] {255, 127, 0, 248}, seen);
        assertEquals(255, picture.getRaster().getSample(7, 0, 0));
    }

    @Test
    void pixelsOutsideTheirRangeAreClamped() {
        float[] pixels = {-3, -1, 0, 1, 9, Float.NaN};
        assertArrayEquals(new byte[] {0, 0, (byte) 128, -1, -1, 0}, ImageGrid.bytes(pixels, -1, 1));
    }

    @Test
    void lengthsThatDoNotFitAreNamed() {
        LineChart chart = LineChart.curves("t", "x", "y");
        var e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> chart.add("a", new double[2], new double[3]));
        assertEquals("series \"a\": expected 3 x values, found 2", e.getMessage());
        BarChart bars = BarChart.over("t", "x", "y", List.of("0", "1"));
        assertThrows(IllegalArgumentException.class, () -> bars.add("a", 1));
        assertThrows(IllegalArgumentException.class, () -> bars.divide(1, "a", "b"));
        assertThrows(
                IllegalArgumentException.class,
                () -> HeatMap.of("t", new double[][] {{1}, {1, 2}}));
        assertThrows(
                IllegalArgumentException.class,
                () -> HeatMap.of("t", new double[][] {{1}}, Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> Histogram.of("t", "x", 0));
        ImageGrid grid = ImageGrid.of("t", 2, 2);
        assertThrows(IllegalArgumentException.class, () -> grid.row("a", List.of(new byte[3])));
    }
}
