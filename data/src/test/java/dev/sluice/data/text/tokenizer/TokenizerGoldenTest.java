package dev.sluice.data.text.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.engine.testing.Golden;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@Tag("golden")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TokenizerGoldenTest {
    private final Golden golden = Golden.subject("text-rules");
    private HuggingFaceTokenizer tokenizer;

    @BeforeAll
    void open() {
        tokenizer = TestTokenizers.ofReferences();
    }

    @AfterAll
    void close() {
        if (tokenizer != null) {
            tokenizer.close();
        }
    }

    static int[] ints(JsonNode list) {
        int[] ints = new int[list.size()];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = list.get(i).intValue();
        }
        return ints;
    }

    static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(text -> texts.add(text.textValue()));
        return texts;
    }

    @Test
    void everyReferenceTextHasItsIdsAndComesBack() {
        int cases = 0;
        for (JsonNode c : golden.json("tokenizer-roundtrip.json").get("cases")) {
            String text = c.get("text").textValue();
            int[] ids = ints(c.get("ids"));
            assertArrayEquals(ids, tokenizer.encode(text), text);
            assertEquals(text, tokenizer.decode(ids));
            cases++;
        }
        assertTrue(cases > 20);
    }

    @Test
    void aTextIsTheSumOfItsTokens() {
        for (JsonNode c : golden.json("tokenizer-roundtrip.json").get("cases")) {
            String text = c.get("text").textValue();
            StringBuilder sum = new StringBuilder();
            for (int id : tokenizer.encode(text)) {
                sum.append(tokenizer.text(id));
            }
            if (sum.indexOf("\uFFFD") < 0) {
                assertEquals(text, sum.toString());
            }
        }
        assertEquals(" a", tokenizer.text(tokenizer.single(" a").orElseThrow()));
    }

    @Test
    void truncationToTokensKeepsTheFirstOnes() {
        JsonNode all = golden.json("truncation.json");
        List<String> stories = texts(all.get("stories"));
        for (JsonNode c : all.get("exact_tokens")) {
            int n = c.get("max_tokens").intValue();
            List<String> cut =
                    stories.stream().map(s -> Truncation.tokens(tokenizer, s, n)).toList();
            assertEquals(texts(c.get("expected")), cut, "to " + n);
        }
    }

    @Test
    void truncationToCharactersCountsCodePoints() {
        JsonNode all = golden.json("truncation.json");
        List<String> stories = texts(all.get("stories"));
        for (JsonNode c : all.get("characters")) {
            int n = c.get("max_characters").intValue();
            List<String> cut = stories.stream().map(s -> Truncation.characters(s, n)).toList();
            assertEquals(texts(c.get("expected")), cut, "to " + n);
        }
    }

    @Test
    void approximateTruncationFollowsTheLineThroughTheSample() {
        JsonNode all = golden.json("truncation.json");
        List<String> stories = texts(all.get("stories"));
        for (JsonNode c : all.get("approximate")) {
            int sample = Math.min(stories.size(), c.get("sample").intValue());
            int estimate =
                    Truncation.charactersFor(
                            tokenizer, stories.subList(0, sample), c.get("max_tokens").intValue());
            assertEquals(c.get("estimated_characters").intValue(), estimate);
            int n = Math.max(0, estimate + c.get("buffer").intValue());
            assertEquals(
                    texts(c.get("expected")),
                    stories.stream().map(s -> Truncation.characters(s, n)).toList());
        }
    }
}
