package dev.sluice.cli;

import dev.sluice.data.text.tokenizer.Tokenizer;
import dev.sluice.data.text.tokenizer.TokenizerFolder;
import dev.sluice.data.text.tokenizer.WordTokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which tokenizer. */
final class TokenizerOption {
    private static final String STANDARD = "gpt2-tokenizer";

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
    Tokenizer open(Supplier<Iterable<String>> texts, java.util.function.Consumer<String> say) {
        if (folder != null) {
            return TokenizerFolder.open(folder);
        }
        String data = System.getenv("SLUICE_DATA");
        if (data != null && Files.isDirectory(Path.of(data, STANDARD))) {
            return TokenizerFolder.open(Path.of(data, STANDARD));
        }
        say.accept("no tokenizer is named or in $SLUICE_DATA: each word of the text is a token");
        return WordTokenizer.ofTexts(texts.get());
    }
}
