package dev.sluice.data.text.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.data.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OwnVocabulariesTest {
    private static final List<String> TEXTS =
            List.of("the tree and the hill", "the tree", "an owl", "Tree! tree.");

    private static WordTokenizer words() {
        return WordTokenizer.ofTexts(TEXTS);
    }

    @Test
    void aWordBehindASpaceIsOneTokenWithItsSpace() {
        WordTokenizer tokenizer = words();
        assertEquals(" tree", tokenizer.text(tokenizer.single(" tree").orElseThrow()));
        assertEquals(
                List.of("the", " tree"),
                Arrays.stream(tokenizer.encode("the tree")).mapToObj(tokenizer::text).toList());
        assertArrayEquals(new int[] {WordTokenizer.END}, tokenizer.encode("<|endoftext|>"));
        assertArrayEquals(new int[] {WordTokenizer.UNKNOWN}, tokenizer.encode(" dragon"));
    }

    @Property
    void piecesLeaveNothingOut(@ForAll String text) {
        assertEquals(text, String.join("", WordTokenizer.pieces(text)));
    }

    @Test
    void knownTextComesBackAndUnknownWordsShow() {
        WordTokenizer tokenizer = words();
        TEXTS.forEach(text -> assertEquals(text, tokenizer.decode(tokenizer.encode(text))));
        assertEquals("the\uFFFD", tokenizer.decode(tokenizer.encode("the dragon")));
        assertThrows(
                IllegalArgumentException.class, () -> tokenizer.decode(tokenizer.vocabulary()));
        assertThrows(IllegalArgumentException.class, () -> WordTokenizer.of(List.of("two words")));
    }

    @Test
    void aCutVocabularyKeepsTheMostFrequentTokens() {
        WordTokenizer base = words();
        long[] counts = CutTokenizer.counts(base, TEXTS);
        Map<String, Long> oracle =
                TEXTS.stream()
                        .flatMap(text -> WordTokenizer.pieces(text).stream())
                        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        try (CutTokenizer cut = CutTokenizer.of(base, counts, 5)) {
            assertEquals(5, cut.vocabulary());
            assertEquals(1, cut.endOfText().orElseThrow());
            long least = Long.MAX_VALUE;
            for (int id = 2; id < cut.vocabulary(); id++) {
                long count = oracle.getOrDefault(cut.text(id), 0L);
                assertTrue(count <= least, "the most frequent come first");
                least = count;
            }
            for (Map.Entry<String, Long> word : oracle.entrySet()) {
                int id = cut.encode(word.getKey())[0];
                assertTrue(id != CutTokenizer.UNKNOWN || word.getValue() <= least);
            }
            assertEquals(
                    "the tree\uFFFD\uFFFD\uFFFD", cut.decode(cut.encode("the tree or the hill")));
        }
        assertThrows(IllegalArgumentException.class, () -> CutTokenizer.of(base, counts, 2));
        assertThrows(IllegalArgumentException.class, () -> CutTokenizer.of(base, new long[3], 10));
    }

    @Test
    void whatIsSavedIsReadAgain(@TempDir Path folder) throws IOException {
        Path one = Files.createDirectory(folder.resolve("words"));
        words().save(one);
        try (Tokenizer again = TokenizerFolder.open(one)) {
            assertEquals(words().fingerprint(), again.fingerprint());
            assertArrayEquals(words().encode(TEXTS.get(0)), again.encode(TEXTS.get(0)));
        }
        Path two = Files.createDirectory(folder.resolve("cut"));
        HuggingFaceTokenizer base = HuggingFaceTokenizer.open(TestTokenizers.small());
        try (CutTokenizer cut = CutTokenizer.of(base, CutTokenizer.counts(base, TEXTS), 12)) {
            cut.save(two);
            assertEquals(12, cut.vocabulary());
            try (Tokenizer again = TokenizerFolder.open(two)) {
                assertEquals(cut.fingerprint(), again.fingerprint());
                assertNotEquals(base.fingerprint(), again.fingerprint());
                for (String text : TEXTS) {
                    assertArrayEquals(cut.encode(text), again.encode(text));
                }
            }
        }
    }

    @Test
    void aDamagedVocabularyIsRefused(@TempDir Path folder) throws IOException {
        Files.copy(TestTokenizers.small(), folder.resolve("tokenizer.json"));
        for (String bad :
                List.of(
                        "",
                        "{}",
                        "{\"format\": \"sluice.cut-vocabulary/1\", \"base\": \"x\", \"kept\": []}")) {
            Files.writeString(folder.resolve("cut-vocabulary.json"), bad);
            assertThrows(DataException.class, () -> TokenizerFolder.open(folder), bad);
        }
        for (String bad :
                List.of(
                        "[]",
                        "{\"format\": \"sluice.words/1\", \"tokens\": [\"a b\"]}",
                        "{\"format\": \"sluice.words/1\", \"tokens\": [\"a\", \"a\"]}")) {
            Files.writeString(folder.resolve("words.json"), bad);
            assertThrows(DataException.class, () -> TokenizerFolder.open(folder), bad);
        }
    }
}
