package dev.sluice.data.text.tokens;

import dev.sluice.data.Sha256;
import dev.sluice.data.text.corpus.Corpus;
import dev.sluice.data.text.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** A tokenized corpus in memory: for what is small, such as generated stories. */
public final class TokenizedTexts implements TokenSource {
    private final Corpus corpus;
    private final int vocabulary;
    private final OptionalInt endOfText;
    private final String fingerprint;
    private final List<int[]> documents = new ArrayList<>();
    private final List<Integer> labelOf = new ArrayList<>();
    private final List<String> labels;
    private final long tokens;

    private TokenizedTexts(Corpus corpus, Tokenizer tokenizer, int threads) {
        this.corpus = corpus;
        this.vocabulary = tokenizer.vocabulary();
        this.endOfText = tokenizer.endOfText();
        this.fingerprint = fingerprint(corpus, tokenizer);
        LabelTable table = new LabelTable();
        try (BatchEncoder encoder = new BatchEncoder(tokenizer, threads)) {
            encoder.encode(
                    corpus,
                    (document, ids) -> {
                        documents.add(ids);
                        labelOf.add(table.number(document.label()));
                    },
                    done -> {});
        }
        this.labels = table.labels();
        this.tokens = documents.stream().mapToLong(ids -> ids.length).sum();
    }

    /**
     * Tokenizes all of {@code corpus} with {@code threads} threads.
     *
     * @throws dev.sluice.data.DataException if the corpus is damaged
     * @throws IllegalArgumentException naming the document that cannot be tokenized
     */
    public static TokenizedTexts of(Corpus corpus, Tokenizer tokenizer, int threads) {
        return new TokenizedTexts(corpus, tokenizer, threads);
    }

    static String fingerprint(Corpus corpus, Tokenizer tokenizer) {
        String both = corpus.fingerprint() + "\n" + tokenizer.fingerprint();
        return Sha256.of(both.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String name() {
        return corpus.name();
    }

    @Override
    public boolean generated() {
        return corpus.generated();
    }

    @Override
    public String fingerprint() {
        return fingerprint;
    }

    @Override
    public int vocabulary() {
        return vocabulary;
    }

    @Override
    public OptionalInt endOfText() {
        return endOfText;
    }

    @Override
    public long documents() {
        return documents.size();
    }

    @Override
    public long tokens() {
        return tokens;
    }

    @Override
    public int length(long document) {
        return ids(document).length;
    }

    @Override
    public void copy(long document, int from, int[] to, int at, int count) {
        System.arraycopy(ids(document), from, to, at, count);
    }

    @Override
    public List<String> labels() {
        return labels;
    }

    @Override
    public int label(long document) {
        return labelOf.get(Math.toIntExact(document));
    }

    private int[] ids(long document) {
        return documents.get(Math.toIntExact(document));
    }
}
