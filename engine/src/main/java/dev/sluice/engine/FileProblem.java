package dev.sluice.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Puts into words what is wrong with a file. Use {@link #of} wherever the system refuses to read or
 * write, because the JDK's file exceptions say the reason by their class alone; and {@link
 * #sentence} where the content is not what it should be.
 */
public final class FileProblem {
    private static final int LONGEST = 300;
    private static final int MOST = 10_000;
    private static final String NO_FILE = "no such file";

    private FileProblem() {}

    /** {@code what} (such as {@code cannot write PATH}), a colon and the reason. */
    public static UncheckedIOException of(String what, IOException problem) {
        return new UncheckedIOException(what + ": " + reason(problem), problem);
    }

    /**
     * What is there in place of a file: "a folder", or "no such file" with names beside it that
     * differ from its own by a slip.
     */
    public static String missing(Path file) {
        if (Files.isDirectory(file)) {
            return "a folder";
        }
        Path name = file.getFileName();
        Path folder = file.toAbsolutePath().getParent();
        if (name == null || folder == null) {
            return NO_FILE;
        }
        try (Stream<Path> beside = Files.list(folder)) {
            List<String> known =
                    beside.limit(MOST)
                            .map(p -> "" + p.getFileName())
                            .filter(other -> !other.equals(name.toString()))
                            .toList();
            List<String> alike = Names.alike(name.toString(), known);
            return alike.isEmpty()
                    ? NO_FILE
                    : NO_FILE + "; nearest: " + printable(String.join(", ", alike));
        } catch (IOException | UncheckedIOException e) {
            return NO_FILE;
        }
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

    /**
     * {@code file: place: expected …, found …}. Names and values that come from the file are kept
     * short and free of control characters.
     *
     * @param place a part of the file, such as {@code tensor "w"}
     */
    public static String sentence(Path file, String place, String expected, String found) {
        return String.join(
                ": ",
                file.toString(),
                printable(place),
                "expected " + printable(expected) + ", found " + printable(found));
    }

    private static String printable(String text) {
        StringBuilder clean = new StringBuilder();
        for (int i = 0; i < Math.min(LONGEST, text.length()); i++) {
            char c = text.charAt(i);
            clean.append(Character.isISOControl(c) ? '\uFFFD' : c);
        }
        return text.length() > LONGEST ? clean + "…" : clean.toString();
    }
}
