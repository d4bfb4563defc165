package dev.sluice.experiments.language;

import dev.sluice.data.text.tokenizer.Tokenizer;
import dev.sluice.data.text.tokenizer.TokenizerFolder;
import dev.sluice.engine.AtomicFiles;
import dev.sluice.engine.FileProblem;
import dev.sluice.models.pretrained.CheckpointWriter;
import dev.sluice.models.transformer.Transformer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A trained model as a checkpoint that Hugging Face reads, in a folder of its own. */
record PublishedModel(Path folder) {
    /** What a checkpoint brings of a tokenizer beside the files that every tokenizer writes. */
    private static final List<String> OTHER_TOKENIZERS =
            List.of(
                    "special_tokens_map.json",
                    "added_tokens.json",
                    "vocab.json",
                    "merges.txt",
                    "tokenizer.model");

    /**
     * Writes it in place of what is there.
     *
     * @param like the checkpoint that the training began with, or null
     * @param itsTokenizer whether the tokenizer is that of the checkpoint
     * @throws java.io.UncheckedIOException if the system refuses
     */
    void write(Transformer model, Tokenizer tokenizer, @Nullable Path like, boolean itsTokenizer) {
        clear();
        CheckpointWriter writer = CheckpointWriter.of(model.dtype());
        (like == null ? writer : writer.like(like)).write(model, folder);
        if (like == null || !itsTokenizer || !TokenizerFolder.published(like)) {
            OTHER_TOKENIZERS.forEach(this::remove);
            tokenizer.save(folder);
        }
        Path generation = folder.resolve("generation_config.json");
        if (tokenizer.endOfText().isPresent() && !Files.exists(generation)) {
            int end = tokenizer.endOfText().getAsInt();
            String json = "{\"bos_token_id\": " + end + ", \"eos_token_id\": " + end + "}\n";
            AtomicFiles.write(generation, json.getBytes(StandardCharsets.UTF_8));
        }
    }

    private void clear() {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> content = Files.list(folder)) {
            content.map(Path::getFileName).map(String::valueOf).toList().forEach(this::remove);
        } catch (IOException e) {
            throw FileProblem.of("cannot clear " + folder, e);
        }
    }

    private void remove(String name) {
        try {
            Files.deleteIfExists(folder.resolve(name));
        } catch (IOException e) {
            throw FileProblem.of("cannot remove " + folder.resolve(name), e);
        }
    }
}
