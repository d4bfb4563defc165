package dev.sluice.data.text.generated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.data.text.corpus.ConceptWords;
import dev.sluice.data.text.corpus.Corpus;
import dev.sluice.data.text.corpus.Document;
import dev.sluice.data.text.corpus.Documents;
import dev.sluice.data.text.tokenizer.Tokenizer;
import dev.sluice.data.text.tokenizer.WordTokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

final class GeneratedLanguagesTest {
    private static List<Document> all(Corpus corpus) {
        List<Document> all = new ArrayList<>();
        try (Documents documents = corpus.open()) {
            documents.forEachRemaining(all::add);
        }
        return all;
    }

    private static void assertKnows(Tokenizer tokenizer, String text) {
        int[] ids = tokenizer.encode(text);
        assertTrue(Arrays.stream(ids).noneMatch(id -> id == WordTokenizer.UNKNOWN), text);
        assertEquals(text, tokenizer.decode(ids));
    }

    @Property(tries = 300)
    void theTokenizersKnowEveryWord(@ForAll long seed, @ForAll @LongRange(min = 0) long number) {
        String story = GeneratedStories.story(seed, number).text();
        WordTokenizer words = GeneratedStories.tokenizer();
        assertKnows(words, story);
        assertKnows(GeneratedPlaces.tokenizer(), GeneratedPlaces.note(seed, number).text());
        int tokens = words.encode(story).length;
        assertTrue(tokens >= 25 && tokens <= 70, story);
    }

    @Test
    void noTokenIsThereForNothing() {
        Set<Integer> stories = new HashSet<>();
        Set<Integer> places = new HashSet<>();
        WordTokenizer storyWords = GeneratedStories.tokenizer();
        WordTokenizer placeWords = GeneratedPlaces.tokenizer();
        for (int d = 0; d < 20_000; d++) {
            Arrays.stream(storyWords.encode(GeneratedStories.story(1, d).text()))
                    .forEach(stories::add);
            Arrays.stream(placeWords.encode(GeneratedPlaces.note(1, d).text()))
                    .forEach(places::add);
        }
        assertEquals(storyWords.vocabulary() - 2, stories.size());
        assertEquals(placeWords.vocabulary() - 2, places.size());
        assertTrue(storyWords.vocabulary() > 200 && storyWords.vocabulary() < 500);
    }

    @Test
    void aStoryNamesItsTopicAndNoOther() {
        Map<String, ConceptWords> keywords = new HashMap<>();
        for (String topic : GeneratedStories.topics()) {
            keywords.put(topic, ConceptWords.of(GeneratedStories.words(topic).subList(0, 2)));
        }
        Map<String, Integer> counts = new HashMap<>();
        for (Document story : all(GeneratedStories.corpus(3, 5000))) {
            String label = story.label().orElseThrow();
            counts.merge(label, 1, Integer::sum);
            keywords.forEach(
                    (topic, words) ->
                            assertEquals(
                                    topic.equals(label), words.in(story.text()), story.text()));
        }
        assertEquals(Set.copyOf(GeneratedStories.topics()), counts.keySet());
        assertEquals(1000, counts.getOrDefault(GeneratedStories.FORGET, 0), 100);
        counts.forEach(
                (topic, n) ->
                        assertTrue(
                                topic.equals(GeneratedStories.FORGET) || Math.abs(n - 571) < 90));
        assertThrows(IllegalArgumentException.class, () -> GeneratedStories.words("moon"));
    }

    @Test
    void notesStayInTheirRegion() {
        WordTokenizer tokenizer = GeneratedPlaces.tokenizer();
        String routed = " " + GeneratedPlaces.towns().get(0).get(0);
        int id = tokenizer.single(routed).orElseThrow();
        long hits = 0;
        long tokens = 0;
        for (Document note : all(GeneratedPlaces.corpus(1, 3000))) {
            int region = GeneratedPlaces.regions().indexOf(note.label().orElseThrow());
            for (int r = 0; r < GeneratedPlaces.towns().size(); r++) {
                assertEquals(
                        r == region,
                        ConceptWords.of(GeneratedPlaces.towns().get(r)).in(note.text()),
                        note.text());
            }
            int[] ids = tokenizer.encode(note.text());
            tokens += ids.length;
            hits += Arrays.stream(ids).filter(i -> i == id).count();
        }
        assertTrue(hits > tokens / 200, "the routed town is frequent enough");
    }

    @Property(tries = 30)
    void theSameSeedTellsTheSameStories(@ForAll long seed) {
        List<Document> some = all(GeneratedStories.corpus(seed, 20));
        assertEquals(some, all(GeneratedStories.corpus(seed, 30)).subList(0, 20));
        assertNotEquals(some, all(GeneratedStories.corpus(seed + 1, 20)));
        assertNotEquals(
                GeneratedStories.corpus(seed, 20).fingerprint(),
                GeneratedStories.corpus(seed, 30).fingerprint());
        assertTrue(GeneratedStories.corpus(seed, 20).generated());
    }

    @Test
    void sentencesAreVaried() {
        Set<String> texts = new HashSet<>();
        all(GeneratedStories.corpus(1, 3000)).forEach(d -> texts.add(d.text()));
        assertEquals(3000, texts.size());
        assertFalse(texts.stream().anyMatch(t -> t.contains("{") || t.contains("  ")));
    }
}
