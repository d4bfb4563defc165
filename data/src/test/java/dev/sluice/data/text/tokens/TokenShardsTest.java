package dev.sluice.data.text.tokens;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.data.DataException;
import dev.sluice.data.ProgressListener;
import dev.sluice.data.text.corpus.Corpus;
import dev.sluice.data.text.corpus.TextCorpus;
import dev.sluice.data.text.corpus.TextFormat;
import dev.sluice.engine.Rng;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TokenShardsTest {
    private static final int DOCUMENTS = 300;

    private Path folder;
    private Path file;
    private Path cache;

    @BeforeEach
    void write(@TempDir Path empty) throws IOException {
        folder = empty;
        file = folder.resolve("corpus.jsonl");
        cache = folder.resolve("cache");
        Rng rng = Rng.of(7);
        List<String> lines = new ArrayList<>();
        for (int d = 0; d < DOCUMENTS; d++) {
            String text = Character.toString('a' + d % 26).repeat(rng.nextInt(4000)) + " \u6728";
            lines.add(
                    "{\"text\": \""
                            + text
                            + "\""
                            + (d % 3 == 0 ? "" : ", \"label\": \"l" + d % 3 + "\"")
                            + "}");
        }
        Files.write(file, lines);
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000_000_000L));
    }

    private Corpus corpus() {
        return TextCorpus.of(file, TextFormat.standard());
    }

    private TokenShards open(CodePoints tokenizer) {
        return TokenShards.open(
                corpus(), tokenizer, cache, 2, ProgressListener.silent(), ShardWriter.BLOCK);
    }

    private Path shards(CodePoints tokenizer) {
        return TokenShards.folder(corpus(), tokenizer, cache);
    }

    private static void assertSame(TokenSource expected, TokenSource found) {
        assertEquals(expected.documents(), found.documents());
        assertEquals(expected.tokens(), found.tokens());
        assertEquals(expected.labels(), found.labels());
        assertEquals(expected.endOfText(), found.endOfText());
        assertEquals(expected.vocabulary(), found.vocabulary());
        assertEquals(expected.fingerprint(), found.fingerprint());
        for (long d = 0; d < expected.documents(); d++) {
            assertArrayEquals(expected.document(d), found.document(d));
            assertEquals(expected.label(d), found.label(d));
        }
        assertArrayEquals(expected.counts(), found.counts());
    }

    @Test
    void shardsHoldWhatMemoryWouldInSixteenAndInThirtyTwoBits() throws IOException {
        for (int vocabulary : new int[] {1 << 16, 1 << 17}) {
            CodePoints tokenizer = new CodePoints(vocabulary);
            TokenSource expected = TokenizedTexts.of(corpus(), tokenizer, 1);
            assertSame(expected, open(tokenizer));
            assertEquals(Optional.of("l1"), expected.labels().stream().findFirst());
            try (Stream<Path> files = Files.list(shards(tokenizer))) {
                long tokenFiles =
                        files.filter(f -> f.getFileName().toString().startsWith("tokens")).count();
                long bytes = expected.tokens() * (vocabulary == 1 << 16 ? 2 : 4);
                assertEquals((bytes + ShardWriter.BLOCK - 1) / ShardWriter.BLOCK, tokenFiles);
                assertTrue(tokenFiles > 3);
            }
        }
    }

    @Test
    void aSecondOpeningTokenizesNothing() throws IOException {
        CodePoints tokenizer = new CodePoints(1 << 16);
        open(tokenizer);
        assertEquals(DOCUMENTS, tokenizer.calls.get());
        open(tokenizer);
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_100_000_000_000L));
        open(tokenizer);
        open(tokenizer);
        assertEquals(DOCUMENTS, tokenizer.calls.get());
    }

    @Test
    void aChangedCorpusOrTokenizerIsTokenizedAgain() throws IOException {
        CodePoints tokenizer = new CodePoints(1 << 16);
        FileTime now = Files.getLastModifiedTime(Files.createFile(folder.resolve("now")));
        Files.setLastModifiedTime(file, now);
        String before = open(tokenizer).fingerprint();
        String text = Files.readString(file);
        Files.writeString(file, text.replaceFirst("aa", "ab"));
        Files.setLastModifiedTime(file, now);
        TokenShards changed = open(tokenizer);
        assertNotEquals(before, changed.fingerprint());
        assertSame(TokenizedTexts.of(corpus(), tokenizer, 1), changed);
        CodePoints other = new CodePoints(1 << 17);
        open(other);
        assertEquals(DOCUMENTS, other.calls.get());
        assertOnlyNamedFiles(tokenizer);
    }

    private void assertOnlyNamedFiles(CodePoints tokenizer) throws IOException {
        ShardIndex index = ShardIndex.read(shards(tokenizer)).orElseThrow();
        long named = (long) index.tokens().size() + index.ends().size() + index.labelOf().size();
        try (Stream<Path> files = Files.list(shards(tokenizer))) {
            assertEquals(named + 2, files.count(), "the index, the lock and what the index names");
        }
    }

    @Test
    void alteredTruncatedAndMissingFilesAreOneClearError() throws IOException {
        CodePoints tokenizer = new CodePoints(1 << 16);
        open(tokenizer);
        ShardIndex index = ShardIndex.read(shards(tokenizer)).orElseThrow();
        for (List<ShardFile> files : List.of(index.tokens(), index.ends(), index.labelOf())) {
            Path data = shards(tokenizer).resolve(files.get(0).name());
            byte[] whole = Files.readAllBytes(data);
            flip(data, whole.length / 2);
            TokenShards altered = open(tokenizer);
            DataException e = assertThrows(DataException.class, () -> assertSame(altered, altered));
            assertTrue(String.valueOf(e.getMessage()).contains("tokenize again"));
            Files.write(data, Arrays.copyOf(whole, whole.length - 1));
            assertThrows(DataException.class, () -> open(tokenizer));
            Files.delete(data);
            assertThrows(DataException.class, () -> open(tokenizer));
            Files.write(data, whole);
            open(tokenizer);
        }
        Path file = shards(tokenizer).resolve(ShardIndex.FILE);
        byte[] whole = Files.readAllBytes(file);
        for (int at : new int[] {70, 200, whole.length / 2}) {
            flip(file, at);
            assertThrows(DataException.class, () -> open(tokenizer));
            Files.write(file, Arrays.copyOf(whole, at));
            assertThrows(DataException.class, () -> open(tokenizer));
            Files.write(file, whole);
        }
        assertEquals(DOCUMENTS, tokenizer.calls.get());
    }

    private static void flip(Path file, long at) throws IOException {
        try (RandomAccessFile data = new RandomAccessFile(file.toFile(), "rw")) {
            data.seek(at);
            int old = data.read();
            data.seek(at);
            data.write(old ^ 1);
        }
    }

    @Test
    void severalThreadsTokenizeOnce() {
        CodePoints tokenizer = new CodePoints(1 << 16);
        List<CompletableFuture<TokenShards>> all =
                Stream.generate(() -> CompletableFuture.supplyAsync(() -> open(tokenizer)))
                        .limit(4)
                        .toList();
        TokenSource expected = TokenizedTexts.of(corpus(), new CodePoints(1 << 16), 1);
        all.forEach(shards -> assertSame(expected, shards.join()));
        assertEquals(DOCUMENTS, tokenizer.calls.get());
    }

    @Test
    void aBuildThatFailsLeavesNothingInTheWay() throws IOException {
        CodePoints narrow = new CodePoints('k');
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> open(narrow));
        assertTrue(String.valueOf(e.getMessage()).startsWith("document 0: "), e.getMessage());
        Files.writeString(file, "{\"text\": \"abc\"}\n");
        Files.writeString(shards(narrow).resolve("tokens-old-0.bin"), "left by a killed process");
        Files.writeString(shards(narrow).resolve(".tokens-old-1.tmp"), "also");
        assertSame(TokenizedTexts.of(corpus(), narrow, 1), open(narrow));
        assertOnlyNamedFiles(narrow);
    }

    @Test
    void anEmptyCorpusHasNoDocuments() throws IOException {
        Files.writeString(file, "");
        TokenShards shards = open(new CodePoints(1 << 16));
        assertEquals(0, shards.documents());
        assertEquals(0, shards.tokens());
        Files.writeString(file, "{\"text\": \"\"}");
        assertArrayEquals(new int[0], open(new CodePoints(1 << 16)).document(0));
    }

    /** What a second process runs: builds or finds the shards and prints their fingerprint. */
    static final class OtherProcess {
        private OtherProcess() {}

        public static void main(String[] args) {
            Corpus corpus = TextCorpus.of(Path.of(args[0]), TextFormat.standard());
            TokenShards shards =
                    TokenShards.open(
                            corpus,
                            new CodePoints(1 << 16),
                            Path.of(args[1]),
                            1,
                            ProgressListener.silent());
            long sum = 0;
            for (long d = 0; d < shards.documents(); d++) {
                sum += Arrays.stream(shards.document(d)).asLongStream().sum();
            }
            System.out.print(shards.fingerprint() + " " + sum);
        }
    }

    @Test
    void twoProcessesTakeTurns() throws IOException, InterruptedException {
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            processes.add(
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "-Xmx256m",
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    OtherProcess.class.getName(),
                                    file.toString(),
                                    cache.toString())
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start());
        }
        TokenSource expected = TokenizedTexts.of(corpus(), new CodePoints(1 << 16), 1);
        long sum = 0;
        for (long d = 0; d < expected.documents(); d++) {
            sum += Arrays.stream(expected.document(d)).asLongStream().sum();
        }
        for (Process process : processes) {
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, process.waitFor());
            assertEquals(expected.fingerprint() + " " + sum, said);
        }
        assertOnlyNamedFiles(new CodePoints(1 << 16));
    }
}
