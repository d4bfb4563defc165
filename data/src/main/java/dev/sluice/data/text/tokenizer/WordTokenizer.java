package dev.sluice.data.text.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.data.DataException;
import dev.sluice.data.Sha256;
import dev.sluice.engine.AtomicFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whole words as tokens, for languages of a few hundred words. A word behind a space is one token
 * with its space ({@code " tree"}), as in the vocabularies of published models, so that the same
 * rules fit; a number, or a single other character, likewise; any further white space is a token of
 * its own, character by character. Id 0 is {@code <|endoftext|>}, id 1 every piece that is not in
 * the vocabulary (it decodes to U+FFFD).
 */
public final class WordTokenizer implements Tokenizer {
    /** The id of the end of a document. */
    public static final int END = 0;

    /** The id of all that is not in the vocabulary. */
    public static final int UNKNOWN = 1;

    static final String FILE = "words.json";
    private static final String FORMAT = "sluice.words/1";
    private static final String END_TEXT = "<|endoftext|>";
    private static final String UNKNOWN_TEXT = "\uFFFD";
    private static final Pattern PIECE =
            Pattern.compile(
                    "<\\|endoftext\\|>| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]|\\s",
                    Pattern.UNICODE_CHARACTER_CLASS);

    private final List<String> tokens;
    private final Map<String, Integer> ids = new HashMap<>();
    private final byte[] file;

    private WordTokenizer(List<String> tokens) {
        this.tokens = List.copyOf(tokens);
        tokens.forEach(token -> ids.put(token, ids.size()));
        this.file = VocabularyFile.bytes(Map.of("format", FORMAT, "tokens", tokens));
    }

    /**
     * A vocabulary of these tokens, in this order, behind the two fixed ones; tokens named twice
     * count once.
     *
     * @throws IllegalArgumentException if one of them is not a single piece of text
     */
    public static WordTokenizer of(Collection<String> tokens) {
        LinkedHashSet<String> all = new LinkedHashSet<>(List.of(END_TEXT, UNKNOWN_TEXT));
        for (String token : tokens) {
            if (!pieces(token).equals(List.of(token))) {
                throw new IllegalArgumentException(
                        "\"" + token + "\": expected one word, found " + pieces(token));
            }
            all.add(token);
        }
        return new WordTokenizer(new ArrayList<>(all));
    }

    /** A vocabulary of all words that occur in {@code texts}, in the order of the alphabet. */
    public static WordTokenizer ofTexts(Iterable<String> texts) {
        TreeSet<String> all = new TreeSet<>();
        texts.forEach(text -> all.addAll(pieces(text)));
        return of(all);
    }

    /**
     * Reads what {@link #save} wrote.
     *
     * @throws DataException if the file is damaged
     */
    static WordTokenizer read(Path file) {
        List<String> tokens = new ArrayList<>();
        for (JsonNode token : VocabularyFile.read(file, FORMAT).path("tokens")) {
            tokens.add(token.asText());
        }
        try {
            WordTokenizer read = of(tokens);
            if (read.tokens.equals(tokens)) {
                return read;
            }
        } catch (IllegalArgumentException e) {
            throw new DataException(file, "tokens", "words", String.valueOf(e.getMessage()));
        }
        throw new DataException(
                file, "tokens", END_TEXT + ", " + UNKNOWN_TEXT + " and different words", "others");
    }

    /** The pieces of {@code text}, in order and without gaps. */
    static List<String> pieces(String text) {
        List<String> pieces = new ArrayList<>();
        Matcher matcher = PIECE.matcher(text);
        while (matcher.find()) {
            pieces.add(matcher.group());
        }
        return pieces;
    }

    @Override
    public int[] encode(String text) {
        return pieces(text).stream().mapToInt(piece -> ids.getOrDefault(piece, UNKNOWN)).toArray();
    }

    @Override
    public String decode(int... tokens) {
        StringBuilder text = new StringBuilder();
        for (int id : tokens) {
            text.append(text(id));
        }
        return text.toString();
    }

    @Override
    public int vocabulary() {
        return tokens.size();
    }

    @Override
    public String text(int id) {
        if (id < 0 || id >= tokens.size()) {
            throw new IllegalArgumentException(
                    "expected an id below " + tokens.size() + ", found " + id);
        }
        return tokens.get(id);
    }

    @Override
    public OptionalInt endOfText() {
        return OptionalInt.of(END);
    }

    @Override
    public OptionalInt unknown() {
        return OptionalInt.of(UNKNOWN);
    }

    @Override
    public String fingerprint() {
        return "words/1 " + Sha256.of(file);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Beside its own file it writes the same as a {@code tokenizer.json} for other programs.
     */
    @Override
    public void save(Path folder) {
        AtomicFiles.write(
                folder.resolve(HuggingFaceTokenizer.FILE),
                TokenizerForm.words(tokens, PIECE.pattern(), END_TEXT, UNKNOWN_TEXT));
        AtomicFiles.write(
                folder.resolve(HuggingFaceTokenizer.CONFIG),
                HuggingFaceTokenizer.configuration(END_TEXT));
        AtomicFiles.write(folder.resolve(FILE), file);
    }

    @Override
    public void close() {
        // Everything lies in the Java heap.
    }
}
