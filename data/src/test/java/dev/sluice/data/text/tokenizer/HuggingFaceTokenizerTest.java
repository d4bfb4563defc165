package dev.sluice.data.text.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.data.DataException;
import dev.sluice.engine.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HuggingFaceTokenizerTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static HuggingFaceTokenizer small() {
        return HuggingFaceTokenizer.open(TestTokenizers.small());
    }

    @Property(tries = 300)
    void anyTextComesBackAsItWas(@ForAll @StringLength(max = 80) String text) {
        try (HuggingFaceTokenizer tokenizer = small()) {
            String unicode = text.replaceAll("[\\ud800-\\udfff]", "");
            int[] ids = tokenizer.encode(unicode);
            assertEquals(unicode, tokenizer.decode(ids));
            assertTrue(Arrays.stream(ids).allMatch(id -> id < tokenizer.vocabulary()));
        }
    }

    @Test
    void tenThousandTokensAreNeitherCutNorPadded() {
        String text = "The tree stood there. ".repeat(5_000);
        for (Path file :
                TestTokenizers.gpt2()
                        .map(f -> List.of(f, TestTokenizers.small()))
                        .orElse(List.of(TestTokenizers.small()))) {
            try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.open(file)) {
                int[] ids = tokenizer.encode(text);
                assertTrue(ids.length > 10_000);
                assertEquals(text, tokenizer.decode(ids));
                assertEquals(1, tokenizer.encode("a").length);
            }
        }
    }

    @Test
    void settingsThatCutAddOrDropAreSwitchedOff(@TempDir Path folder) throws IOException {
        ObjectNode whole = (ObjectNode) JSON.readTree(TestTokenizers.small().toFile());
        assertTrue(whole.get("truncation").isObject());
        ((ObjectNode) whole.get("model")).put("dropout", 0.9);
        whole.set(
                "padding",
                JSON.readTree(
                        "{\"strategy\": {\"Fixed\": 50}, \"direction\": \"Left\","
                                + " \"pad_to_multiple_of\": null, \"pad_id\": 0, \"pad_type_id\": 0,"
                                + " \"pad_token\": \"<|endoftext|>\"}"));
        Path file = folder.resolve("tokenizer.json");
        Files.write(file, JSON.writeValueAsBytes(whole));
        String text = "The trees around it were old. ".repeat(20);
        try (HuggingFaceTokenizer plain = small();
                HuggingFaceTokenizer set = HuggingFaceTokenizer.open(file)) {
            assertArrayEquals(plain.encode(text), set.encode(text));
            assertArrayEquals(plain.encode("tree"), set.encode("tree"));
        }
    }

    @Test
    void severalThreadsGetTheSameIds() {
        try (HuggingFaceTokenizer tokenizer = small()) {
            List<String> texts =
                    IntStream.range(0, 400).mapToObj(i -> "tree " + i + " \u6728").toList();
            List<int[]> alone = texts.stream().map(tokenizer::encode).toList();
            List<int[]> together = texts.parallelStream().map(tokenizer::encode).toList();
            for (int i = 0; i < texts.size(); i++) {
                assertArrayEquals(alone.get(i), together.get(i));
            }
        }
    }

    @Test
    void halfACharacterAndUnknownIdsAreRefused() {
        try (HuggingFaceTokenizer tokenizer = small()) {
            for (String broken : List.of("a\ud83d", "\ude00", "\ud83dx\ude00")) {
                assertThrows(IllegalArgumentException.class, () -> tokenizer.encode(broken));
            }
            assertThrows(
                    IllegalArgumentException.class, () -> tokenizer.decode(tokenizer.vocabulary()));
            assertThrows(IllegalArgumentException.class, () -> tokenizer.decode(-1));
        }
    }

    @Test
    void aClosedTokenizerSaysSo() {
        HuggingFaceTokenizer tokenizer = small();
        tokenizer.close();
        tokenizer.close();
        assertThrows(IllegalStateException.class, () -> tokenizer.encode("a"));
        assertThrows(IllegalStateException.class, () -> tokenizer.decode(1));
    }

    @Test
    void theEndOfTextIsTheConfiguredOne(@TempDir Path folder) throws IOException {
        Files.copy(TestTokenizers.small(), folder.resolve("tokenizer.json"));
        String usual;
        try (Tokenizer tokenizer = TokenizerFolder.open(folder)) {
            assertEquals("<|endoftext|>", tokenizer.text(tokenizer.endOfText().orElseThrow()));
            usual = tokenizer.fingerprint();
        }
        Files.writeString(
                folder.resolve("tokenizer_config.json"), "{\"eos_token\": {\"content\": \"!\"}}");
        try (Tokenizer tokenizer = TokenizerFolder.open(folder)) {
            assertEquals("!", tokenizer.text(tokenizer.endOfText().orElseThrow()));
            assertNotEquals(usual, tokenizer.fingerprint());
            Path copy = Files.createDirectory(folder.resolve("copy"));
            tokenizer.save(copy);
            try (Tokenizer again = TokenizerFolder.open(copy)) {
                assertEquals(tokenizer.fingerprint(), again.fingerprint());
            }
        }
    }

    @Test
    void aBadFileGivesOneError(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("tokenizer.json");
        assertThrows(DataException.class, () -> HuggingFaceTokenizer.open(folder));
        for (String bad :
                List.of(
                        "",
                        "{",
                        "null",
                        "[]",
                        "{\"model\": {}}",
                        "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": -1}, \"merges\": []}}",
                        "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 4e9}, \"merges\": []}}",
                        "{\"model\": {\"type\": \"Other\", \"vocab\": {\"a\": 0}}}")) {
            Files.writeString(file, bad);
            DataException e =
                    assertThrows(DataException.class, () -> HuggingFaceTokenizer.open(file), bad);
            assertTrue(String.valueOf(e.getMessage()).contains(file.toString()));
        }
    }

    /** A crash of native code would end the process that runs this test. */
    @Property(tries = 600)
    void aDamagedFileIsReadOrRefused(@ForAll long seed) throws IOException {
        Rng rng = Rng.of(seed);
        JsonNode whole = JSON.readTree(TestTokenizers.small().toFile());
        for (int i = 0; i <= rng.nextInt(2); i++) {
            Damage.one(whole, rng);
        }
        tried(JSON.writeValueAsBytes(whole));
    }

    @Property(tries = 200)
    void aTruncatedOrOverwrittenFileIsReadOrRefused(@ForAll long seed) throws IOException {
        Rng rng = Rng.of(seed);
        byte[] bytes = Files.readAllBytes(TestTokenizers.small());
        bytes[rng.nextInt(bytes.length)] = (byte) rng.nextInt(256);
        tried(Arrays.copyOf(bytes, rng.nextInt(2) == 0 ? bytes.length : rng.nextInt(bytes.length)));
    }

    static void tried(byte[] bytes) throws IOException {
        Path file = Files.createTempFile("tokenizer", ".json");
        try {
            Files.write(file, bytes);
            try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.open(file)) {
                for (String text :
                        List.of("", "the old tree", "\u6728 \ud83d\ude00<|endoftext|>")) {
                    tokenizer.decode(tokenizer.encode(text));
                }
                tokenizer.decode(IntStream.range(0, Math.min(9, tokenizer.vocabulary())).toArray());
            } catch (DataException | IllegalArgumentException e) {
                assertTrue(String.valueOf(e.getMessage()).length() > 10);
            }
        } finally {
            Files.delete(file);
        }
    }
}
