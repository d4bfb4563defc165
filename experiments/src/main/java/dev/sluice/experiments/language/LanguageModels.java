package dev.sluice.experiments.language;

import dev.sluice.data.text.tokenizer.Tokenizer;
import dev.sluice.engine.DType;
import dev.sluice.engine.Rng;
import dev.sluice.experiments.UsageException;
import dev.sluice.models.pretrained.PretrainedWeights;
import dev.sluice.models.transformer.Activation;
import dev.sluice.models.transformer.Transformer;
import dev.sluice.models.transformer.TransformerConfig;
import dev.sluice.models.transformer.TransformerConfig.Attention;
import dev.sluice.models.transformer.TransformerConfig.BlockSizes;
import dev.sluice.models.transformer.TransformerConfig.FeedForward;
import dev.sluice.models.transformer.TransformerConfig.Learned;
import dev.sluice.models.transformer.TransformerConfig.Norm;
import dev.sluice.models.transformer.TransformerConfig.Output;
import dev.sluice.models.transformer.TransformerConfig.Rotary;
import java.nio.file.Path;
import java.util.Collections;

/** The model that a training begins with: new, or from a checkpoint. */
final class LanguageModels {
    private LanguageModels() {}

    /**
     * Opens it.
     *
     * @throws UsageException if the model has not learned positions for the context
     */
    static Transformer open(
            LanguageSettings settings, Tokenizer tokenizer, DType dtype, long seed) {
        if (settings.pretrained()) {
            return pretrained(settings, tokenizer, dtype);
        }
        double deviation = settings.real("deviation");
        return new Transformer(
                config(settings, Math.max(tokenizer.vocabulary(), settings.integer("embeddings"))),
                deviation,
                deviation / Math.sqrt(2.0 * settings.integer("layers")),
                dtype,
                Rng.of(seed, "weights"));
    }

    private static Transformer pretrained(
            LanguageSettings settings, Tokenizer tokenizer, DType dtype) {
        Path folder = TextModel.checkpoint(Path.of(settings.text("model")));
        try (PretrainedWeights weights = PretrainedWeights.open(folder)) {
            TextModel.checkFits(folder, tokenizer, weights.config().vocabulary());
            if (weights.config().positions() instanceof Learned learned
                    && settings.integer("context") > learned.count()) {
                throw new UsageException(
                        "setting context: expected at most the "
                                + learned.count()
                                + " positions that the model has learned, found "
                                + settings.integer("context"));
            }
            return weights.load(dtype);
        }
    }

    private static TransformerConfig config(LanguageSettings s, int vocabulary) {
        int width = s.integer("width");
        int heads = s.integer("heads");
        int context = s.integer("context");
        int layers = s.integer("layers");
        if (!s.llama()) {
            return TransformerConfig.gpt2(vocabulary, context, layers, width, heads, s.mlp());
        }
        int head = width / heads;
        return new TransformerConfig(
                vocabulary,
                width,
                context,
                Collections.nCopies(layers, new BlockSizes(heads, heads, head, s.mlp(), 0)),
                new Norm(true, 1e-6),
                new Rotary(head, 10_000, false),
                new Attention(1 / Math.sqrt(head), false, false),
                new FeedForward(Activation.SILU, true, false),
                new Output(true, false));
    }
}
