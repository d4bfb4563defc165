package dev.sluice.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/**
 * Puts into words what the JDK's file exceptions say by their class alone. Use it wherever the
 * system refuses to read or write, so that the message a user sees names the reason.
 */
public final class FileProblem {
    private FileProblem() {}

    /** {@code what} (such as {@code cannot write PATH}), a colon and the reason. */
    public static UncheckedIOException of(String what, IOException problem) {
        return new UncheckedIOException(what + ": " + reason(problem), problem);
    }

    private static String reason(IOException problem) {
        if (problem instanceof FileSystemException system) {
            if (system.getReason() != null) {
                return system.getReason();
            }
            return kind(system) + ": " + system.getFile();
        }
        String message = problem.getMessage();
        return message == null ? problem.getClass().getSimpleName() : message;
    }

    private static String kind(FileSystemException problem) {
        if (problem instanceof NoSuchFileException) {
            return "no such file or folder";
        }
        if (problem instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (problem instanceof FileAlreadyExistsException) {
            return "there is a file of that name";
        }
        if (problem instanceof NotDirectoryException) {
            return "not a folder";
        }
        if (problem instanceof DirectoryNotEmptyException) {
            return "the folder is not empty";
        }
        return problem.getClass().getSimpleName();
    }
}
