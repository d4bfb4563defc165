package dev.sluice.training;

import dev.sluice.engine.AtomicFiles;
import dev.sluice.engine.FileProblem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Why a run failed, kept in its folder ({@code failure.txt}) for whoever looks at it later, without
 * the terminal that it failed in.
 */
public final class RunFailure {
    private static final String FILE = "failure.txt";

    private RunFailure() {}

    /**
     * Writes down why the run in {@code folder} failed.
     *
     * @throws java.io.UncheckedIOException if the system refuses
     */
    public static void write(Path folder, Throwable failure) {
        String message = failure.getMessage();
        String why = message == null ? failure.getClass().getSimpleName() : message;
        AtomicFiles.write(folder.resolve(FILE), (why + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /**
     * What was written down; empty if nothing was.
     *
     * @throws java.io.UncheckedIOException if the system refuses
     */
    public static Optional<String> read(Path folder) {
        Path file = folder.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip());
        } catch (IOException e) {
            throw FileProblem.of("cannot read " + file, e);
        }
    }

    /**
     * Forgets it, as the run goes on.
     *
     * @throws java.io.UncheckedIOException if the system refuses
     */
    public static void clear(Path folder) {
        try {
            Files.deleteIfExists(folder.resolve(FILE));
        } catch (IOException e) {
            throw FileProblem.of("cannot delete " + folder.resolve(FILE), e);
        }
    }
}
