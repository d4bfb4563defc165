package dev.sluice.experiments.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.data.text.corpus.Document;
import dev.sluice.data.text.corpus.TextFormat;
import dev.sluice.data.text.tokenizer.Tokenizer;
import dev.sluice.data.text.tokenizer.TokenizerFolder;
import dev.sluice.data.text.tokenizer.WordTokenizer;
import dev.sluice.routing.Batch;
import dev.sluice.routing.RoutingRule;
import dev.sluice.routing.text.FrequencyRule;
import dev.sluice.routing.text.FrequencyRule.Curve;
import dev.sluice.routing.text.Phrase;
import dev.sluice.routing.text.PhraseRule;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
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

    @Test
    void routes_that_catch_nothing_count_zero_and_of_a_blend_the_first_counts() {
        try (WordTokenizer words = WordTokenizer.ofTexts(TEXTS)) {
            TokenizerSource source = new TokenizerSource(words, TextFormat.standard());
            Map<String, List<Phrase>> phrases = new LinkedHashMap<>();
            phrases.put("sky", List.of(Phrase.of(" moon")));
            phrases.put("forest", List.of(Phrase.of(" bird")));
            assertEquals("{sky=0, forest=2}", caught(PhraseRule.tokens(phrases, source), words));
            long[] even = new long[words.vocabulary()];
            Curve curve = new Curve(1, 1, 1, -4);
            assertEquals(
                    "{forget=0}", caught(new FrequencyRule(even, even, curve, Map.of()), words));
        }
    }

    private static String caught(RoutingRule<Batch.Sequences> rule, Tokenizer tokens) {
        List<Document> documents = new ArrayList<>();
        TEXTS.forEach(t -> documents.add(new Document(documents.size(), t, Optional.empty())));
        return RulePreview.of(rule, tokens, documents.iterator(), 1).caught().toString();
    }

    @Test
    void an_interrupted_thread_gives_up() {
        Thread.currentThread().interrupt();
        try {
            assertThrows(CancellationException.class, () -> preview(" tree"));
        } finally {
            assertTrue(Thread.interrupted(), "the interruption stays for others to see");
        }
    }

    @Property(tries = 200)
    void any_text_comes_back_whole_whatever_its_tokens(@ForAll @StringLength(max = 60) String any) {
        String unicode = new String(any.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        String text = unicode.replace('\uFFFD', '?');
        try (Tokenizer tokens = TokenizerFolder.open(small())) {
            RoutingRule<Batch.Sequences> rule =
                    PhraseRule.tokens(
                            Map.of("any", List.of(Phrase.of(" tree"))),
                            new TokenizerSource(tokens, TextFormat.standard()));
            RulePreview preview =
                    RulePreview.of(
                            rule,
                            tokens,
                            List.of(new Document(0, text, Optional.empty())).iterator(),
                            1);
            String shown =
                    preview.lines().stream()
                            .flatMap(List::stream)
                            .map(Piece::text)
                            .collect(Collectors.joining());
            assertEquals(text, shown);
        }
    }

    /** The small tokenizer of bytes that comes with the tests. */
    private static Path small() {
        Path here = Path.of("").toAbsolutePath();
        for (Path p = here; p != null; p = p.getParent()) {
            Path file = p.resolve("testkit/golden/text-rules/tokenizer.json");
            if (Files.exists(file)) {
                return file;
            }
        }
        throw new AssertionError("no testkit/golden/text-rules lies above " + here);
    }
}
