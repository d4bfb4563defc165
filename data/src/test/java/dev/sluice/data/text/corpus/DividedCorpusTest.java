package dev.sluice.data.text.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.data.text.generated.GeneratedStories;
import dev.sluice.engine.Rng;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class DividedCorpusTest {
    private static List<Document> all(Corpus corpus) {
        List<Document> all = new ArrayList<>();
        try (Documents documents = corpus.open()) {
            documents.forEachRemaining(all::add);
        }
        return all;
    }

    @Property(tries = 60)
    void the_pieces_put_together_are_the_documents(
            @ForAll @IntRange(min = 1, max = 400) int longest, @ForAll long seed) {
        Corpus whole = GeneratedStories.corpus(Rng.of(seed).nextInt(1000), 12);
        List<Document> pieces = all(whole.divided(longest));
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < pieces.size(); i++) {
            Document piece = pieces.get(i);
            assertEquals(i, piece.number());
            assertTrue(piece.text().length() <= longest && !piece.text().isEmpty());
            text.append(piece.text());
        }
        StringBuilder expected = new StringBuilder();
        all(whole).forEach(document -> expected.append(document.text()));
        assertEquals(expected.toString(), text.toString());
    }

    @Property(tries = 20)
    void words_stay_whole_where_they_fit(@ForAll @IntRange(min = 30, max = 90) int longest) {
        for (Document piece : all(GeneratedStories.corpus(1, 20).divided(longest))) {
            boolean first = !piece.text().startsWith(" ");
            assertTrue(first ? Character.isUpperCase(piece.text().charAt(0)) : true);
        }
    }

    @Property(tries = 5)
    void pieces_of_another_size_are_another_corpus() {
        Corpus whole = GeneratedStories.corpus(1, 5);
        assertNotEquals(whole.divided(50).fingerprint(), whole.divided(60).fingerprint());
        assertNotEquals(whole.fingerprint(), whole.divided(60).fingerprint());
        assertNotEquals(whole.identity(), whole.divided(60).identity());
        assertThrows(IllegalArgumentException.class, () -> whole.divided(0));
    }
}
