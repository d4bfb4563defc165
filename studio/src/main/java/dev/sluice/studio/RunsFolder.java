package dev.sluice.studio;

import dev.sluice.engine.FileProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder whose subfolders are the runs, and the only part of the disk that requests reach.
 * Names become paths here alone; what leads out of the folder, by its name or by a symbolic link,
 * does not exist.
 */
final class RunsFolder {
    private static final String MANIFEST = "manifest.json";

    private final Path home;

    /** The folder at {@code home}, which is made if it is missing. */
    RunsFolder(Path home) {
        try {
            this.home = Files.createDirectories(home).toRealPath();
        } catch (IOException e) {
            throw FileProblem.of("cannot create " + home, e);
        }
    }

    Path home() {
        return home;
    }

    /** The names of all runs, in no order. */
    List<String> names() {
        try (Stream<Path> inside = Files.list(home)) {
            return inside.filter(RunsFolder::run)
                    .map(p -> String.valueOf(p.getFileName()))
                    .toList();
        } catch (IOException e) {
            throw FileProblem.of("cannot list " + home, e);
        }
    }

    private static boolean run(Path path) {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
                && Files.isRegularFile(path.resolve(MANIFEST), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * The folder of a run.
     *
     * @throws RequestException if there is no run of this name
     */
    Path run(String name) {
        Path path;
        try {
            path = home.resolve(name);
        } catch (InvalidPathException e) {
            throw missing(name);
        }
        boolean child = home.equals(path.getParent()) && path.equals(path.normalize());
        if (!child || name.indexOf('\\') >= 0 || !run(path)) {
            throw missing(name);
        }
        return path;
    }

    /**
     * A file of a run.
     *
     * @throws RequestException if there is no such run, or no such file in it
     */
    Path file(String run, String file) {
        Path folder = run(run);
        try {
            Path real = folder.resolve(file).toRealPath();
            if (real.startsWith(folder) && Files.isRegularFile(real)) {
                return real;
            }
        } catch (NoSuchFileException e) {
            throw RequestException.missing("run " + run + " has no " + file + " yet");
        } catch (IOException e) {
            throw FileProblem.of("cannot read " + file + " of run " + run, e);
        }
        throw RequestException.missing("run " + run + " has no " + file);
    }

    private static RequestException missing(String name) {
        return RequestException.missing(
                "there is no run '" + name.substring(0, Math.min(name.length(), 100)) + "' here");
    }
}
