package dev.sluice.studio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules on text as a page asks for them, and what is refused. */
final class TextApiTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TEXT =
            "a bird in the tree<|endoftext|>the trees, a tree<|endoftext|>a red ball";
    private static final String FREQUENCY =
            "frequency: {forget: forget, retain: retain, prior: 1, bias: 0}";

    @TempDir Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init") // set before each test
    private StudioFixture studio;

    @BeforeEach
    void serve() throws IOException {
        studio = new StudioFixture(Files.createDirectory(folder.resolve("runs")), "127.0.0.1");
    }

    @AfterEach
    void stop() {
        studio.close();
    }

    private static ObjectNode question(String rule, String text) {
        ObjectNode body = JSON.createObjectNode().put("page", "p").put("rule", rule);
        body.putObject("text").put("typed", text);
        return body;
    }

    private JsonNode preview(ObjectNode question) throws IOException {
        HttpResponse<String> answer = studio.post("/api/text/preview", question.toString());
        assertEquals(200, answer.statusCode(), answer.body());
        return JSON.readTree(answer.body());
    }

    private JsonNode wrong(String rule) throws IOException {
        JsonNode answer = preview(question(rule, TEXT));
        assertTrue(answer.path("picture").isNull(), answer.toString());
        return answer.path("wrong");
    }

    @Test
    void aRuleIsShownWithTheNumbersThatTheTextHas() throws IOException {
        JsonNode picture =
                preview(question("by: {phrases: {wood: [' tree'], sky: [' moon']}}", TEXT))
                        .path("picture");
        assertEquals(3, picture.path("documents").asInt());
        assertEquals(10, picture.path("targets").asInt());
        assertEquals(0.2, picture.path("matchRate").asDouble());
        assertEquals(
                "[{\"route\":\"wood\",\"count\":2},{\"route\":\"sky\",\"count\":0}]",
                picture.path("caught").toString());
        assertEquals(
                "[{\"text\":\" tree\",\"route\":\"wood\",\"count\":2}]",
                picture.path("hits").toString());
        assertEquals("trees", picture.path("nearMisses").path(0).path("text").asText());
        List<String> lines = new ArrayList<>();
        for (JsonNode line : picture.path("lines")) {
            StringBuilder text = new StringBuilder();
            line.forEach(piece -> text.append(piece.path("text").asText()));
            lines.add(text.toString());
        }
        assertEquals(List.of(TEXT.split("<.endoftext.>", -1)), lines);
    }

    @Test
    void aRuleByFrequencyCountsTheTextsThatWerePosted() throws IOException {
        ObjectNode question = question(FREQUENCY, "so a tree, a ball");
        question.putObject("pair").put("forget", "so tree tree").put("retain", "so a, a ball");
        JsonNode picture = preview(question).path("picture");
        assertEquals(" tree", picture.path("hits").path(0).path("text").asText());
    }

    @Test
    void suggestionsComeFromTextsOrFromAConcept() throws IOException {
        ObjectNode question = JSON.createObjectNode().put("page", "p");
        question.putObject("pair").put("forget", "tree tree bird").put("retain", "ball");
        JsonNode typed = JSON.readTree(studio.post("/api/text/suggest", question + "").body());
        assertEquals(3, typed.path("tokens").size());
        assertEquals(3, typed.path("cautions").size(), "so short that nothing tells them apart");
        assertTrue(typed.path("tokens").path(0).path("single").asBoolean());
        question.putObject("pair").put("corpus", "generated-stories").put("concept", "sea");
        JsonNode sea = JSON.readTree(studio.post("/api/text/suggest", question + "").body());
        assertEquals(0, sea.path("tokens").path(0).path("retain").asInt());
        assertEquals(20, sea.path("weights").size());
        assertTrue(sea.path("cautions").isEmpty(), sea.path("cautions")::toString);
    }

    @Test
    void aWrongRuleIsAnAnswerWithItsPlace() throws IOException {
        JsonNode wrong = wrong("by:\n  phrases:\n    forest: []");
        assertEquals(3, wrong.path("line").asInt());
        assertTrue(wrong.path("message").asText().contains("at least one phrase"), wrong + "");
        assertEquals(2, wrong("by:\n  phrasse: {}").path("line").asInt());
        for (String rule : List.of("", "{", "by: [", "a: &x {b: *x}", "- 1", "by: !!java {}")) {
            assertFalse(wrong(rule).path("message").asText().isEmpty(), rule);
        }
        assertTrue(wrong("label: {low: [1]}").path("message").asText().contains("label"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "labels_file: SECRET",
                "by: {labels_file: forget}",
                "frequency: {forget: SECRET, retain: retain}",
                "frequency: {forget: forget, retain: ../runs/../secret.txt}",
                "largest: [{labels_file: SECRET}]",
                "mixture: [{weight: 1, by: {frequency: {forget: /etc/passwd, retain: retain}}}]"
            })
    void aRuleThatNamesAFileIsRefusedAndTheFileStaysClosed(String rule) throws IOException {
        Path secret = folder.resolve("secret.txt");
        Files.writeString(secret, "1 hidden\n");
        ObjectNode question = question(rule.replace("SECRET", secret.toString()), TEXT);
        question.putObject("pair").put("forget", "a").put("retain", "b");
        JsonNode answer = preview(question);
        String message = answer.path("wrong").path("message").asText();
        assertTrue(message.contains("the studio opens no file"), answer.toString());
        assertFalse(answer.toString().contains("hidden"), answer.toString());
    }

    @Test
    void aRuleThatWouldFillTheMemoryIsRefused() throws IOException {
        StringBuilder many = new StringBuilder("largest:\n");
        for (int i = 0; i < 100; i++) {
            many.append("- {tokens: {' tree': r").append(i).append("}}\n");
        }
        assertTrue(wrong(many.toString()).path("message").asText().contains("too many"));
        String nested = "largest: [".repeat(5000) + "]".repeat(5000);
        assertFalse(wrong(nested).path("message").asText().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{\"page\": \"p\"}",
                "{\"page\": \"p\", \"rule\": \"x\"}",
                "{\"page\": \"p\", \"rule\": \"x\", \"text\": {}}",
                "{\"page\": \"p\", \"rule\": \"x\", \"text\": {\"corpus\": \"/etc/passwd\"}}",
                "{\"page\": \"p\", \"rule\": \"x\", \"text\": {\"typed\": \"\\ud800\"}}",
                "{\"page\": \"p\", \"rule\": \"\\udc00\", \"text\": {\"typed\": \"a\"}}",
                "{\"page\": \"\", \"rule\": \"x\", \"text\": {\"typed\": \"a\"}}",
                "{\"page\": \"p\", \"rule\": \"x\", \"file\": \"/etc/passwd\"}",
                "{\"page\": \"p\", \"rule\": \"x\", \"text\": {\"typed\": \"a\"},"
                        + " \"pair\": {\"corpus\": \"generated-stories\", \"concept\": \"x\"}}"
            })
    void aMalformedQuestionIsRefusedWithOneMessage(String body) {
        HttpResponse<String> answer = studio.post("/api/text/preview", body);
        assertEquals(400, answer.statusCode(), answer.body());
        assertTrue(answer.body().matches("(?s)\\{\"error\":\".+\"}"), answer.body());
        assertFalse(answer.body().contains("defect"), answer.body());
    }

    @Test
    void oversizedTextsRulesAndBodiesAreRefused() {
        String long1 = "a ".repeat(TextRequests.LONGEST_TEXT / 2 + 1);
        HttpResponse<String> text =
                studio.post("/api/text/preview", question("x", long1).toString());
        assertEquals(413, text.statusCode());
        assertTrue(text.body().contains("text: expected at most 1048576 bytes"), text.body());
        String rule = question("#".repeat(1 << 17), "a").toString();
        assertEquals(413, studio.post("/api/text/preview", rule).statusCode());
        String body = question("x", "a ".repeat(TextRequests.LONGEST_BODY / 2)).toString();
        assertEquals(413, studio.post("/api/text/preview", body).statusCode());
        assertEquals(413, studio.post("/api/text/suggest", body).statusCode());
    }

    @Test
    void otherPagesFormsAndWrongTypesAreRefused() throws IOException {
        String question = question(FREQUENCY, TEXT).toString();
        for (String path : List.of("/api/text/preview", "/api/text/suggest")) {
            assertEquals(
                    403, studio.post(path, question, "Origin", "http://evil.example").statusCode());
            String form =
                    studio.raw(
                            "POST "
                                    + path
                                    + " HTTP/1.1\nHost: localhost\nConnection: close\n"
                                    + "Content-Type: text/plain\nContent-Length: 2\n\n{}");
            assertTrue(form.startsWith("HTTP/1.1 415"), form);
        }
        assertEquals(403, studio.status("/api/text", "evil.example"));
        try (StudioFixture open = new StudioFixture(folder.resolve("runs"), "0.0.0.0")) {
            assertEquals(401, open.get("/rules/text").statusCode());
            assertEquals(401, open.post("/api/text/preview", question).statusCode());
        }
    }

    /** Phrases that all begin alike, in a text of nothing else: a search of many seconds. */
    private static ObjectNode endless(String page) {
        StringBuilder rule = new StringBuilder("phrases: {wood: [");
        for (int i = 0; i < 500; i++) {
            rule.append("'").append(" a".repeat(58)).append(" b").append(i).append("', ");
        }
        return question(rule.append("'a']}").toString(), "a ".repeat(500_000)).put("page", page);
    }

    @Test
    void aNewerQuestionOfTheSamePageTakesTheOldersPlace() throws Exception {
        String slow = endless("one").toString();
        CompletableFuture<HttpResponse<String>> older =
                CompletableFuture.supplyAsync(() -> studio.post("/api/text/preview", slow));
        Thread.sleep(1500);
        long began = System.nanoTime();
        JsonNode newer = preview(question("tokens: {' tree': wood}", TEXT).put("page", "one"));
        double seconds = (System.nanoTime() - began) / 1e9;
        assertEquals(3, newer.path("picture").path("documents").asInt());
        assertEquals(204, older.get().statusCode());
        assertTrue(seconds < 8, "the newer answer waited " + seconds + " s");
    }

    @Test
    void everyViewOfTheRulesIsAPageOfItsOwn() {
        String run = studio.get("/rules").body();
        String text = studio.get("/rules/text").body();
        assertTrue(run.contains("href=\"/rules\" aria-current=\"page\">Of a run"), run);
        assertTrue(text.contains("href=\"/rules/text\" aria-current=\"page\">On text"), text);
        assertTrue(text.contains("<title>Rules on text"), text);
        assertFalse(studio.get("/latents").body().contains("class=\"views\""));
    }
}
