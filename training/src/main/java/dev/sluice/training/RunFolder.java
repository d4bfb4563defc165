package dev.sluice.training;

import com.google.errorprone.annotations.MustBeClosed;
import dev.sluice.engine.AtomicFiles;
import dev.sluice.engine.FileProblem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder of one run, with a place for everything that the run leaves behind. Create one to
 * train, open one {@linkplain #openToTrain to continue} or {@linkplain #openToRead to look at}.
 *
 * <p>A folder that was created or opened to train is locked until it is closed (or its process
 * ends, however it ends), so two processes cannot train the same run. What killed writers left in
 * it is cleared away when it is opened to train.
 */
public final class RunFolder implements AutoCloseable {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

    /** What {@link AtomicFiles} calls a file that is not complete. */
    private static final Pattern LEFTOVER = Pattern.compile("\\..+\\.[0-9a-f-]{36}\\.tmp");

    private static final List<String> FOLDERS =
            List.of("checkpoints", "models", "artefacts", "figures");

    private final Path path;
    private final @Nullable RunLock lock;
    private final boolean created;

    private RunFolder(Path path, @Nullable RunLock lock, boolean created) {
        this.path = path;
        this.lock = lock;
        this.created = created;
    }

    /** Where runs go unless told otherwise: {@code $SLUICE_RUNS}, else {@code runs}. */
    public static Path home(Map<String, String> environment) {
        String runs = environment.getOrDefault("SLUICE_RUNS", "");
        return Path.of(runs.isEmpty() ? "runs" : runs);
    }

    /**
     * Creates {@code EXPERIMENT-yyyyMMdd-HHmmss-xxxx} under {@code home}, where {@code xxxx} are
     * four random hexadecimal digits.
     *
     * @throws UncheckedIOException if the system refuses
     */
    @MustBeClosed
    public static RunFolder create(Path home, String experiment, LocalDateTime now) {
        try {
            Files.createDirectories(home);
            while (true) {
                String digits = UUID.randomUUID().toString().substring(0, 4);
                Path path = home.resolve(experiment + "-" + TIME.format(now) + "-" + digits);
                try {
                    Files.createDirectory(path);
                } catch (FileAlreadyExistsException e) {
                    continue;
                }
                return prepared(path, true);
            }
        } catch (IOException e) {
            throw FileProblem.of("cannot create a run in " + home, e);
        }
    }

    /**
     * Makes {@code path} itself the folder of a new run; it must not exist, or be empty.
     *
     * @throws RunException if there is something in it, it is a file, or another process is about
     *     to train in it
     * @throws UncheckedIOException if the system refuses
     */
    @MustBeClosed
    public static RunFolder createAt(Path path) {
        requireFree(path);
        boolean created = !Files.exists(path);
        try {
            Files.createDirectories(path);
        } catch (IOException e) {
            throw FileProblem.of("cannot create " + path, e);
        }
        RunFolder folder = prepared(path, created);
        try {
            requireFree(path);
            return folder;
        } catch (RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    /**
     * Opens the run at {@code path} to continue it.
     *
     * @throws RunException if there is no such folder, it is not a run, or a process is training it
     * @throws UncheckedIOException if the system refuses
     */
    @MustBeClosed
    public static RunFolder openToTrain(Path path) {
        requireRun(path);
        return prepared(path, false);
    }

    /**
     * Opens the run at {@code path} to read what is there; it may be in training at the same time.
     *
     * @throws RunException if there is no such folder or it is not a run
     */
    public static RunFolder openToRead(Path path) {
        requireRun(path);
        return new RunFolder(path, null, false);
    }

    /** The folder itself. */
    public Path path() {
        return path;
    }

    /**
     * The manifest.
     *
     * @throws RunException if it is missing or damaged
     */
    public RunManifest manifest() {
        return RunManifest.read(path.resolve(RunManifest.FILE));
    }

    /** Writes the manifest in place of the one before; from the first on, the folder is a run. */
    public void write(RunManifest manifest) {
        AtomicFiles.write(path.resolve(RunManifest.FILE), manifest.toJson());
    }

    /** Writes {@code summary.json}. */
    public void write(RunSummary summary) {
        AtomicFiles.write(path.resolve("summary.json"), summary.toJson());
    }

    /** Writes {@code timing.json}. */
    public void write(Timing timing) {
        AtomicFiles.write(path.resolve("timing.json"), timing.toJson());
    }

    /** Where the metrics go: {@code metrics.jsonl}. */
    public Path metrics() {
        return path.resolve("metrics.jsonl");
    }

    /** The results: {@code summary.json}. */
    public Path summary() {
        return path.resolve("summary.json");
    }

    /** The checkpoints, in {@code checkpoints/}. */
    public CheckpointStore checkpoints() {
        return new CheckpointStore(path.resolve("checkpoints"));
    }

    /** The final weights of the chosen variant and first seed: {@code model.safetensors}. */
    public Path model() {
        return path.resolve("model.safetensors");
    }

    /**
     * The final weights of one variant and seed, {@code models/VARIANT-SEED.safetensors}, in a run
     * with several; its folder exists.
     *
     * @throws UncheckedIOException if the system refuses to make the folder
     */
    public Path model(String variant, long seed) {
        return inFolder("models", variant + "-" + seed + ".safetensors");
    }

    /** The same model in a form that other programs read, if it has one: {@code model/}. */
    public Path publishedModel() {
        return path.resolve("model");
    }

    /**
     * The model of one variant and seed in that form, {@code models/VARIANT-SEED}; the folder it
     * lies in exists.
     *
     * @throws UncheckedIOException if the system refuses to make that
     */
    public Path publishedModel(String variant, long seed) {
        return inFolder("models", variant + "-" + seed);
    }

    /** The report: {@code report.html}. */
    public Path report() {
        return path.resolve("report.html");
    }

    /** A figure, {@code figures/NAME}; its folder exists. */
    public Path figure(String name) {
        return inFolder("figures", name);
    }

    /**
     * The process that trains here at this moment, if there is one. Asking takes no lock, so it
     * disturbs nobody who is about to train.
     */
    public Optional<ProcessHandle> trainer() {
        return RunLock.holder(path);
    }

    /**
     * Removes what a run that made nothing, neither a logged step nor a checkpoint, has written,
     * and its folder if that was made for it and holds nothing else.
     *
     * @return whether it was one
     * @throws IllegalStateException if this was not created to train
     * @throws UncheckedIOException if the system refuses
     */
    public boolean discard() {
        if (lock == null) {
            throw new IllegalStateException("a run that was opened to read is not discarded");
        }
        try {
            boolean logged = Files.exists(metrics()) && Files.size(metrics()) > 0;
            if (logged || !checkpoints().files().isEmpty()) {
                return false;
            }
            Files.deleteIfExists(path.resolve("checkpoints"));
            Files.deleteIfExists(metrics());
            Files.deleteIfExists(path.resolve(RunManifest.FILE));
            Files.deleteIfExists(path.resolve(RunLock.FILE));
            if (created && empty(path)) {
                Files.delete(path);
            }
            return true;
        } catch (IOException e) {
            throw FileProblem.of("cannot remove " + path, e);
        }
    }

    private static boolean empty(Path folder) throws IOException {
        try (Stream<Path> inside = Files.list(folder)) {
            return inside.findAny().isEmpty();
        }
    }

    /** Gives up the lock, if there is one. */
    @Override
    public void close() {
        if (lock != null) {
            lock.close();
        }
    }

    private Path inFolder(String folder, String name) {
        try {
            return Files.createDirectories(path.resolve(folder)).resolve(name);
        } catch (IOException e) {
            throw FileProblem.of("cannot create " + path.resolve(folder), e);
        }
    }

    /** Locks the folder, then clears what killed writers left. */
    private static RunFolder prepared(Path path, boolean created) {
        RunLock lock = RunLock.take(path);
        try {
            AtomicFiles.removeLeftovers(path);
            for (String folder : FOLDERS) {
                if (Files.isDirectory(path.resolve(folder))) {
                    AtomicFiles.removeLeftovers(path.resolve(folder));
                }
            }
            return new RunFolder(path, lock, created);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static void requireRun(Path path) {
        if (!Files.isDirectory(path)) {
            String found = Files.exists(path) ? "a file" : "no such folder";
            throw new RunException(path, "folder", "the folder of a run", found);
        }
        if (!Files.isRegularFile(path.resolve(RunManifest.FILE))) {
            String found = "no " + RunManifest.FILE;
            throw new RunException(path, "folder", "the folder of a run", found);
        }
    }

    /**
     * Refuses a place where {@link #createAt} could not begin a run; ask before what takes long.
     * What killed writers left there does not count.
     *
     * @throws RunException if there is something in it, or it is a file
     * @throws UncheckedIOException if the system refuses
     */
    public static void requireFree(Path path) {
        if (!Files.exists(path)) {
            return;
        }
        String wanted = "a new or empty folder";
        if (!Files.isDirectory(path)) {
            throw new RunException(path, "folder", wanted, "a file");
        }
        try (Stream<Path> inside = Files.list(path)) {
            if (inside.anyMatch(file -> !ofRuns(file))) {
                boolean run = Files.exists(path.resolve(RunManifest.FILE));
                String hint = run ? "a run; \"resume " + path + "\" continues it" : "other files";
                throw new RunException(path, "folder", wanted, hint);
            }
        } catch (IOException e) {
            throw FileProblem.of("cannot list " + path, e);
        }
    }

    /** Whether a run leaves this behind where it was killed before it wrote its manifest. */
    private static boolean ofRuns(Path file) {
        return file.endsWith(RunLock.FILE)
                || LEFTOVER.matcher(String.valueOf(file.getFileName())).matches();
    }
}
