package dev.sluice.export;

import dev.sluice.engine.FileProblem;
import dev.sluice.training.RunException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A folder that is filled under a hidden name beside its own and takes its name when it is whole.
 * Closed before that, it leaves nothing.
 */
final class WholeFolder implements AutoCloseable {
    private final Path target;
    private final Path temporary;

    /** The folders around it that were not there before, innermost first. */
    private final List<Path> made = new ArrayList<>();

    private WholeFolder(Path target) {
        this.target = target.toAbsolutePath().normalize();
        Path around = this.target.getParent();
        for (; around != null && !Files.exists(around); around = around.getParent()) {
            made.add(around);
        }
        temporary = beside("new");
        try {
            Files.createDirectories(temporary);
        } catch (IOException e) {
            throw FileProblem.of("cannot create " + temporary, e);
        }
    }

    private Path beside(String what) {
        return target.resolveSibling(
                "." + target.getFileName() + "." + UUID.randomUUID() + "." + what);
    }

    /** A folder in place of the one that may be there. */
    static WholeFolder replace(Path target) {
        return new WholeFolder(target);
    }

    /**
     * A folder where there is none, or an empty one.
     *
     * @throws RunException if there is something
     */
    static WholeFolder create(Path target) {
        if (Files.exists(target)) {
            try (Stream<Path> inside = Files.list(target)) {
                if (inside.findAny().isPresent()) {
                    throw new RunException(
                            target, "folder", "a new or empty folder", "a folder with files in it");
                }
            } catch (java.nio.file.NotDirectoryException e) {
                throw new RunException(target, "folder", "a new or empty folder", "a file");
            } catch (IOException e) {
                throw FileProblem.of("cannot list " + target, e);
            }
        }
        return new WholeFolder(target);
    }

    /** Where to write. */
    Path path() {
        return temporary;
    }

    /** Gives the folder its name, and returns it. */
    Path publish() {
        Path old = beside("old");
        try {
            if (Files.exists(target)) {
                Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            delete(old);
            return target;
        } catch (IOException e) {
            throw FileProblem.of("cannot write " + target, e);
        }
    }

    @Override
    public void close() {
        try {
            delete(temporary);
            if (!Files.exists(target)) {
                deleteMade();
            }
        } catch (IOException e) {
            throw FileProblem.of("cannot clear " + temporary, e);
        }
    }

    private void deleteMade() throws IOException {
        try {
            for (Path folder : made) {
                Files.deleteIfExists(folder);
            }
        } catch (DirectoryNotEmptyException e) {
            return; // Someone else has begun to use it.
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(WholeFolder::deleteOne);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void deleteOne(Path path) {
        try {
            Files.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
