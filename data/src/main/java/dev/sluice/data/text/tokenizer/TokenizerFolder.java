package dev.sluice.data.text.tokenizer;

import dev.sluice.data.DataException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Opens whatever tokenizer a folder holds: one that {@link Tokenizer#save} wrote, or that of a
 * published checkpoint.
 */
public final class TokenizerFolder {
    private TokenizerFolder() {}

    /** Whether a folder holds a tokenizer. */
    public static boolean here(Path folder) {
        return Files.exists(folder.resolve(WordTokenizer.FILE))
                || Files.exists(folder.resolve(HuggingFaceTokenizer.FILE));
    }

    /** Whether the tokenizer in a folder is another program's, and not one that Sluice wrote. */
    public static boolean published(Path folder) {
        return !Files.exists(folder.resolve(WordTokenizer.FILE))
                && !Files.exists(folder.resolve(CutTokenizer.FILE))
                && Files.exists(folder.resolve(HuggingFaceTokenizer.FILE));
    }

    /**
     * The tokenizer in {@code folder}, or of a {@code tokenizer.json} itself.
     *
     * @throws DataException if there is none or it is damaged
     * @throws java.io.UncheckedIOException if the system refuses to read it
     */
    public static Tokenizer open(Path folder) {
        if (Files.exists(folder.resolve(WordTokenizer.FILE))) {
            return WordTokenizer.read(folder.resolve(WordTokenizer.FILE));
        }
        Path cut = folder.resolve(CutTokenizer.FILE);
        HuggingFaceTokenizer base = HuggingFaceTokenizer.open(folder);
        if (!Files.exists(cut)) {
            return base;
        }
        try {
            return CutTokenizer.read(cut, base);
        } catch (DataException e) {
            base.close();
            throw e;
        }
    }
}
