package dev.sluice.data.text.tokenizer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Which tokenizer text is looked at with: one that is named, else the standard one of this machine,
 * else the words of the text itself. Ask here, so that all answers about a text agree.
 *
 * @param folder of the tokenizer, or its {@code tokenizer.json}; empty: each word is a token
 */
public record TokenizerChoice(Optional<Path> folder) {
    /** The folder of {@code $SLUICE_DATA} that is looked for. */
    public static final String STANDARD = "gpt2-tokenizer";

    /** A tokenizer that is named. */
    public static TokenizerChoice of(Path folder) {
        return new TokenizerChoice(Optional.of(folder));
    }

    /** What is used where none is named, as the environment variables {@code env} tell it. */
    public static TokenizerChoice standard(Map<String, String> env) {
        return new TokenizerChoice(
                Optional.ofNullable(env.get("SLUICE_DATA"))
                        .map(data -> Path.of(data, STANDARD))
                        .filter(Files::isDirectory));
    }

    /** The tokenizer in a line for a person. */
    public String description() {
        return folder.map(f -> "tokenizer: " + f.getFileName())
                .orElse(
                        "no tokenizer is named or in $SLUICE_DATA: each word of the text is a"
                                + " token");
    }

    /**
     * The tokenizer; the caller closes it.
     *
     * @param texts asked for where each word is a token
     * @throws dev.sluice.data.DataException if the folder holds none or a damaged one
     */
    public Tokenizer open(Supplier<? extends Iterable<String>> texts) {
        return folder.map(TokenizerFolder::open)
                .orElseGet(() -> WordTokenizer.ofTexts(texts.get()));
    }
}
