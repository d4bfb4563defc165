package dev.sluice.experiments.language;

import com.google.errorprone.annotations.MustBeClosed;
import dev.sluice.data.DataException;
import dev.sluice.data.text.tokenizer.Tokenizer;
import dev.sluice.data.text.tokenizer.TokenizerFolder;
import dev.sluice.engine.DType;
import dev.sluice.experiments.RunView;
import dev.sluice.models.pretrained.PretrainedWeights;
import dev.sluice.models.transformer.Transformer;
import dev.sluice.training.RunException;
import dev.sluice.training.RunFolder;
import dev.sluice.training.RunManifest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A language model with its tokenizer, from a checkpoint or a finished run: to compute with, to
 * generate text with, to look into.
 */
public final class TextModel implements AutoCloseable {
    private final Path folder;
    private final Transformer transformer;
    private final @Nullable Tokenizer tokenizer;

    private TextModel(Path folder, Transformer transformer, @Nullable Tokenizer tokenizer) {
        this.folder = folder;
        this.transformer = transformer;
        this.tokenizer = tokenizer;
    }

    /** Whether this is the folder of a run. */
    public static boolean isRun(Path folder) {
        return Files.isRegularFile(folder.resolve("manifest.json"));
    }

    /**
     * The checkpoint that a folder means: that of the run if it is one, else itself.
     *
     * @throws RunException if the run has no model of text, or none yet
     */
    static Path folder(Path runOrCheckpoint) {
        if (!isRun(runOrCheckpoint)) {
            return runOrCheckpoint;
        }
        try (RunFolder run = RunFolder.openToRead(runOrCheckpoint)) {
            RunManifest manifest = run.manifest();
            String first = manifest.variants().get(0) + "-" + manifest.seeds().get(0);
            for (Path model :
                    List.of(run.publishedModel(), run.path().resolve("models/" + first))) {
                if (Files.isRegularFile(model.resolve("config.json"))) {
                    return model;
                }
            }
            boolean language = manifest.experiment().equals(LanguageModel.NAME);
            throw new RunException(
                    runOrCheckpoint,
                    "model",
                    "the language model of a finished run",
                    language
                            ? "none yet; " + RunView.unfinished(manifest)
                            : "a run of " + manifest.experiment());
        }
    }

    /**
     * As {@link #folder}, of what must have a model.
     *
     * @throws DataException if there is no checkpoint
     */
    static Path checkpoint(Path runOrCheckpoint) {
        Path folder = folder(runOrCheckpoint);
        if (!Files.exists(folder.resolve("config.json"))) {
            String other = Files.exists(folder) ? "a file" : "no such folder";
            throw new DataException(
                    folder,
                    "folder",
                    "a checkpoint (config.json) or the folder of a run",
                    Files.isDirectory(folder) ? "no config.json" : other);
        }
        return folder;
    }

    /**
     * Loads one.
     *
     * @param runOrCheckpoint the folder of a run, or of a checkpoint
     * @param tokenizer a folder or file; null: that of the checkpoint, if it has one
     * @throws RunException if it is a run without a model of text
     * @throws dev.sluice.models.pretrained.CheckpointException if the checkpoint cannot be read
     * @throws DataException if there is no checkpoint, the tokenizer cannot be read, or has more
     *     tokens than the model
     */
    @MustBeClosed
    public static TextModel open(Path runOrCheckpoint, @Nullable Path tokenizer, DType dtype) {
        Path folder = checkpoint(runOrCheckpoint);
        try (PretrainedWeights weights = PretrainedWeights.open(folder)) {
            Tokenizer own = null;
            if (tokenizer != null) {
                own = TokenizerFolder.open(folder(tokenizer));
            } else if (TokenizerFolder.here(folder)) {
                own = TokenizerFolder.open(folder);
            }
            try {
                checkFits(folder, own, weights.config().vocabulary());
                return new TextModel(folder, weights.load(dtype), own);
            } catch (RuntimeException e) {
                if (own != null) {
                    own.close();
                }
                throw e;
            }
        }
    }

    static void checkFits(Path place, @Nullable Tokenizer tokenizer, int vocabulary) {
        if (tokenizer != null && tokenizer.vocabulary() > vocabulary) {
            throw new DataException(
                    place,
                    "tokenizer",
                    "at most the " + vocabulary + " tokens of the model",
                    tokenizer.vocabulary() + " tokens");
        }
    }

    /** The folder of the checkpoint. */
    public Path folder() {
        return folder;
    }

    /** The model. */
    public Transformer transformer() {
        return transformer;
    }

    /**
     * The tokenizer.
     *
     * @throws DataException if the checkpoint has none, and none was named
     */
    public Tokenizer tokenizer() {
        if (tokenizer == null) {
            throw new DataException(
                    folder, "tokenizer.json", "a tokenizer (or name one: --tokenizer)", "none");
        }
        return tokenizer;
    }

    /** Whether there is a tokenizer. */
    public boolean hasTokenizer() {
        return tokenizer != null;
    }

    @Override
    public void close() {
        transformer.close();
        if (tokenizer != null) {
            tokenizer.close();
        }
    }
}
