package dev.sluice.export;

import dev.sluice.engine.FileProblem;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * The files that pages are made of: scripts, styles, the mark. A server of pages of its own serves
 * {@link #SHARED} beside each other, so that its page of latents is the one of the static site.
 */
public final class PageFiles {
    /** What does not depend on where a model is computed, by name. */
    public static final List<String> SHARED =
            List.of(
                    "mark.svg",
                    "base.css",
                    "latents.css",
                    "latents.js",
                    "elements.js",
                    "drawing.js",
                    "digit.js",
                    "digits.js",
                    "picker.js",
                    "sliders.js");

    private PageFiles() {}

    /**
     * The content of a file.
     *
     * @throws IllegalStateException if there is none of this name
     */
    public static byte[] read(String name) {
        try (InputStream in = open(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw FileProblem.of("cannot read " + name + " of the program", e);
        }
    }

    /** The content of a file that is kept compressed. */
    static byte[] unpacked(String name) {
        try (InputStream in = new GZIPInputStream(open(name))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw FileProblem.of("cannot read " + name + " of the program", e);
        }
    }

    private static InputStream open(String name) {
        InputStream in = PageFiles.class.getResourceAsStream("site/" + name);
        if (in == null) {
            throw new IllegalStateException("missing from the jar: " + name);
        }
        return in;
    }
}
