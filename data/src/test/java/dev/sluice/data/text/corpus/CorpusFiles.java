package dev.sluice.data.text.corpus;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Reads and writes the files of corpora for tests. */
final class CorpusFiles {
    private CorpusFiles() {}

    static List<Document> read(Path path, TextFormat format) {
        List<Document> all = new ArrayList<>();
        try (Documents documents = TextCorpus.of(path, format).open()) {
            documents.forEachRemaining(all::add);
        }
        return all;
    }

    static List<String> texts(Path path, TextFormat format) {
        return read(path, format).stream().map(Document::text).toList();
    }

    static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return out.toByteArray();
    }
}
