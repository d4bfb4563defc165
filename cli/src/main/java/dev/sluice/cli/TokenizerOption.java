package dev.sluice.cli;

import dev.sluice.data.text.tokenizer.Tokenizer;
import dev.sluice.data.text.tokenizer.TokenizerChoice;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which tokenizer. */
final class TokenizerOption {
    @Option(
            names = "--tokenizer",
            paramLabel = "DIR|FILE",
            description = {
                "that of the model: tokenizer.json or its folder (default:",
                "$SLUICE_DATA/gpt2-tokenizer, else the words of the text)"
            })
    private @Nullable Path folder;

    /**
     * The tokenizer; the caller closes it.
     *
     * @param texts asked for where there is nothing better than the words of the text
     * @param say told which tokenizer that is
     */
    Tokenizer open(Supplier<? extends Iterable<String>> texts, Consumer<String> say) {
        TokenizerChoice choice =
                folder == null
                        ? TokenizerChoice.standard(System.getenv())
                        : TokenizerChoice.of(folder);
        if (choice.folder().isEmpty()) {
            say.accept(choice.description());
        }
        return choice.open(texts);
    }
}
