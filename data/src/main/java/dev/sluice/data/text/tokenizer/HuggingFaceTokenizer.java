package dev.sluice.data.text.tokenizer;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.sluice.data.DataException;
import dev.sluice.data.Sha256;
import dev.sluice.engine.AtomicFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The tokenizer of a published model, read from its {@code tokenizer.json} and run by Hugging
 * Face's own library, so that ids agree with theirs. Truncation, padding and special tokens that
 * the file asks for are left out; special tokens that stand in a text are recognised. Needs no
 * network. The end-of-text token is the {@code eos_token} of a {@code tokenizer_config.json} beside
 * the file, else {@code <|endoftext|>}, {@code </s>} or {@code <|end_of_text|>}.
 */
public final class HuggingFaceTokenizer implements Tokenizer {
    static final String FILE = "tokenizer.json";
    static final String CONFIG = "tokenizer_config.json";
    private static final List<String> USUAL_ENDS =
            List.of("<|endoftext|>", "</s>", "<|end_of_text|>");
    private static final long MAX_BYTES = 1L << 29;

    private final TokenizersLibrary library = NativeTokenizers.library();
    private final ReentrantReadWriteLock inUse = new ReentrantReadWriteLock();
    private final byte[] original;
    private final int vocabulary;
    private final OptionalInt endOfText;
    private final OptionalInt unknown;
    private final Optional<String> endText;
    private final String fingerprint;
    private final int[] anchor;

    /** What {@link #text} found; threads that find the same twice do no harm. */
    private final @Nullable String[] texts;

    private long handle;

    private HuggingFaceTokenizer(Path file, byte[] original, Optional<String> configuredEnd) {
        TokenizerJson parsed = TokenizerJson.parse(file, original);
        this.original = original;
        this.vocabulary = parsed.vocabulary();
        this.unknown = parsed.unknown();
        this.texts = new String[vocabulary];
        this.endText =
                configuredEnd
                        .filter(parsed.ids()::containsKey)
                        .or(
                                () ->
                                        USUAL_ENDS.stream()
                                                .filter(parsed.ids()::containsKey)
                                                .findFirst());
        this.endOfText =
                endText.map(parsed.ids()::get).map(OptionalInt::of).orElseGet(OptionalInt::empty);
        this.fingerprint = "huggingface/1 " + Sha256.of(original) + " end " + endOfText.orElse(-1);
        try {
            handle = library.createTokenizerFromString(parsed.json());
        } catch (RuntimeException e) {
            throw new DataException(file, "content", "a tokenizer", String.valueOf(e.getMessage()));
        }
        this.anchor = anchor();
    }

    /**
     * Reads {@code tokenizer.json}, or the folder that it lies in.
     *
     * @throws DataException if there is none, or it is damaged or of a kind that is not known
     * @throws UncheckedIOException if the system refuses to read it, or has no native library
     */
    public static HuggingFaceTokenizer open(Path fileOrFolder) {
        Path file = Files.isDirectory(fileOrFolder) ? fileOrFolder.resolve(FILE) : fileOrFolder;
        Path config = file.resolveSibling(CONFIG);
        Optional<String> end =
                Files.exists(config)
                        ? TokenizerJson.endOfText(config, bytes(config))
                        : Optional.empty();
        return new HuggingFaceTokenizer(file, bytes(file), end);
    }

    /** A tokenizer that was made here: the bytes of its {@code tokenizer.json}. */
    static HuggingFaceTokenizer of(byte[] json) {
        return new HuggingFaceTokenizer(Path.of(FILE), json, Optional.empty());
    }

    /** What other programs want to know beside {@code tokenizer.json}. */
    static byte[] configuration(String end) {
        return VocabularyFile.bytes(
                Map.of(
                        "eos_token",
                        end,
                        "bos_token",
                        end,
                        "clean_up_tokenization_spaces",
                        false,
                        "tokenizer_class",
                        "PreTrainedTokenizerFast"));
    }

    static byte[] bytes(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new DataException(file, "file", "a tokenizer", "no such file");
        }
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new DataException(
                        file, "size", "at most " + MAX_BYTES + " bytes", "" + Files.size(file));
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e, e);
        }
    }

    @Override
    public int[] encode(String text) {
        requireUnicode(text);
        return using(
                open -> {
                    try {
                        return ids(open, text);
                    } catch (RuntimeException e) {
                        throw new IllegalArgumentException(
                                "this text cannot be tokenized: " + e.getMessage(), e);
                    }
                });
    }

    private int[] ids(long open, String text) {
        long encoding = library.encode(open, text, false);
        try {
            long[] found = library.getTokenIds(encoding);
            int[] ids = new int[found.length];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = (int) found[i];
            }
            return ids;
        } finally {
            library.deleteEncoding(encoding);
        }
    }

    /** Native code would replace more than the broken half. */
    private static void requireUnicode(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!Character.isSupplementaryCodePoint(text.codePointAt(i))) {
                    throw new IllegalArgumentException(
                            "text, character " + i + ": expected Unicode, found half a character");
                }
                i++;
            }
        }
    }

    @Override
    public String decode(int... ids) {
        long[] wide = new long[ids.length];
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0 || ids[i] >= vocabulary) {
                throw new IllegalArgumentException(
                        "token "
                                + i
                                + ": expected an id below "
                                + vocabulary
                                + ", found "
                                + ids[i]);
            }
            wide[i] = ids[i];
        }
        return using(open -> library.decode(open, wide, false));
    }

    @Override
    public int vocabulary() {
        return vocabulary;
    }

    @Override
    public String text(int id) {
        if (id < 0 || id >= vocabulary) {
            return added(id);
        }
        String known = texts[id];
        if (known == null) {
            known = added(id);
            texts[id] = known;
        }
        return known;
    }

    private String added(int id) {
        String before = decode(anchor);
        int[] both = Arrays.copyOf(anchor, anchor.length + 1);
        both[anchor.length] = id;
        String after = decode(both);
        return after.startsWith(before) ? after.substring(before.length()) : decode(id);
    }

    /** Ids to decode a token behind: some decoders drop the space of the first token of a text. */
    private int[] anchor() {
        try {
            return encode("a");
        } catch (IllegalArgumentException e) {
            return new int[0];
        }
    }

    @Override
    public OptionalInt endOfText() {
        return endOfText;
    }

    @Override
    public OptionalInt unknown() {
        return unknown;
    }

    @Override
    public String fingerprint() {
        return fingerprint;
    }

    @Override
    public void save(Path folder) {
        AtomicFiles.write(folder.resolve(FILE), original);
        endText.ifPresent(text -> AtomicFiles.write(folder.resolve(CONFIG), configuration(text)));
    }

    private <T> T using(LongFunction<T> work) {
        inUse.readLock().lock();
        try {
            if (handle == 0) {
                throw new IllegalStateException("this tokenizer is closed");
            }
            return work.apply(handle);
        } finally {
            inUse.readLock().unlock();
        }
    }

    @Override
    public void close() {
        inUse.writeLock().lock();
        try {
            if (handle != 0) {
                library.deleteTokenizer(handle);
                handle = 0;
            }
        } finally {
            inUse.writeLock().unlock();
        }
    }
}
