package dev.sluice.experiments.language;

import dev.sluice.data.text.corpus.TextFormat;
import dev.sluice.experiments.Setting;
import dev.sluice.experiments.Settings;
import dev.sluice.experiments.UsageException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The knobs of a training of a language model, their presets, and their values. */
record LanguageSettings(Settings values) {
    /** Where a setting names nothing. */
    static final String NONE = "none";

    /** Where a setting leaves the choice to what the data are. */
    static final String AUTO = "auto";

    /** A tokenizer with a token for each word of the text. */
    static final String WORDS = "words";

    /** A tokenizer of byte pairs learned from the text. */
    static final String PAIRS = "pairs";

    static final List<Setting> DECLARED =
            List.of(
                    Setting.integer("steps", 1, 1_000_000_000, "training steps"),
                    Setting.integer("batch", 1, 100_000, "rows of tokens a step"),
                    Setting.integer("context", 2, 1_000_000, "tokens that a row has to predict"),
                    Setting.place(
                            "model",
                            "folder of a checkpoint or run to go on from; none: from scratch",
                            NONE),
                    Setting.choice("architecture", "from scratch", "gpt2", "llama"),
                    Setting.integer("layers", 1, 1000, "blocks, from scratch"),
                    Setting.integer("width", 1, 100_000, "of the residual stream, from scratch"),
                    Setting.integer("heads", 1, 10_000, "of attention, from scratch"),
                    Setting.integer(
                            "mlp", 0, 1_000_000, "width of the feed-forward layers; 0: 4 x width"),
                    Setting.real("deviation", 0, 10, "standard deviation of the first weights"),
                    Setting.place(
                            "tokenizer",
                            "folder of a tokenizer; words: each word of the text a token; pairs:"
                                    + " byte pairs learned from the text; auto: that of the model,"
                                    + " or words for generated text and pairs for other",
                            AUTO,
                            WORDS,
                            PAIRS),
                    Setting.integer(
                            "vocabulary", 257, 1_000_000, "tokens of byte pairs that are learned"),
                    Setting.integer(
                            "cut",
                            0,
                            1_000_000,
                            "tokens kept of a tokenizer from a folder, those most frequent in the"
                                    + " text; 0: all"),
                    Setting.integer(
                            "embeddings",
                            0,
                            1_000_000,
                            "rows of the embedding at least, from scratch; 0: one a token"),
                    Setting.integer(
                            "documents", 0, 1_000_000_000, "documents used, the first N; 0: all"),
                    Setting.real("validation", 0.0001, 0.9, "share of the documents set aside"),
                    Setting.integer(
                            "divide",
                            0,
                            100_000_000,
                            "characters after which a document is divided, for packed rows; 0:"
                                    + " never"),
                    Setting.text(
                            "separator",
                            "between documents of plain text, \\n for a line break; none: a file"
                                    + " is one document"),
                    Setting.text("text_field", "field of a JSON line with the text"),
                    Setting.text("label_field", "field of a JSON line with the label"),
                    Setting.choice(
                            "rows",
                            "documents one after the other, cut into full rows; or the beginning"
                                    + " of one a row",
                            "packed",
                            "documents"),
                    Setting.real("lr", 0, 10, "highest learning rate of AdamW"),
                    Setting.choice("lr_schedule", "after the warm-up", "cosine", "constant"),
                    Setting.real("lr_end", 0, 1, "share of lr at the end of the cosine"),
                    Setting.integer("warmup", 0, 1_000_000_000, "steps to rise to lr"),
                    Setting.real("weight_decay", 0, 10, "decoupled decay of matrices"),
                    Setting.real("beta2", 0, 0.999999, "of AdamW"),
                    Setting.real("clip", 0, 1e9, "norm that gradients are clipped to; 0: never"),
                    Setting.integer(
                            "validate_every", 0, 1_000_000_000, "steps; 0: at the end alone"),
                    Setting.integer(
                            "validation_rows", 1, 1_000_000_000, "rows validated with, at most"),
                    Setting.text(
                            "prompt",
                            "of the sample text; none: the model begins a text of its own"),
                    Setting.integer("sample_tokens", 0, 100_000, "of the sample text"),
                    Setting.place(
                            "plan",
                            "a plan file; none; auto: for generated stories one that routes the"
                                    + " words of the forest, else none",
                            NONE,
                            AUTO),
                    Setting.choice(
                            "routing",
                            "whether the plan is in force; if not, losses are still told apart by"
                                    + " its rules",
                            "plan",
                            NONE),
                    Setting.integer(
                            "verify_every", 0, 1_000_000, "steps between verifications; 0: never"));

