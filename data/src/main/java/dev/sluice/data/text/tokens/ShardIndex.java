package dev.sluice.data.text.tokens;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.data.DataException;
import dev.sluice.data.Sha256;
import dev.sluice.engine.AtomicFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a folder of token files holds and what it was made of. Whatever the index does not name is
 * not there; writing it is what completes the folder.
 *
 * @param stamp the sign of change of the corpus when it was read
 * @param corpus checksum of the corpus
 * @param tokenizer fingerprint of the tokenizer
 * @param vocabulary number of ids
 * @param endOfText the id that ends a document, or −1
 * @param labels the labels that occur
 * @param tokens the ids of all documents, one after the other
 * @param ends where each document ends, in tokens
 * @param labelOf the label of each document, as an index into the labels, or −1
 */
record ShardIndex(
        String stamp,
        String corpus,
        String tokenizer,
        int vocabulary,
        int endOfText,
        List<String> labels,
        List<ShardFile> tokens,
        List<ShardFile> ends,
        List<ShardFile> labelOf) {
    static final String FILE = "index.json";
    private static final String HEAD = "{\"format\":\"sluice.tokens/1\",\"sha256\":\"";
    private static final String MIDDLE = "\",\"content\":";
    private static final int DIGEST = 64;
    private static final ObjectMapper JSON = new ObjectMapper();

    void write(Path folder) {
        try {
            String content = JSON.writeValueAsString(this);
            String sum = Sha256.of(content.getBytes(StandardCharsets.UTF_8));
            String all = HEAD + sum + MIDDLE + content + "}";
            AtomicFiles.write(folder.resolve(FILE), all.getBytes(StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an index can be written as JSON", e);
        }
    }

    /**
     * The index of {@code folder}; empty if there is none of this format.
     *
     * @throws DataException if it was changed
     */
    static Optional<ShardIndex> read(Path folder) {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            byte[] all = Files.readAllBytes(file);
            String head =
                    new String(all, 0, Math.min(all.length, HEAD.length()), StandardCharsets.UTF_8);
            if (head.startsWith("{\"format\":") && !head.equals(HEAD)) {
                return Optional.empty();
            }
            int start = HEAD.length() + DIGEST + MIDDLE.length();
            if (!head.equals(HEAD) || all.length <= start) {
                throw damaged(folder, "a complete index");
            }
            byte[] content = Arrays.copyOfRange(all, start, all.length - 1);
            String sum = new String(all, HEAD.length(), DIGEST, StandardCharsets.UTF_8);
            if (!sum.equals(Sha256.of(content))) {
                throw damaged(folder, "content with the checksum " + sum);
            }
            return Optional.of(JSON.readValue(content, ShardIndex.class));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e, e);
        }
    }

    private static DataException damaged(Path folder, String expected) {
        return new DataException(
                folder.resolve(FILE),
                "content",
                expected,
                "another; delete the folder " + folder + " to tokenize again");
    }

    ShardIndex withStamp(String newer) {
        return new ShardIndex(
                newer, corpus, tokenizer, vocabulary, endOfText, labels, tokens, ends, labelOf);
    }

    /** Whether the files belong to these makers, whatever happened to the files' dates. */
    boolean madeOf(String corpusFingerprint, String tokenizerFingerprint) {
        return corpus.equals(corpusFingerprint) && tokenizer.equals(tokenizerFingerprint);
    }
}
