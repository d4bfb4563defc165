package dev.sluice.data.text.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.data.text.corpus.Documents;
import dev.sluice.data.text.generated.GeneratedStories;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Vocabularies made here, read by the library that others read them with. */
final class LearnedVocabulariesTest {
    private static List<String> stories(int count) {
        List<String> texts = new ArrayList<>();
        try (Documents all = GeneratedStories.corpus(1, count).open()) {
            all.forEachRemaining(document -> texts.add(document.text()));
        }
        return texts;
    }

    /** The textbook algorithm, on the one word "abababc" twelve times and "bc" five times. */
    @Test
    void pairs_are_joined_from_the_commonest_on() {
        List<String> texts = new ArrayList<>();
        texts.addAll(java.util.Collections.nCopies(12, "abababc"));
        texts.addAll(java.util.Collections.nCopies(5, "bc"));
        try (Tokenizer learned = BytePairs.learn(texts, 261)) {
            assertEquals(261, learned.vocabulary());
            assertEquals("ab", learned.text(257));
            assertEquals("abab", learned.text(258));
            assertEquals("abc", learned.text(259));
            assertEquals("abababc", learned.text(260));
            assertArrayEquals(new int[] {260}, learned.encode("abababc"));
            assertEquals(2, learned.encode("ababab").length);
            assertEquals(OptionalInt.of(0), learned.endOfText());
        }
    }

    @Test
    void a_vocabulary_stops_growing_where_no_pair_occurs_twice() {
        try (Tokenizer learned = BytePairs.learn(List.of("xy"), 1000)) {
            assertEquals(257, learned.vocabulary());
        }
        assertThrows(IllegalArgumentException.class, () -> BytePairs.learn(List.of("x"), 256));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Once upon a time there was a tree.",
                "  two  spaces\n\nand\ttabs ",
                "Zoë's naïve café — 東京 🌲 it's 3.14",
                "<|endoftext|>",
                "a<|endoftext|>b",
                ""
            })
    void any_text_comes_back_as_it_was(String text) {
        try (Tokenizer learned = BytePairs.learn(stories(200), 600)) {
            assertEquals(text, learned.decode(learned.encode(text)));
        }
    }

    @Test
    void the_same_texts_give_the_same_vocabulary_and_frequent_words_are_one_token() {
        try (Tokenizer one = BytePairs.learn(stories(500), 1200);
                Tokenizer two = BytePairs.learn(stories(500), 1200)) {
            assertEquals(one.fingerprint(), two.fingerprint());
            assertTrue(one.single(" the").isPresent());
            assertTrue(one.single(" forest").isPresent());
        }
    }

    @Test
    void other_programs_read_a_vocabulary_of_words_with_the_same_ids(@TempDir Path folder) {
        List<String> texts = new ArrayList<>(stories(200));
        texts.add("an unknown word: Zoë, 12 trees!<|endoftext|>\n\tthe");
        texts.add("ancient  spaces");
        try (Tokenizer own = GeneratedStories.tokenizer()) {
            own.save(folder);
            try (Tokenizer theirs = HuggingFaceTokenizer.open(folder)) {
                assertEquals(own.vocabulary(), theirs.vocabulary());
                assertEquals(own.endOfText(), theirs.endOfText());
                for (String text : texts) {
                    int[] ids = own.encode(text);
                    assertEquals(Arrays.toString(ids), Arrays.toString(theirs.encode(text)), text);
                    assertEquals(own.decode(ids), theirs.decode(ids));
                }
            }
            try (Tokenizer again = TokenizerFolder.open(folder)) {
                assertEquals(own.fingerprint(), again.fingerprint());
            }
        }
    }
}
