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
        Parts parts = Parts.of(whole, settings);
        long trained = 0;
        long tested = 0;
        try (Documents all = whole.open()) {
            while (all.hasNext()) {
                long number = all.next().number();
                trained += parts.training().test(number) ? 1 : 0;
                tested += parts.validation().test(number) ? 1 : 0;
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
        int divide = settings.packed() ? settings.integer("divide") : 0;
        return divide == 0 ? found : found.divided(divide);
    }

    /**
     * The division of a corpus.
     *
     * @param training accepts the numbers of documents to train on
     * @param validation accepts those of documents to validate with
     */
    record Parts(LongPredicate training, LongPredicate validation) {
        /** As the settings have it; reads the beginning of the corpus. */
        static Parts of(Corpus corpus, LanguageSettings settings) {
            long limit = limit(settings);
            long first = 0;
            try (Documents all = corpus.open()) {
                while (first < Math.min(limit, Split.FIRST) && all.hasNext()) {
                    all.next();
                    first++;
                }
            }
            Split split = Split.of(settings.real("validation"), SPLIT_SEED).withSome(first);
            return new Parts(
                    number -> number < limit && split.training().test(number),
                    number -> number < limit && split.validation().test(number));
        }
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
