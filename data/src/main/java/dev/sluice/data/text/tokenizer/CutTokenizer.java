package dev.sluice.data.text.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.data.DataException;
import dev.sluice.data.Sha256;
import dev.sluice.engine.AtomicFiles;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The most frequent tokens of another tokenizer, for models too small for its whole vocabulary. Id
 * 0 stands for every token that is left out and decodes to U+FFFD; then comes the end of text, if
 * the other tokenizer has one, then the kept tokens, the most frequent first. Closing it closes the
 * tokenizer it stands on.
 */
public final class CutTokenizer implements Tokenizer {
    /** The id of all that is not in the vocabulary. */
    public static final int UNKNOWN = 0;

    static final String FILE = "cut-vocabulary.json";
    private static final String FORMAT = "sluice.cut-vocabulary/1";

    private final Tokenizer base;
    private final int[] kept;
    private final int[] ids;
    private final int[] replacement;
    private final byte[] file;

    /** {@code kept}: the base ids of ids 1, 2, …. */
    private CutTokenizer(Tokenizer base, int[] kept) {
        this.base = base;
        this.kept = kept;
        this.ids = new int[base.vocabulary()];
        for (int i = 0; i < kept.length; i++) {
            ids[kept[i]] = i + 1;
        }
        this.replacement = base.encode("\uFFFD");
        this.file =
                VocabularyFile.bytes(
                        Map.of("format", FORMAT, "base", base.fingerprint(), "kept", kept));
    }

    /**
     * Keeps the tokens that occur most often; among equals the lower base id. Tokens that do not
     * occur are left out even where there is room.
     *
     * @param counts how often each base token occurs, by base id
     * @param size ids of the new vocabulary at most, unknown and end of text included
     * @throws IllegalArgumentException if {@code counts} is of another vocabulary, or {@code size}
     *     has no room for a token
     */
    public static CutTokenizer of(Tokenizer base, long[] counts, int size) {
        OptionalInt end = base.endOfText();
        int forced = end.isPresent() ? 1 : 0;
        if (counts.length != base.vocabulary() || size < forced + 2) {
            throw new IllegalArgumentException(
                    "expected "
                            + base.vocabulary()
                            + " counts and a size of at least "
                            + (forced + 2)
                            + ", found "
                            + counts.length
                            + " and "
                            + size);
        }
        IntStream frequent =
                IntStream.range(0, counts.length)
                        .filter(id -> counts[id] > 0 && id != end.orElse(-1))
                        .boxed()
                        .sorted((a, b) -> Long.compare(counts[b], counts[a]))
                        .mapToInt(Integer::intValue)
                        .limit(size - forced - 1);
        return new CutTokenizer(base, IntStream.concat(end.stream(), frequent).toArray());
    }

    /** How often each id of {@code tokenizer} occurs in {@code texts}, by id. */
    public static long[] counts(Tokenizer tokenizer, Iterable<String> texts) {
        long[] counts = new long[tokenizer.vocabulary()];
        for (String text : texts) {
            for (int id : tokenizer.encode(text)) {
                counts[id]++;
            }
        }
        return counts;
    }

    /**
     * Reads what {@link #save} wrote.
     *
     * @throws DataException if the file is damaged or was cut from another tokenizer than {@code
     *     base}
     */
    static CutTokenizer read(Path file, Tokenizer base) {
        JsonNode root = VocabularyFile.read(file, FORMAT);
        String cutFrom = root.path("base").asText();
        if (!cutFrom.equals(base.fingerprint())) {
            throw new DataException(file, "base", "the tokenizer " + cutFrom, base.fingerprint());
        }
        JsonNode list = root.path("kept");
        int[] kept = new int[list.size()];
        boolean[] seen = new boolean[base.vocabulary()];
        for (int i = 0; i < kept.length; i++) {
            JsonNode id = list.get(i);
            kept[i] = id.isInt() ? id.intValue() : -1;
            if (kept[i] < 0 || kept[i] >= seen.length || seen[kept[i]]) {
                throw new DataException(
                        file, "kept[" + i + "]", "an id of the base, once", String.valueOf(id));
            }
            seen[kept[i]] = true;
        }
        return new CutTokenizer(base, kept);
    }

    @Override
    public int[] encode(String text) {
        return Arrays.stream(base.encode(text)).map(id -> ids[id]).toArray();
    }

    @Override
    public String decode(int... tokens) {
        return base.decode(
                Arrays.stream(tokens)
                        .flatMap(
                                id ->
                                        id == UNKNOWN
                                                ? Arrays.stream(replacement)
                                                : IntStream.of(baseId(id)))
                        .toArray());
    }

    private int baseId(int id) {
        if (id < 1 || id > kept.length) {
            throw new IllegalArgumentException(
                    "expected an id below " + vocabulary() + ", found " + id);
        }
        return kept[id - 1];
    }

    @Override
    public int vocabulary() {
        return kept.length + 1;
    }

    @Override
    public String text(int id) {
        return id == UNKNOWN ? "\uFFFD" : base.text(baseId(id));
    }

    @Override
    public OptionalInt endOfText() {
        OptionalInt end = base.endOfText();
        return end.isPresent() && ids[end.getAsInt()] != UNKNOWN
                ? OptionalInt.of(ids[end.getAsInt()])
                : OptionalInt.empty();
    }

    @Override
    public OptionalInt unknown() {
        return OptionalInt.of(UNKNOWN);
    }

    @Override
    public String fingerprint() {
        return "cut/1 " + Sha256.of(file);
    }

    @Override
    public void save(Path folder) {
        base.save(folder);
        AtomicFiles.write(folder.resolve(FILE), file);
    }

    @Override
    public void close() {
        base.close();
    }
}
