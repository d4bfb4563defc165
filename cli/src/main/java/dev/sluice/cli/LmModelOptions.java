package dev.sluice.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.sluice.experiments.UsageException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What model is trained. */
final class LmModelOptions {
    private static final List<String> FROM_SCRATCH =
            List.of("architecture", "layers", "width", "heads", "mlp", "deviation", "embeddings");

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = {
                "go on from the folder of a checkpoint or run; nothing is downloaded",
                "(default: from scratch, with the sizes below)"
            })
    private @Nullable String model;

    @Option(names = "--architecture", paramLabel = "gpt2|llama", description = "default: gpt2")
    private @Nullable String architecture;

    @Option(names = "--layers", paramLabel = "N", description = "blocks")
    private @Nullable Integer layers;

    @Option(names = "--width", paramLabel = "N", description = "of the residual stream")
    private @Nullable Integer width;

    @Option(names = "--heads", paramLabel = "N", description = "of attention; divides the width")
    private @Nullable Integer heads;

    @Option(names = "--mlp", paramLabel = "N", description = "feed-forward (default: 4 x width)")
    private @Nullable Integer mlp;

    @Option(
            names = "--vocabulary",
            paramLabel = "N",
            description = "byte pairs learned from the text, where it is not generated")
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

    /**
     * Refuses what would be passed over.
     *
     * @param said the settings that were named
     * @param generated whether the text is made up
     */
    static void check(Map<String, JsonNode> said, boolean generated) {
        boolean pretrained = !values(said, "model", "none").contains("none");
        for (String key : FROM_SCRATCH) {
            if (pretrained && said.containsKey(key)) {
                throw new UsageException(
                        key + ": expected a model from scratch, found --model, which has its own");
            }
        }
        List<String> tokenizer = values(said, "tokenizer", "auto");
        boolean auto = tokenizer.contains("auto");
        boolean learned = tokenizer.contains("pairs") || (auto && !pretrained && !generated);
        if (said.containsKey("vocabulary") && !learned) {
            throw new UsageException(
                    "vocabulary: expected byte pairs that are learned from the text (--tokenizer"
                            + " pairs), found "
                            + (auto
                                    ? pretrained ? "the tokens of --model" : "a token for each word"
                                    : "--tokenizer " + String.join(",", tokenizer)));
        }
    }

    /** The values of a setting at all points of a sweep. */
    private static List<String> values(Map<String, JsonNode> said, String key, String otherwise) {
        JsonNode node = said.getOrDefault(key, TextNode.valueOf(otherwise));
        return node.isArray()
                ? List.of(node.path(0).asText())
                : List.of(node.asText().split(",", -1));
    }

    static void put(Map<String, String> settings, String key, @Nullable Object value) {
        if (value != null) {
            settings.put(key, value.toString());
        }
    }
}
