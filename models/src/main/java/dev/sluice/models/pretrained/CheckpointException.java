package dev.sluice.models.pretrained;

import dev.sluice.engine.FileProblem;
import java.nio.file.Path;

/**
 * A folder is not a checkpoint that Sluice can read: a file is missing, malformed or hostile, or
 * what it says does not fit the rest. The message says which file, where in it, what was expected
 * and what was found.
 */
public final class CheckpointException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** {@code place} is a part of the file, such as {@code hidden_size}. */
    public CheckpointException(Path file, String place, String expected, String found) {
        super(FileProblem.sentence(file, place, expected, found));
    }
}
