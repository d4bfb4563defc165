package dev.sluice.experiments.language;

import dev.sluice.data.ProgressListener;
import dev.sluice.data.TrainingData;
import dev.sluice.data.text.Corpora;
import dev.sluice.data.text.corpus.Corpus;
import dev.sluice.data.text.corpus.Documents;
import dev.sluice.data.text.corpus.Split;
import dev.sluice.data.text.generated.GeneratedPlaces;
import dev.sluice.data.text.generated.GeneratedStories;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.LongPredicate;

/**
 * A text that language models are trained on: part of its documents, chosen by a hash of their
 * numbers, is set aside to validate with.
 */
public final class TextData implements TrainingData {
    private static final long SPLIT_SEED = 0;
    private static final long GENERATED = 100_000;

    private final String source;
    private final long seed;
    private final Corpora corpora;
    private final ProgressListener listener;
    private final Corpus whole;
    private final String sha256;
    private final long training;
    private final long test;

    /** Finds the text, and reads it once for its checksum and the number of its documents. */
    TextData(
            String source,
            long seed,
            LanguageSettings settings,
            Map<String, String> environment,
            ProgressListener listener) {
        this.source = source;
        this.seed = seed;
        this.corpora = Corpora.of(environment);
        this.listener = listener;
        whole = corpus(settings);
        sha256 = whole.fingerprint();
        LongPredicate forTraining = training(settings);
        LongPredicate forTest = validation(settings);
        long trained = 0;
        long tested = 0;
        try (Documents all = whole.open()) {
            while (all.hasNext()) {
                long number = all.next().number();
                trained += forTraining.test(number) ? 1 : 0;
                tested += forTest.test(number) ? 1 : 0;
            }
        }
        training = trained;
        test = tested;
    }

    private static long limit(LanguageSettings settings) {
        int documents = settings.integer("documents");
        return documents == 0 ? Long.MAX_VALUE : documents;
    }

    /** The documents, as these settings read them. */
    Corpus corpus(LanguageSettings settings) {
        if (source.equals(GeneratedStories.NAME)) {
            return GeneratedStories.corpus(seed, Math.min(limit(settings), GENERATED));
        }
        if (source.equals(GeneratedPlaces.NAME)) {
            return GeneratedPlaces.corpus(seed, Math.min(limit(settings), GENERATED));
        }
        Corpus found = corpora.open(source, settings.format());
        int divide = settings.integer("divide");
        return divide == 0 ? found : found.divided(divide);
    }

    private static Split split(LanguageSettings settings) {
        return Split.of(settings.real("validation"), SPLIT_SEED);
    }

    /** Accepts the numbers of documents to train on. */
    static LongPredicate training(LanguageSettings settings) {
        long limit = limit(settings);
        LongPredicate own = split(settings).training();
        return number -> number < limit && own.test(number);
    }

    /** Accepts the numbers of documents to validate with. */
    static LongPredicate validation(LanguageSettings settings) {
        long limit = limit(settings);
        LongPredicate own = split(settings).validation();
        return number -> number < limit && own.test(number);
    }

    /** Where tokenized text is kept. */
    Path cache() {
        return corpora.cache();
    }

    /** Hears how long work goes on. */
    ProgressListener listener() {
        return listener;
    }

    @Override
    public String name() {
        return whole.name();
    }

    @Override
    public boolean generated() {
        return whole.generated();
    }

    @Override
    public long trainingSize() {
        return training;
    }

    @Override
    public long testSize() {
        return test;
    }

    @Override
    public long values() {
        return 0;
    }

    @Override
    public Map<String, String> sha256() {
        return Map.of("text", sha256);
    }
}
