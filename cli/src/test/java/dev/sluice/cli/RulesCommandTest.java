package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.data.text.tokenizer.WordTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RulesCommandTest {
    private static final String TEXT =
            "a bird in the tree<|endoftext|>the trees, a tree<|endoftext|>a red ball";

    @TempDir private Path folder = Path.of("");

    @BeforeEach
    void words() throws IOException {
        try (WordTokenizer words = WordTokenizer.ofTexts(List.of(TEXT))) {
            words.save(Files.createDirectory(folder.resolve("words")));
        }
    }

    private String file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content).toString();
    }

    private Invocation preview(String rule, String... more) throws IOException {
        List<String> arguments =
                new java.util.ArrayList<>(
                        List.of("rules", "preview", "--tokenizer", folder + "/words"));
        arguments.addAll(List.of("--rule", file("rule.yaml", rule)));
        arguments.addAll(List.of("--text", file("text.txt", TEXT)));
        arguments.addAll(List.of(more));
        return Invocation.of(arguments.toArray(String[]::new));
    }

    @Test
    void a_preview_marks_the_text_and_counts_hits_and_near_misses() throws IOException {
        Invocation shown = preview("by: {phrases: {forest: [' tree', ' bird']}}").exits(0);
        assertTrue(shown.out().contains("a[ bird] in the[ tree]"), shown.out());
        assertTrue(shown.out().contains("longer than 'tree'"), shown.out());
        Path page = folder.resolve("page.html");
        JsonNode json =
                new ObjectMapper()
                        .readTree(
                                preview(
                                                "tokens: {' tree': forest, ' bird': forest}",
                                                "--json",
                                                "--html",
                                                page.toString())
                                        .exits(0)
                                        .out());
        assertEquals(3, json.path("documents").asInt());
        assertEquals(3, json.path("caught").path("forest").asInt());
        assertTrue(Files.readString(page).contains("<mark"));
        String coloured =
                preview("phrases: {forest: [' tree']}", "--color", "always").exits(0).out();
        assertTrue(coloured.contains("\u001b["), coloured);
        assertFalse(shown.out().contains("\u001b["));
    }

    @Test
    void suggestions_put_what_only_forget_text_has_first() throws IOException {
        String forget = file("forget.txt", "a bird in the tree, a bird<|endoftext|>the tree");
        String retain = file("retain.jsonl", "{\"text\": \"a red ball in the box, a ball\"}\n");
        Invocation shown =
                Invocation.of(
                                "rules",
                                "suggest",
                                "--tokenizer",
                                folder + "/words",
                                "--forget",
                                forget,
                                "--retain",
                                retain,
                                "--prior-retain",
                                "1",
                                "--top",
                                "2",
                                "--json")
                        .exits(0);
        JsonNode tokens = shown.document().path("tokens");
        assertEquals(2, tokens.size());
        for (JsonNode token : tokens) {
            assertTrue(List.of(" tree", " bird").contains(token.path("text").asText()));
            assertEquals(0, token.path("retain").asInt());
        }
    }

    private Invocation suggest(String forget, String retain) {
        String[] said = {"rules", "suggest", "--tokenizer", folder + "/words"};
        List<String> arguments = new java.util.ArrayList<>(List.of(said));
        arguments.addAll(List.of("--forget", forget, "--retain", retain));
        return Invocation.of(arguments.toArray(String[]::new));
    }

    @Test
    void suggestions_that_mean_little_say_why() throws IOException {
        String text = file("same.txt", TEXT);
        suggest(text, text).exits(0).errs("the prior of 20", "retain text", "a lower prior");
        suggest(text, file("empty.txt", "")).exits(3).errs("empty.txt", "none");
        suggest(file("empty.txt", ""), text).exits(3).errs("empty.txt", "none");
    }

    @Test
    void a_rule_by_weight_says_what_counts_as_caught() throws IOException {
        file("forget.txt", "a bird");
        file("retain.txt", "the ball");
        preview("by: {frequency: {forget: forget.txt, retain: retain.txt}}")
                .exits(0)
                .errs("at least half");
    }

    @Test
    void a_page_that_cannot_be_written_is_refused_first() throws IOException {
        String rule = "phrases: {forest: [' tree']}";
        preview(rule, "--html", folder.toString()).exits(3).errs("expected a file, found a folder");
        Invocation none = preview(rule, "--html", folder + "/none/page.html");
        none.exits(3).errs(folder + "/none, --html: expected a folder", "found no such folder");
        assertEquals("", none.out());
    }

    @Test
    void bad_input_is_named_with_its_place() throws IOException {
        preview("by: {phrases: {forest:\n [' tree',\n ' wood'}")
                .exits(3)
                .errs(
                        "rule.yaml, line 3, column 9: expected YAML",
                        "expected ',' or ']'",
                        "flow sequence that begins in line 2\n");
        preview("by:\n\tphrases: {}")
                .exits(3)
                .errs("rule.yaml, line 2, column 1: expected YAML", "for indentation)\n");
        preview("").exits(3).errs("expected a rule, found an empty file");
        String numbers = file("n.jsonl", "{\"text\": 3}\n");
        Invocation.of("rules", "suggest", "--forget", numbers, "--retain", numbers)
                .exits(3)
                .errs("n.jsonl, line 1: expected a text in the field \"text\", found a number");
        preview("routes: []").exits(3).errs("a rule", "a plan with routes");
        String[] empty = {"--text", file("empty.txt", ""), "--tokenizer", folder + "/words"};
        Invocation.of(
                        "rules",
                        "preview",
                        "--rule",
                        file("rule.yaml", "phrases: {forest: [' tree']}"),
                        empty[0],
                        empty[1],
                        empty[2],
                        empty[3])
                .exits(3)
                .errs("at least one document");
        preview("by: {phrases: {forest: []}}").exits(3).errs("rule.yaml", "at least one phrase");
        preview("by: {tokens: {' tree house': forest}}").exits(3).errs("rule.yaml", "one token");
        preview("by: {label: {low: [1]}}").exits(3).errs("rule.yaml");
        Invocation.of("rules", "suggest", "--forget", folder + "/none", "--retain", "x")
                .exits(3)
                .errs("none");
        Invocation.of("rules").exits(2).errs("preview or suggest");
    }
}
