package dev.sluice.data.text.corpus;

import dev.sluice.data.DataException;
import dev.sluice.engine.AtomicFiles;
import dev.sluice.engine.FileProblem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A file of lines used as a list of work: each is taken from its top once. */
public final class LineQueue {
    private LineQueue() {}

    /**
     * Takes the first line out of {@code file}. The file is replaced in one step; two processes
     * must not take from it at once.
     *
     * @return the line without its end, or empty when none is left
     * @throws DataException if there is no such file
     * @throws UncheckedIOException if the system refuses
     */
    public static Optional<String> takeFirst(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new DataException(file, "file", "a file of lines", FileProblem.missing(file));
        }
        try {
            String all = Files.readString(file, StandardCharsets.UTF_8);
            if (all.isEmpty()) {
                return Optional.empty();
            }
            int end = all.indexOf('\n');
            String rest = end < 0 ? "" : all.substring(end + 1);
            AtomicFiles.write(file, rest.getBytes(StandardCharsets.UTF_8));
            return Optional.of(end < 0 ? all : all.substring(0, end));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e, e);
        }
    }
}
