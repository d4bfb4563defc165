package dev.sluice.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The two style sheets: of figures alone, and of the page around them. */
final class Styles {
    static final String CHART = read("chart.css");
    static final String PAGE = read("page.css");

    private Styles() {}

    private static String read(String name) {
        try (InputStream in = Styles.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("style sheet missing from the jar: " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read style sheet " + name, e);
        }
    }
}
