package dev.sluice.data.text.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.engine.testing.Golden;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("golden")
final class TextGoldenTest {
    private final Golden golden = Golden.subject("text-rules");

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    @Test
    void textsAreDividedByWholeWords() {
        JsonNode all = golden.json("split-by-concept.json");
        List<String> stories = texts(all.get("stories"));
        for (JsonNode c : all.get("cases")) {
            List<String> words = texts(c.get("words"));
            List<String> forget = new ArrayList<>();
            c.get("forget").forEach(i -> forget.add(stories.get(i.intValue())));
            List<String> retain = new ArrayList<>();
            c.get("retain").forEach(i -> retain.add(stories.get(i.intValue())));
            ConceptWords.Division division = ConceptWords.of(words).divide(stories);
            assertEquals(forget, division.forget(), "" + words);
            assertEquals(retain, division.retain(), "" + words);
        }
    }

    @Test
    void wordsOfAnyScriptHaveEdges() {
        JsonNode all = golden.json("split-by-concept.json");
        for (JsonNode c : all.get("unicode")) {
            ConceptWords words = ConceptWords.of(texts(c.get("words")));
            for (int i = 0; i < c.get("texts").size(); i++) {
                String text = c.get("texts").get(i).textValue();
                assertEquals(c.get("matches").get(i).booleanValue(), words.in(text), text);
            }
        }
        for (String refused : texts(all.get("refused_words"))) {
            assertThrows(IllegalArgumentException.class, () -> ConceptWords.of(List.of(refused)));
        }
    }

    @Test
    void targetWordsAreCountedWithoutPunctuation() {
        for (JsonNode c : golden.json("count-target-words.json").get("cases")) {
            String text = c.get("text").textValue();
            assertEquals(
                    c.get("expected").intValue(),
                    TargetWords.of(texts(c.get("words"))).count(text),
                    text + " " + c.get("words"));
        }
    }

    @Test
    void documentsAreJoinedInProportion() {
        JsonNode all = golden.json("concat-with-proportion.json");
        for (JsonNode c : all.get("cases")) {
            assertEquals(
                    texts(c.get("expected")),
                    Proportion.concat(
                            texts(all.get("concept")),
                            texts(all.get("other")),
                            c.get("fraction").doubleValue(),
                            c.get("n").intValue()));
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> Proportion.concat(List.of(), List.of("a"), 0.5, 2));
        assertThrows(
                IllegalArgumentException.class,
                () -> Proportion.concat(List.of("a"), List.of("a"), 1.5, 2));
    }
}
