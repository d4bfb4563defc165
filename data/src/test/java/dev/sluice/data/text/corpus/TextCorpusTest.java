package dev.sluice.data.text.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.data.DataException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TextCorpusTest {
    private static final TextFormat FORMAT = TextFormat.standard();

    private Path folder;

    @BeforeEach
    void start(@TempDir Path empty) {
        folder = empty;
    }

    private Path file(String name, byte[] bytes) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.write(file, bytes);
    }

    private Path file(String name, String text) throws IOException {
        return file(name, text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void emptyDocumentsAndOuterSpaceOfPlainTextAreDropped() throws IOException {
        Path path = file("a.txt", "\uFEFF one \n<|endoftext|><|endoftext|>\n\n<|endoftext|>two");
        assertEquals(List.of("one", "two"), CorpusFiles.texts(path, FORMAT));
        assertEquals(
                List.of("x", "y"),
                CorpusFiles.texts(file("b.txt", "x\n\n\ny\n"), FORMAT.withSeparator("\n\n")));
        assertEquals(
                List.of("x\n\ny"),
                CorpusFiles.texts(file("c.txt", "x\n\ny\n"), FORMAT.withSeparator("")));
        assertEquals(List.of(), CorpusFiles.texts(file("d.txt", ""), FORMAT));
    }

    @Test
    void jsonLinesKeepTextsAndLabels() throws IOException {
        String lines =
                """
                {"text": " a \\u6728", "label": "forest"}

                {"label": 3, "text": ""}
                {"text": "c", "label": null, "other": [1]}
                """;
        List<Document> expected =
                List.of(
                        new Document(0, " a \u6728", Optional.of("forest")),
                        new Document(1, "", Optional.of("3")),
                        new Document(2, "c", Optional.empty()));
        assertEquals(expected, CorpusFiles.read(file("a.jsonl", lines), FORMAT));
        assertEquals(
                expected,
                CorpusFiles.read(file("b.jsonl.gz", CorpusFiles.gzip(lines.strip())), FORMAT));
        Path other = file("c.ndjson", "{\"body\": \"x\", \"kind\": true}");
        assertEquals(
                List.of(new Document(0, "x", Optional.of("true"))),
                CorpusFiles.read(other, FORMAT.withFields("body", "kind")));
    }

    @Test
    void foldersAreReadInTheOrderOfNames() throws IOException {
        file("text/b.txt", "2");
        file("text/a/z.txt.gz", CorpusFiles.gzip("1"));
        file("text/c.jsonl", "{\"text\": \"3\"}");
        file("text/.hidden", new byte[] {(byte) 0xFF});
        file("text/.git/x.txt", "no");
        List<Document> read = CorpusFiles.read(folder.resolve("text"), FORMAT);
        assertEquals(List.of("1", "2", "3"), read.stream().map(Document::text).toList());
        assertEquals(List.of(0L, 1L, 2L), read.stream().map(Document::number).toList());
    }

    @Test
    void whatIsNoUtf8IsNamedWithItsLine() throws IOException {
        byte[] bytes = "one\ntwo\nthr\u00e9e".getBytes(StandardCharsets.ISO_8859_1);
        Path path = file("latin.txt", bytes);
        DataException e = assertThrows(DataException.class, () -> CorpusFiles.texts(path, FORMAT));
        assertEquals(path + ", line 3: expected UTF-8 text, found byte 0xE9", e.getMessage());
        byte[] cut = Arrays.copyOf("a\n\u6728".getBytes(StandardCharsets.UTF_8), 4);
        Path end = file("cut.txt", cut);
        assertTrue(
                String.valueOf(
                                assertThrows(
                                                DataException.class,
                                                () -> CorpusFiles.texts(end, FORMAT))
                                        .getMessage())
                        .contains("line 2"));
    }

    @Test
    void brokenJsonIsNamedWithItsLine() throws IOException {
        for (String bad :
                List.of("{", "[]", "{\"text\": 1}", "{\"body\": \"x\"}", "{\"text\":\"a\"} x")) {
            Path path = file("bad.jsonl", "{\"text\": \"fine\"}\n" + bad + "\n");
            DataException e =
                    assertThrows(DataException.class, () -> CorpusFiles.texts(path, FORMAT), bad);
            assertTrue(String.valueOf(e.getMessage()).startsWith(path + ", line 2:"), bad);
        }
    }

    @Test
    void aTruncatedGzipIsAnError() throws IOException {
        byte[] whole = CorpusFiles.gzip("word ".repeat(100) + Math.PI);
        Path path = file("a.txt.gz", Arrays.copyOf(whole, whole.length - 12));
        assertThrows(DataException.class, () -> CorpusFiles.texts(path, FORMAT));
        assertThrows(DataException.class, () -> CorpusFiles.texts(folder.resolve("none"), FORMAT));
        Files.createDirectory(folder.resolve("empty"));
        assertThrows(DataException.class, () -> CorpusFiles.texts(folder.resolve("empty"), FORMAT));
    }

    @Test
    void textWithoutSeparatorsIsDividedAtALineBreak() throws IOException {
        String line = "x".repeat(999) + "\n";
        Path path = file("long.txt", line.repeat(PlainText.LONGEST / 1000 + 500));
        List<String> parts = CorpusFiles.texts(path, FORMAT);
        assertEquals(2, parts.size());
        assertTrue(parts.get(0).length() <= PlainText.LONGEST);
        assertTrue(parts.get(0).endsWith("\n" + "x".repeat(999)));
        assertEquals(line.repeat(PlainText.LONGEST / 1000 + 500).strip(), String.join("\n", parts));
    }

    @Test
    void theFingerprintFollowsNamesContentsAndFormat() throws IOException {
        Path path = file("f/a.txt", "one");
        TextCorpus corpus = TextCorpus.of(folder.resolve("f"), FORMAT);
        String before = corpus.fingerprint();
        assertEquals(before, corpus.fingerprint());
        Files.writeString(path, "two");
        String changed = corpus.fingerprint();
        assertNotEquals(before, changed);
        Files.move(path, path.resolveSibling("b.txt"));
        assertNotEquals(changed, corpus.fingerprint());
        assertNotEquals(
                corpus.fingerprint(),
                TextCorpus.of(folder.resolve("f"), FORMAT.withSeparator("x")).fingerprint());
        assertEquals(3, corpus.size());
    }

    @Test
    void theFirstLineOfAQueueIsTakenOnce() throws IOException {
        Path queue = file("queue.jsonl", "{\"a\": 1}\n{\"a\": 2}\n");
        assertEquals(Optional.of("{\"a\": 1}"), LineQueue.takeFirst(queue));
        assertEquals("{\"a\": 2}\n", Files.readString(queue));
        assertEquals(Optional.of("{\"a\": 2}"), LineQueue.takeFirst(queue));
        assertEquals(Optional.empty(), LineQueue.takeFirst(queue));
        assertThrows(DataException.class, () -> LineQueue.takeFirst(folder.resolve("none")));
    }

    @Test
    void aFolderBehindALinkIsReadAsItself() throws IOException {
        file("texts/a.txt", "one");
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("texts"));
        assertEquals(List.of("one"), CorpusFiles.texts(link, FORMAT));
    }

    @Test
    void halfACharacterIsRefusedWithItsLine() throws IOException {
        Path path = file("a.jsonl", "{\"text\": \"fine\"}\n{\"text\": \"cut \\ud83d\"}\n");
        DataException wrong =
                assertThrows(DataException.class, () -> CorpusFiles.texts(path, FORMAT));
        assertTrue(String.valueOf(wrong.getMessage()).contains("line 2"), wrong::getMessage);
    }

    private static List<String> read(String stream, TextFormat format) {
        List<String> texts = new ArrayList<>();
        byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);
        try (Documents all = TextCorpus.read(new ByteArrayInputStream(bytes), "a stream", format)) {
            all.forEachRemaining(d -> texts.add(d.text()));
        }
        return texts;
    }

    @Test
    void aStreamTellsByItsBeginningWhetherItIsJsonLines() {
        assertEquals(List.of("a", "b"), read("\n {\"text\": \"a\"}\n{\"text\": \"b\"}", FORMAT));
        assertEquals(List.of("{a}\n\"text\""), read("{a}\n\"text\"", FORMAT));
        assertEquals(List.of("{\"body\": 1}"), read("{\"body\": 1}", FORMAT));
        assertEquals(List.of("x"), read("{\"body\": \"x\"}", FORMAT.withFields("body", "label")));
        assertEquals(List.of(), read("", FORMAT));
    }

    @Test
    void aSeparatorIsWrittenAsAPersonTypesIt() {
        assertEquals(List.of("x", "y"), read("x\n\ny", FORMAT.withSeparator("\\n\\n")));
        assertEquals(
                List.of("x<|endoftext|>y"), read("x<|endoftext|>y", FORMAT.withSeparator("none")));
    }
}
