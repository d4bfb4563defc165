package dev.sluice.data.text.corpus;

import dev.sluice.engine.FileProblem;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A pass over the documents of several files, one after the other. */
final class FileDocuments implements Documents {
    /** A text with its label, before it has a number. */
    record Entry(String text, Optional<String> label) {}

    /** The documents of one file. */
    interface Entries {
        /** The next one; null at the end. */
        @Nullable Entry next();
    }

    private static final int LOOK = 1 << 16;

    private final Iterator<Path> files;
    private final TextFormat format;
    private @Nullable Utf8Source source;
    private @Nullable Entries entries;
    private @Nullable Entry ahead;
    private long finished;
    private long number;

    FileDocuments(List<Path> files, TextFormat format) {
        this.files = files.iterator();
        this.format = format;
    }

    /**
     * A pass over one stream that is open already, whose form its beginning tells where the format
     * goes by names; {@code name} is what messages call it.
     */
    FileDocuments(Path name, InputStream bytes, TextFormat format) {
        this(List.of(), format);
        BufferedInputStream all = new BufferedInputStream(bytes, LOOK);
        boolean lines = format.isJsonLines("" + name) || looksLikeLines(name, all);
        begin(name, new Utf8Source(name, all), lines);
    }

    /** Whether a stream begins with an object that has a field for the text. */
    private boolean looksLikeLines(Path name, BufferedInputStream bytes) {
        if (format.kind() != TextFormat.Kind.BY_NAME) {
            return false;
        }
        try {
            bytes.mark(LOOK);
            String first = new String(bytes.readNBytes(LOOK), StandardCharsets.UTF_8).strip();
            bytes.reset();
            String line = first.lines().findFirst().orElse("");
            return line.startsWith("{") && line.contains('"' + format.textField() + '"');
        } catch (IOException e) {
            throw FileProblem.of("cannot read " + name, e);
        }
    }

    @Override
    public boolean hasNext() {
        while (ahead == null) {
            if (entries == null) {
                if (!files.hasNext()) {
                    return false;
                }
                Path file = files.next();
                boolean lines = format.isJsonLines(String.valueOf(file.getFileName()));
                begin(file, new Utf8Source(file), lines);
            } else {
                ahead = entries.next();
                if (ahead == null) {
                    close();
                }
            }
        }
        return true;
    }

    private void begin(Path file, Utf8Source opened, boolean lines) {
        source = opened;
        entries =
                lines
                        ? new JsonLines(file, opened, format)
                        : new PlainText(opened, format.separator());
    }

    @Override
    public Document next() {
        Entry entry = hasNext() ? ahead : null;
        if (entry == null) {
            throw new NoSuchElementException("no document is left");
        }
        ahead = null;
        return new Document(number++, entry.text(), entry.label());
    }

    @Override
    public long done() {
        return finished + (source == null ? 0 : source.done());
    }

    @Override
    public void close() {
        if (source != null) {
            finished += source.done();
            source.close();
        }
        source = null;
        entries = null;
    }
}
