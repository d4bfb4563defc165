package dev.sluice.data.text.tokenizer;

import dev.sluice.engine.testing.Golden;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** The tokenizers that reference texts speak of. */
final class TestTokenizers {
    private TestTokenizers() {}

    /** The tokenizer beside the reference texts, else GPT-2's; skips the test where neither is. */
    static HuggingFaceTokenizer ofReferences() {
        Path beside = Golden.subject("text-rules").folder().resolve("tokenizer.json");
        Path file = Files.exists(beside) ? beside : gpt2().orElse(beside);
        Assumptions.assumeTrue(
                Files.exists(file),
                "skipped: the reference texts speak of GPT-2's tokenizer, and"
                        + " $SLUICE_DATA/gpt2-tokenizer/tokenizer.json is not there");
        return HuggingFaceTokenizer.open(file);
    }

    /** Where GPT-2's tokenizer lies, if it does. */
    static Optional<Path> gpt2() {
        return Optional.ofNullable(System.getenv("SLUICE_DATA"))
                .map(data -> Path.of(data, "gpt2-tokenizer", "tokenizer.json"))
                .filter(Files::exists);
    }

    /** The small tokenizer that comes with the tests. */
    static Path small() {
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
