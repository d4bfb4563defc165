package dev.sluice.engine.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A folder of reference numbers, such as {@code optimiser}: a JSON index and files of tensors. The
 * folders lie where {@code SLUICE_GOLDEN} says, else in {@code testkit/golden}, found upwards from
 * the working directory.
 */
public final class Golden {
    private final Path folder;

    private Golden(Path folder) {
        this.folder = folder;
    }

    /**
     * The folder of one subject.
     *
     * @throws AssertionError if there is none: a test that finds nothing to compare must not pass
     */
    public static Golden subject(String name) {
        Path folder = root().resolve(name);
        if (!Files.isDirectory(folder)) {
            throw new AssertionError("no reference numbers: expected the folder " + folder);
        }
        return new Golden(folder);
    }

    private static Path root() {
        String set = System.getenv("SLUICE_GOLDEN");
        if (set != null && !set.isBlank()) {
            return Path.of(set).toAbsolutePath();
        }
        Path here = Path.of("").toAbsolutePath();
        for (Path p = here; p != null; p = p.getParent()) {
            Path candidate = p.resolve("testkit").resolve("golden");
            if (Files.isDirectory(candidate)) {
                return candidate;
            }
        }
        throw new AssertionError(
                "no reference numbers: SLUICE_GOLDEN is not set, and no testkit/golden lies above "
                        + here);
    }

    /** Where the files lie. */
    public Path folder() {
        return folder;
    }

    /** A JSON file, read in full. */
    public JsonNode json(String file) {
        try {
            return new ObjectMapper().readTree(folder.resolve(file).toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file of tensors, or null where it is not there: what it would hold is not checked. */
    public @Nullable GoldenTensors tensors(String file) {
        Path path = folder.resolve(file);
        return Files.exists(path) ? new GoldenTensors(path) : null;
    }
}
