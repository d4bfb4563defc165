package dev.sluice.experiments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The Java in README.md and docs/tour.md is the code of {@link TourTest}, that in docs/expansion.md
 * of {@link ExpansionPageTest}. After changing that code, {@code mvn -pl experiments -am test
 * -Dtest=SnippetsTest -Dsluice.snippets=write} writes the pages.
 */
class SnippetsTest {
    private static final Pattern FENCE =
            Pattern.compile("<!-- snippet: (\\w+) -->\n```java\n(.*?)```", Pattern.DOTALL);

    @Test
    void the_code_in_the_pages_is_code_that_the_tests_run() throws IOException {
        Path root = root();
        Map<String, String> snippets = new LinkedHashMap<>();
        for (String test : List.of("TourTest", "ExpansionPageTest")) {
            String tests = "experiments/src/test/java/dev/sluice/experiments/";
            snippets.putAll(snippets(root.resolve(tests + test + ".java")));
        }
        snippets.put("imports", imports(snippets, root));
        boolean write = "write".equals(System.getProperty("sluice.snippets"));
        int found = 0;
        for (String page : List.of("README.md", "docs/tour.md", "docs/expansion.md")) {
            String text = Files.readString(root.resolve(page));
            Matcher m = FENCE.matcher(text);
            StringBuilder updated = new StringBuilder();
            while (m.find()) {
                String expected = snippets.get(m.group(1));
                assertTrue(expected != null, page + " shows unknown snippet " + m.group(1));
                if (!write) {
                    assertEquals(expected, m.group(2), page + ", snippet " + m.group(1));
                }
                m.appendReplacement(
                        updated,
                        Matcher.quoteReplacement(
                                "<!-- snippet: "
                                        + m.group(1)
                                        + " -->\n```java\n"
                                        + expected
                                        + "```"));
                found++;
            }
            m.appendTail(updated);
            if (write) {
                Files.writeString(root.resolve(page), updated);
            }
        }
        assertTrue(found >= 4, "found " + found + " snippets");
    }

    static Path root() {
        Path p = Path.of("").toAbsolutePath();
        while (p != null && !Files.exists(p.resolve("docs/tour.md"))) {
            p = p.getParent();
        }
        return java.util.Objects.requireNonNull(p, "no docs/tour.md above the working directory");
    }

    /** The imports of {@link TourTest} that its snippets need. */
    private static String imports(Map<String, String> snippets, Path root) throws IOException {
        String code = String.join("\n", snippets.values());
        Path tour = root.resolve("experiments/src/test/java/dev/sluice/experiments/TourTest.java");
        return Files.readAllLines(tour).stream()
                .filter(line -> line.matches("import (dev\\.sluice|java\\.util)\\..*;"))
                .filter(line -> uses(code, line.replaceAll(".*\\.|;", "")))
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static boolean uses(String code, String type) {
        return Pattern.compile("\\b" + type + "\\b").matcher(code).find();
    }

    /** The lines between markers, moved to the left margin. */
    private static Map<String, String> snippets(Path source) throws IOException {
        Map<String, String> snippets = new LinkedHashMap<>();
        String name = "";
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(source)) {
            if (line.strip().startsWith("// snippet: ")) {
                name = line.strip().substring("// snippet: ".length());
                lines = new ArrayList<>();
            } else if (line.strip().equals("// end")) {
                snippets.put(name, String.join("\n", lines).stripTrailing().stripIndent() + "\n");
            } else {
                lines.add(line);
            }
        }
        return snippets;
    }
}
