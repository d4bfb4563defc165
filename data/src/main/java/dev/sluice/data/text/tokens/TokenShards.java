package dev.sluice.data.text.tokens;

import dev.sluice.data.ProgressListener;
import dev.sluice.data.Sha256;
import dev.sluice.data.text.corpus.Corpus;
import dev.sluice.data.text.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * A corpus tokenized once and kept on disk: mapped files, so that it may be larger than memory.
 * Files of less than 2 GiB hold 16-bit ids where the vocabulary allows it, else 32-bit ones; every
 * block has a checksum that is compared when the block is first read. Tokenized again when the
 * corpus or the tokenizer has changed. Two processes that want the same corpus take turns. The
 * files may be deleted at any time when nobody reads them.
 */
public final class TokenShards implements TokenSource {
    private static final long BYTES_PER_FILE = 1L << 30;
    private static final int KEY = 16;

    private final String name;
    private final boolean generated;
    private final ShardIndex index;
    private final MappedNumbers tokens;
    private final MappedNumbers ends;
    private final MappedNumbers labelOf;

    private TokenShards(Corpus corpus, Path folder, ShardIndex index) {
        this.name = corpus.name();
        this.generated = corpus.generated();
        this.index = index;
        int width = ShardBuilder.width(index.vocabulary());
        this.tokens = new MappedNumbers(folder, index.tokens(), width);
        this.ends = new MappedNumbers(folder, index.ends(), Long.BYTES);
        this.labelOf = new MappedNumbers(folder, index.labelOf(), Integer.BYTES);
    }

    /**
     * The tokens of {@code corpus}, from {@code cache} if they are there and still right, else made
     * now.
     *
     * @param cache folder of all caches; a folder {@code tokens/NAME-…} in it is used
     * @param threads threads that tokenize
     * @param listener hears how tokenizing goes on
     * @throws dev.sluice.data.DataException if the corpus is damaged, or files in the cache are
     * @throws IllegalArgumentException naming the document that cannot be tokenized
     * @throws UncheckedIOException if the system refuses to read or write
     */
    public static TokenShards open(
            Corpus corpus,
            Tokenizer tokenizer,
            Path cache,
            int threads,
            ProgressListener listener) {
        return open(corpus, tokenizer, cache, threads, listener, BYTES_PER_FILE);
    }

    static TokenShards open(
            Corpus corpus,
            Tokenizer tokenizer,
            Path cache,
            int threads,
            ProgressListener listener,
            long bytesPerFile) {
        Path folder = folder(corpus, tokenizer, cache);
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create " + folder + ": " + e, e);
        }
        ShardBuilder builder = new ShardBuilder(corpus, tokenizer, folder, bytesPerFile);
        try (FolderTurn turn = FolderTurn.take(folder, listener)) {
            return new TokenShards(corpus, folder, builder.index(threads, listener));
        }
    }

    /** Where {@link #open} keeps the files of this corpus and tokenizer. */
    static Path folder(Corpus corpus, Tokenizer tokenizer, Path cache) {
        String both = corpus.identity() + "\n" + tokenizer.fingerprint();
        String key = Sha256.of(both.getBytes(StandardCharsets.UTF_8)).substring(0, KEY);
        String name = corpus.name().replaceAll("[^A-Za-z0-9._-]", "_");
        return cache.resolve("tokens").resolve(name + "-" + key);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean generated() {
        return generated;
    }

    @Override
    public String fingerprint() {
        String both = index.corpus() + "\n" + index.tokenizer();
        return Sha256.of(both.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public int vocabulary() {
        return index.vocabulary();
    }

    @Override
    public OptionalInt endOfText() {
        return index.endOfText() < 0 ? OptionalInt.empty() : OptionalInt.of(index.endOfText());
    }

    @Override
    public long documents() {
        return ends.size();
    }

    @Override
    public long tokens() {
        return tokens.size();
    }

    @Override
    public int length(long document) {
        return Math.toIntExact(ends.get(document) - start(document));
    }

    private long start(long document) {
        return document == 0 ? 0 : ends.get(document - 1);
    }

    @Override
    public void copy(long document, int from, int[] to, int at, int count) {
        if (from < 0 || count < 0 || from + (long) count > length(document)) {
            throw new IndexOutOfBoundsException(
                    "document " + document + " has no tokens " + from + " to " + (from + count));
        }
        tokens.copy(start(document) + from, to, at, count);
    }

    @Override
    public List<String> labels() {
        return index.labels();
    }

    @Override
    public int label(long document) {
        return (int) labelOf.get(document);
    }
}
