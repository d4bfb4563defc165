package dev.sluice.experiments.language;

import dev.sluice.data.DataException;
import dev.sluice.data.text.corpus.Corpus;
import dev.sluice.data.text.corpus.Document;
import dev.sluice.data.text.corpus.Documents;
import dev.sluice.data.text.generated.GeneratedPlaces;
import dev.sluice.data.text.generated.GeneratedStories;
import dev.sluice.data.text.tokenizer.BytePairs;
import dev.sluice.data.text.tokenizer.CutTokenizer;
import dev.sluice.data.text.tokenizer.Tokenizer;
import dev.sluice.data.text.tokenizer.TokenizerFolder;
import dev.sluice.data.text.tokenizer.WordTokenizer;
import dev.sluice.data.text.tokens.Layout;
import dev.sluice.data.text.tokens.PaddingSide;
import dev.sluice.data.text.tokens.TokenBatch;
import dev.sluice.data.text.tokens.TokenShards;
import dev.sluice.data.text.tokens.TokenSource;
import dev.sluice.data.text.tokens.TokenStream;
import dev.sluice.data.text.tokens.TokenizedTexts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** A text with its tokenizer, as rows of tokens to train on and to validate with. */
final class LanguageText implements AutoCloseable {
    private static final int LEARNED_FROM = 25_000;

    private final LanguageSettings settings;
    private final Tokenizer tokenizer;
    private final Corpus corpus;
    private final TextData.Parts parts;
    private final TextData data;
    private @Nullable TokenSource tokens;

    /**
     * A text with its tokenizer. Its tokens are made, or found made, when they are first asked for:
     * that may take hours, and whatever is wrong elsewhere had better be said before.
     *
     * @throws DataException if the text or the tokenizer is missing or damaged
     */
    LanguageText(TextData data, LanguageSettings settings) {
        this.settings = settings;
        corpus = data.corpus(settings);
        parts = TextData.Parts.of(corpus, settings);
        this.data = data;
        tokenizer = chosen();
    }

    /**
     * The tokens of the text.
     *
     * @throws DataException if the text is damaged
     */
    private TokenSource tokens() {
        TokenSource known = tokens;
        if (known == null) {
            int threads = Runtime.getRuntime().availableProcessors();
            known =
                    corpus.generated()
                            ? TokenizedTexts.of(corpus, tokenizer, threads)
                            : TokenShards.open(
                                    corpus, tokenizer, data.cache(), threads, data.listener());
            tokens = known;
        }
        return known;
    }

    private Tokenizer chosen() {
        String said = settings.text("tokenizer");
        boolean auto = said.equals(LanguageSettings.AUTO);
        if (auto && settings.pretrained()) {
            return TokenizerFolder.open(TextModel.checkpoint(Path.of(settings.text("model"))));
        }
        if (said.equals(LanguageSettings.WORDS) || (auto && corpus.generated())) {
            return words();
        }
        return auto || said.equals(LanguageSettings.PAIRS)
                ? BytePairs.learn(learnedFrom(), settings.integer("vocabulary"))
                : cut(TokenizerFolder.open(TextModel.folder(Path.of(said))));
    }

    /** The tokens that occur most in the text, if not all are to be kept. */
    private Tokenizer cut(Tokenizer whole) {
        int kept = settings.integer("cut");
        if (kept == 0 || kept >= whole.vocabulary()) {
            return whole;
        }
        try {
            return CutTokenizer.of(whole, CutTokenizer.counts(whole, learnedFrom()), kept);
        } catch (RuntimeException e) {
            whole.close();
            throw e;
        }
    }

    private Tokenizer words() {
        return switch (corpus.name()) {
            case GeneratedStories.NAME -> GeneratedStories.tokenizer();
            case GeneratedPlaces.NAME -> GeneratedPlaces.tokenizer();
            default -> WordTokenizer.ofTexts(learnedFrom());
        };
    }

    /** The first documents to train on. */
    private List<String> learnedFrom() {
        List<String> texts = new ArrayList<>();
        try (Documents all = corpus.open()) {
            while (all.hasNext() && texts.size() < LEARNED_FROM) {
                Document document = all.next();
                if (parts.training().test(document.number())) {
                    texts.add(document.text());
                }
            }
        }
        return texts;
    }

    Tokenizer tokenizer() {
        return tokenizer;
    }

    /** The labels of documents that occur. */
    List<String> labels() {
        return tokens().labels();
    }

    /** The token of words that the vocabulary lacks, where it says nothing else as well. */
    OptionalInt unknown() {
        OptionalInt unknown = tokenizer.unknown();
        return unknown.equals(tokenizer.endOfText()) ? OptionalInt.empty() : unknown;
    }

    Corpus corpus() {
        return corpus;
    }

    private Layout layout() {
        int length = settings.integer("context") + 1;
        return settings.packed()
                ? new Layout.Packed(length)
                : new Layout.Padded(length, PaddingSide.RIGHT, tokenizer.endOfText().isPresent());
    }

    /** Accepts the numbers of the documents to validate with. */
    LongPredicate setAside() {
        return parts.validation();
    }

    /** Leaves out documents that nothing can be predicted in. */
    private LongPredicate usable(LongPredicate selection) {
        TokenSource source = tokens();
        int least = tokenizer.endOfText().isPresent() ? 1 : 2;
        return number -> selection.test(number) && source.length(number) >= least;
    }

    /** Rows to train on, in random order. */
    TokenStream training(long seed) {
        return TokenStream.shuffled(tokens(), usable(parts.training()), layout(), batch(), seed);
    }

    private int batch() {
        return settings.integer("batch");
    }

    /** The same, from where it stood. */
    TokenStream training(TokenStream.State state) {
        return TokenStream.restore(tokens(), usable(parts.training()), layout(), state);
    }

    /**
     * Goes through the rows to validate with, as many as the settings say.
     *
     * @throws DataException if there is not enough text for one
     */
    void validation(Consumer<TextBatch> each) {
        inOrder(setAside(), each);
    }

    /**
     * Goes through the rows of all documents, as many as the settings say.
     *
     * @throws DataException if there is not enough text for one
     */
    void everything(Consumer<TextBatch> each) {
        inOrder(setAside().or(parts.training()), each);
    }

    /**
     * Refuses a text that leaves nothing to validate with: before hours of training, not after.
     *
     * @throws DataException if there is not enough text for a row
     */
    void checkValidation() {
        rows(
                setAside(),
                "documents to validate with",
                " (--context for shorter rows, --set validation= for a larger share, --set"
                        + " divide= for smaller pieces)");
    }

    private TokenStream rows(LongPredicate selection, String what, String advice) {
        try {
            return TokenStream.inOrder(tokens(), usable(selection), layout(), batch());
        } catch (DataException e) {
            throw new DataException(
                    Path.of(corpus.name()),
                    what,
                    "enough for a row of " + layout().length() + " tokens" + advice,
                    "less");
        }
    }

    private void inOrder(LongPredicate selection, Consumer<TextBatch> each) {
        TokenStream rows = rows(selection, "documents", " (--context for shorter rows)");
        long left = Math.min(settings.integer("validation_rows"), rows.rowsPerEpoch());
        while (left > 0) {
            TextBatch batch = batch(rows.next());
            each.accept(left < batch.size() ? batch.rows(0, (int) left) : batch);
            left -= batch.size();
        }
    }

    /** Rows that rules may look at. */
    TextBatch batch(TokenBatch rows) {
        return TextBatch.of(rows, labels(), settings.packed());
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
