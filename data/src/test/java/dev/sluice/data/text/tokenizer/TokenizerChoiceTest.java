package dev.sluice.data.text.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TokenizerChoiceTest {
    @TempDir private Path folder = Path.of("");

    private Map<String, String> environment() {
        return Map.of("SLUICE_DATA", folder.toString());
    }

    @Test
    void the_standard_tokenizer_of_the_data_folder_is_used_where_it_lies() throws IOException {
        Path standard = Files.createDirectory(folder.resolve(TokenizerChoice.STANDARD));
        Files.copy(TestTokenizers.small(), standard.resolve("tokenizer.json"));
        TokenizerChoice choice = TokenizerChoice.standard(environment());
        try (Tokenizer chosen =
                        choice.open(
                                () -> {
                                    throw new AssertionError("texts are not needed");
                                });
                Tokenizer same = TokenizerFolder.open(TestTokenizers.small())) {
            assertEquals(same.fingerprint(), chosen.fingerprint());
        }
        assertEquals("tokenizer: gpt2-tokenizer", choice.description());
    }

    @Test
    void without_it_each_word_of_the_text_is_a_token() {
        for (Map<String, String> env : List.of(environment(), Map.<String, String>of())) {
            TokenizerChoice choice = TokenizerChoice.standard(env);
            try (Tokenizer words = choice.open(() -> List.of("an old tree"))) {
                assertEquals(List.of("an", " old", " tree"), texts(words, "an old tree"));
            }
            assertTrue(choice.description().contains("each word of the text is a token"));
        }
    }

    private static List<String> texts(Tokenizer tokenizer, String text) {
        return java.util.Arrays.stream(tokenizer.encode(text)).mapToObj(tokenizer::text).toList();
    }
}
