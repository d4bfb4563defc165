package dev.sluice.experiments.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.data.text.corpus.Document;
import dev.sluice.data.text.corpus.TextFormat;
import dev.sluice.data.text.tokenizer.WordTokenizer;
import dev.sluice.routing.text.Phrase;
import dev.sluice.routing.text.PhraseRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class RulePreviewTest {
    private static final List<String> TEXTS =
            List.of(
                    "the old tree by the tree house, (tree) and trees",
                    "Tree of the bird; a TREE and the bird's nest");

    private static RulePreview preview(String... phrases) {
        List<Document> documents = new ArrayList<>();
        TEXTS.forEach(t -> documents.add(new Document(documents.size(), t, Optional.empty())));
        try (WordTokenizer words = WordTokenizer.ofTexts(TEXTS)) {
            PhraseRule rule =
                    PhraseRule.tokens(
                            Map.of("forest", List.of(phrases).stream().map(Phrase::of).toList()),
                            new TokenizerSource(words, TextFormat.standard()));
            return RulePreview.of(rule, words, documents.iterator(), 1);
        }
    }

    @Test
    void hits_are_counted_and_the_text_comes_back_whole() {
        RulePreview preview = preview(" tree", " bird");
        assertEquals(
                List.of("' bird' 2", "' tree' 2"),
                preview.hits().stream().map(h -> "'" + h.text() + "' " + h.count()).toList());
        String first =
                preview.lines().get(0).stream().map(Piece::text).collect(Collectors.joining());
        assertEquals(TEXTS.get(0), first);
        assertEquals(1, preview.lines().size(), "as many as were asked for");
        assertEquals(2, preview.documents());
        assertEquals(
                preview.matchRate() * preview.targets(),
                preview.caught().values().stream().mapToDouble(n -> n).sum(),
                1e-9);
    }

    @Test
    void near_misses_say_why_a_word_was_not_caught() {
        Map<String, String> why =
                preview(" tree").nearMisses().stream()
                        .collect(
                                Collectors.toMap(
                                        RulePreview.NearMiss::text, RulePreview.NearMiss::why));
        assertEquals("without its space", why.get("tree"));
        assertEquals("longer than 'tree'", why.get("trees"));
        assertTrue(String.valueOf(why.get("TREE")).startsWith("in other letters"));
        assertEquals("without its space", why.get("Tree"));
        assertTrue(!why.containsKey("old") && !why.containsKey("the"));
    }
}
