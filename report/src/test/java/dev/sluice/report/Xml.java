package dev.sluice.report;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.ErrorHandler;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/** The JDK's own parser as a judge of markup, and text made to break it. */
final class Xml {

    private Xml() {}

    static Document parse(String text) {
        try {
            DocumentBuilder builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
            builder.setErrorHandler(new Strict());
            return builder.parse(new InputSource(new StringReader(text)));
        } catch (ParserConfigurationException | IOException | SAXException e) {
            throw new AssertionError(e.getMessage() + "\n" + text, e);
        }
    }

    private static final class Strict implements ErrorHandler {
        @Override
        public void warning(SAXParseException e) throws SAXException {
            throw e;
        }

        @Override
        public void error(SAXParseException e) throws SAXException {
            throw e;
        }

        @Override
        public void fatalError(SAXParseException e) throws SAXException {
            throw e;
        }
    }

    static List<Element> elements(Document document) {
        List<Element> elements = new ArrayList<>();
        var nodes = document.getElementsByTagName("*");
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }

    static List<String> attributes(Element element) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < element.getAttributes().getLength(); i++) {
            names.add(element.getAttributes().item(i).getNodeName());
        }
        return names;
    }

    /** Text that a careless writer would turn into markup, or that markup cannot hold. */
    static Arbitrary<String> hostileText() {
        Arbitrary<String> fragments =
                Arbitraries.of(
                        "<script>alert(1)</script>",
                        "</svg>",
                        "\"'><x",
                        "&amp;",
                        "&#0;",
                        "]]>",
                        "<!--",
                        "-->",
                        "\u0000",
                        "\u0008",
                        "\u001b[31m",
                        "\ud800",
                        "\udc00x",
                        "\uffff",
                        "\u0085",
                        "\r\n",
                        "\n\n",
                        "\t",
                        "`",
                        "``",
                        "漢字",
                        "😀",
                        "$%_^~{}\\#",
                        "plain words",
                        "",
                        " ",
                        "x".repeat(300));
        return Arbitraries.oneOf(fragments, Arbitraries.strings().ofMaxLength(20))
                .list()
                .ofMaxSize(4)
                .map(parts -> String.join("", parts));
    }

    /**
     * The text as a parser gives it back: what XML forbids replaced, by a rule of the test's own.
     */
    static String legal(String text) {
        return text.replaceAll(
                "[^\\t\\n\\r\\x20-\\x7E\\u00A0-\\uD7FF\\uE000-\\uFFFD\\x{10000}-\\x{10FFFF}]",
                "\ufffd");
    }
}