    private static final Map<String, String> COMMON =
            Map.ofEntries(
                    Map.entry("model", NONE),
                    Map.entry("architecture", "gpt2"),
                    Map.entry("mlp", "0"),
                    Map.entry("embeddings", "0"),
                    Map.entry("cut", "0"),
                    Map.entry("tokenizer", AUTO),
                    Map.entry("validation", "0.05"),
                    Map.entry("divide", "10000"),
                    Map.entry("separator", TextFormat.standard().separator()),
                    Map.entry("text_field", TextFormat.standard().textField()),
                    Map.entry("label_field", TextFormat.standard().labelField()),
                    Map.entry("rows", "packed"),
                    Map.entry("lr_schedule", "cosine"),
                    Map.entry("lr_end", "0.1"),
                    Map.entry("weight_decay", "0.1"),
                    Map.entry("beta2", "0.95"),
                    Map.entry("clip", "1"),
                    Map.entry("prompt", NONE),
                    Map.entry("plan", AUTO),
                    Map.entry("routing", "plan"));

    static Map<String, String> preset(String preset) {
        Map<String, String> s = new LinkedHashMap<>(COMMON);
        switch (preset) {
            case "smoke" -> {
                model(s, 2, 48, 2, 0.1, 1024);
                training(s, 120, 16, 48, 4e-3, 20);
                looks(s, 3000, 40, 48, 60);
            }
            case "quick" -> {
                model(s, 3, 96, 4, 0.08, 2048);
                training(s, 600, 24, 64, 3e-3, 50);
                looks(s, 20_000, 100, 96, 120);
            }
            case "paper" -> {
                model(s, 6, 256, 8, 0.02, 4096);
                training(s, 20_000, 16, 256, 1e-3, 500);
                looks(s, 0, 1000, 256, 500);
            }
            default ->
                    throw new UsageException(
                            "unknown preset '" + preset + "'; there are smoke, quick, paper");
        }
        return s;
    }

    private static void model(
            Map<String, String> s,
            int layers,
            int width,
            int heads,
            double deviation,
            int vocabulary) {
        s.put("layers", "" + layers);
        s.put("width", "" + width);
        s.put("heads", "" + heads);
        s.put("deviation", "" + deviation);
        s.put("vocabulary", "" + vocabulary);
    }

    private static void training(
            Map<String, String> s, int steps, int batch, int context, double lr, int warmUp) {
        s.put("steps", "" + steps);
        s.put("batch", "" + batch);
        s.put("context", "" + context);
        s.put("lr", "" + lr);
        s.put("warmup", "" + warmUp);
    }

    private static void looks(
            Map<String, String> s, int documents, int every, int rows, int verifyEvery) {
        s.put("documents", "" + documents);
        s.put("validate_every", "" + every);
        s.put("validation_rows", "" + rows);
        s.put("verify_every", "" + verifyEvery);
        s.put("sample_tokens", "48");
    }

    /**
     * Refuses what does not fit together.
     *
     * @throws UsageException saying what was expected and found
     */
    void check() {
        boolean own = List.of(AUTO, WORDS, PAIRS).contains(text("tokenizer"));
        if (integer("cut") > 0 && (pretrained() || own)) {
            throw new UsageException(
                    "setting cut: expected a model from scratch with a tokenizer from a folder,"
                            + " found "
                            + (pretrained() ? "a checkpoint" : "tokenizer " + text("tokenizer")));
        }
        if (integer("cut") == 1 || integer("cut") == 2) {
            throw new UsageException(
                    "setting cut: expected 0 or at least 3 tokens, found " + integer("cut"));
        }
        int heads = values.integer("heads");
        int width = values.integer("width");
        if (!pretrained() && width % heads != 0) {
            throw new UsageException(
                    "setting heads: expected a divisor of width " + width + ", found " + heads);
        }
        if (!pretrained() && llama() && width / heads % 2 != 0) {
            throw new UsageException(
                    "setting heads: a llama needs heads of even width, found width "
                            + width
                            + " and "
                            + heads
                            + " heads");
        }
    }

    int integer(String key) {
        return values.integer(key);
    }

    double real(String key) {
        return values.real(key);
    }

    String text(String key) {
        return values.text(key);
    }

    boolean pretrained() {
        return !text("model").equals(NONE);
    }

    boolean routed() {
        return text("routing").equals("plan");
    }

    boolean llama() {
        return text("architecture").equals("llama");
    }

    int mlp() {
        return integer("mlp") == 0 ? 4 * integer("width") : integer("mlp");
    }

    boolean packed() {
        return text("rows").equals("packed");
    }

    TextFormat format() {
        return TextFormat.standard()
                .withSeparator(text("separator"))
                .withFields(text("text_field"), text("label_field"));
    }

    LearningRate learningRate() {
        return new LearningRate(
                real("lr"),
                integer("warmup"),
                text("lr_schedule").equals("cosine"),
                real("lr_end"));
    }
}
