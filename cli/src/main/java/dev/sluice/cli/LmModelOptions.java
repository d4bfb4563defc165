package dev.sluice.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What model is trained. */
final class LmModelOptions {
    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "go on from a checkpoint or run (default: from scratch)")
    private @Nullable String model;

    @Option(names = "--architecture", paramLabel = "gpt2|llama", description = "from scratch")
    private @Nullable String architecture;

    @Option(names = "--layers", paramLabel = "N", description = "blocks")
    private @Nullable Integer layers;

    @Option(names = "--width", paramLabel = "N", description = "of the residual stream")
    private @Nullable Integer width;

    @Option(names = "--heads", paramLabel = "N", description = "of attention")
    private @Nullable Integer heads;

    @Option(names = "--mlp", paramLabel = "N", description = "feed-forward (default: 4 x width)")
    private @Nullable Integer mlp;

    @Option(
            names = "--vocabulary",
            paramLabel = "N",
            description = "tokens learned from the text, where it is not generated")
    private @Nullable Integer vocabulary;

    @Option(
            names = "--tokenizer",
            paramLabel = "DIR|words|pairs",
            description = {
                "a folder with tokenizer.json; words: each word a token; pairs: byte",
                "pairs learned from the text (default: that of --model, else words",
                "for generated text and pairs for other)"
            })
    private @Nullable String tokenizer;

    @Option(
            names = "--cut",
            paramLabel = "N",
            description = {
                "of the tokenizer of a folder, keep the N tokens that are most frequent",
                "in the text: for small models (default: all)"
            })
    private @Nullable Integer cut;

    void into(Map<String, String> settings) {
        put(settings, "model", model);
        put(settings, "architecture", architecture);
        put(settings, "layers", layers);
        put(settings, "width", width);
        put(settings, "heads", heads);
        put(settings, "mlp", mlp);
        put(settings, "vocabulary", vocabulary);
        put(settings, "cut", cut);
        put(settings, "tokenizer", tokenizer);
    }

    static void put(Map<String, String> settings, String key, @Nullable Object value) {
        if (value != null) {
            settings.put(key, value.toString());
        }
    }
}
