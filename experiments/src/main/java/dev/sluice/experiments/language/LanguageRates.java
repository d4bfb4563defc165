package dev.sluice.experiments.language;

import dev.sluice.data.text.corpus.Documents;
import dev.sluice.data.text.tokenizer.Tokenizer;
import dev.sluice.data.text.tokenizer.TokenizerFolder;
import dev.sluice.engine.DType;
import dev.sluice.engine.FileProblem;
import dev.sluice.models.pretrained.PretrainedWeights;
import dev.sluice.models.transformer.Transformer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** How fast a checkpoint is loaded and its text tokenized, in megabytes a second. */
final class LanguageRates {
    private static final int REPEATS = 5;
    private static final int TEXT = 1 << 22;
    private static final double MEGA = 1e6;

    private LanguageRates() {}

    /**
     * Measures, the best of five each.
     *
     * @param publish writes a checkpoint with its tokenizer to a folder
     * @throws java.io.UncheckedIOException if the system refuses
     */
    static Map<String, Double> measure(
            Consumer<Path> publish, TextData data, LanguageSettings settings) {
        Path folder = temporary();
        try {
            publish.accept(folder);
            Map<String, Double> rates = new LinkedHashMap<>();
            rates.put("loading_mb_per_second", loading(folder));
            try (Tokenizer tokenizer = TokenizerFolder.open(folder)) {
                rates.put("tokenizing_mb_per_second", tokenizing(tokenizer, texts(data, settings)));
            }
            return rates;
        } finally {
            remove(folder);
        }
    }

    private static double loading(Path folder) {
        double seconds =
                best(
                        () -> {
                            try (PretrainedWeights weights = PretrainedWeights.open(folder);
                                    Transformer model = weights.load(DType.F32)) {
                                model.parameters();
                            }
                        });
        try {
            return Files.size(folder.resolve("model.safetensors")) / seconds / MEGA;
        } catch (IOException e) {
            throw FileProblem.of("cannot read " + folder, e);
        }
    }

    private static double tokenizing(Tokenizer tokenizer, List<String> texts) {
        long bytes = texts.stream().mapToLong(t -> t.getBytes(StandardCharsets.UTF_8).length).sum();
        return bytes / best(() -> texts.parallelStream().forEach(tokenizer::encode)) / MEGA;
    }

    /** The first documents, four million characters or so. */
    private static List<String> texts(TextData data, LanguageSettings settings) {
        List<String> texts = new ArrayList<>();
        long characters = 0;
        try (Documents documents = data.corpus(settings).open()) {
            while (documents.hasNext() && characters < TEXT) {
                texts.add(documents.next().text());
                characters += texts.get(texts.size() - 1).length();
            }
        }
        return texts;
    }

    private static double best(Runnable work) {
        double best = Double.POSITIVE_INFINITY;
        for (int i = 0; i < REPEATS; i++) {
            long start = System.nanoTime();
            work.run();
            best = Math.min(best, (System.nanoTime() - start) / 1e9);
        }
        return best;
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("sluice-bench-");
        } catch (IOException e) {
            throw FileProblem.of("cannot create a temporary folder", e);
        }
    }

    private static void remove(Path folder) {
        try (Stream<Path> content = Files.list(folder)) {
            for (Path file : content.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw FileProblem.of("cannot remove " + folder, e);
        }
    }
}
