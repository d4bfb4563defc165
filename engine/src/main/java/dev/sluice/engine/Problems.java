package dev.sluice.engine;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Says in words what the JDK's file exceptions say only by their class. */
final class Problems {
    private Problems() {}

    static String describe(IOException problem) {
        if (problem instanceof NoSuchFileException missing) {
            return "no such file or folder: " + missing.getFile();
        }
        if (problem instanceof AccessDeniedException denied) {
            return "permission denied: " + denied.getFile();
        }
        if (problem instanceof FileSystemException system && system.getReason() != null) {
            return system.getReason();
        }
        String message = problem.getMessage();
        return message == null ? problem.getClass().getSimpleName() : message;
    }
}
