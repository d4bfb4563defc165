package dev.sluice.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.google.errorprone.annotations.MustBeClosed;
import dev.sluice.data.JsonComplaint;
import dev.sluice.engine.FileProblem;
import dev.sluice.engine.SafetensorsException;
import dev.sluice.engine.SafetensorsFile;
import dev.sluice.engine.SafetensorsFile.Part;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoints of a run. Save one whenever losing the steps since the last would hurt, and when
 * a run is asked to stop; {@link #latest} finds where to go on.
 *
 * <p>A checkpoint is one safetensors file, {@code checkpoint-NUMBER.safetensors}, with the {@link
 * Checkpoint} as JSON in its metadata and a CRC-32C over all of it. It takes its name only when it
 * is complete and on disk, so a process killed at any moment leaves the one before. The newest two
 * are kept, and of the variant and seed in training the one with the lowest score.
 *
 * <p>For one process at a time: the lock of the {@link RunFolder} sees to that.
 */
public final class CheckpointStore {
    private static final String SCHEMA = "sluice.checkpoint/1";
    private static final String EXPECTED = "a checkpoint " + SCHEMA;
    private static final int NEWEST = 2;
    private static final Pattern VERSION = Pattern.compile("sluice\\.checkpoint/\\d+");
    private static final Pattern NAME = Pattern.compile("checkpoint-(\\d{1,18})\\.safetensors");

    private final Path folder;

    /**
     * Checkpoints written or checked by this store: a damaged one must not displace a whole one.
     */
    private final Map<Path, Checkpoint> whole = new HashMap<>();

    /** The checkpoints in {@code folder}, which is made when the first is saved. */
    public CheckpointStore(Path folder) {
        this.folder = folder;
    }

    /** A checkpoint found whole: its state and, until it is closed, its tensors. */
    public static final class Loaded implements AutoCloseable {
        private final Path path;
        private final Checkpoint state;
        private final SafetensorsFile tensors;

        @MustBeClosed
        @SuppressWarnings("MustBeClosedChecker") // close() closes it
        private Loaded(Path path, Checkpoint state) {
            this.path = path;
            this.state = state;
            this.tensors = SafetensorsFile.open(path);
        }

        /** The file it was read from. */
        public Path path() {
            return path;
        }

        /** Where the run stood. */
        public Checkpoint state() {
            return state;
        }

        /** The tensors; closed with this. */
        public SafetensorsFile tensors() {
            return tensors;
        }

        @Override
        public void close() {
            tensors.close();
        }
    }

    /**
     * Saves a checkpoint, then deletes those no longer kept. The content of each tensor is asked
     * for twice and must be the same both times.
     *
     * @throws UncheckedIOException if the system refuses, or somebody removed the run's folder; the
     *     checkpoints before are otherwise all there
     */
    public void save(Checkpoint state, List<Part> tensors) {
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectory(folder);
            }
        } catch (IOException e) {
            throw FileProblem.of("cannot create " + folder, e);
        }
        List<Path> newestFirst = files();
        long number = newestFirst.isEmpty() ? 1 : number(newestFirst.get(0)) + 1;
        Path path =
                folder.resolve(String.format(Locale.ROOT, "checkpoint-%08d.safetensors", number));
        String json = Json.line(Json.mapper().valueToTree(state));
        String sum = CheckpointSum.of(tensors, json);
        SafetensorsFile.write(
                path, tensors, Map.of("schema", SCHEMA, "state", json, "crc32c", sum));
        whole.put(path, state);
        prune(path, state);
    }

    /**
     * The newest checkpoint that is whole, or null if there is none. Each damaged one on the way is
     * passed over, and {@code say} gets a line that names it and what is wrong. One that another
     * version of Sluice wrote is not damaged: going on without it would lose what it holds.
     *
     * @throws RunException if a checkpoint on the way is of another version
     * @throws UncheckedIOException if the system refuses
     */
    @MustBeClosed
    public @Nullable Loaded latest(Consumer<String> say) {
        for (Path file : files()) {
            try {
                return open(file);
            } catch (SafetensorsException | RunException e) {
                requireThisVersion(file);
                say.accept("checkpoint passed over: " + e.getMessage());
            }
        }
        return null;
    }

    /**
     * Opens one checkpoint and checks all of it.
     *
     * @throws SafetensorsException if it is damaged
     * @throws RunException if it is a sound file but not a checkpoint, or its sum is wrong
     * @throws UncheckedIOException if the system refuses
     */
    @MustBeClosed
    public static Loaded open(Path file) {
        return new Loaded(file, verified(file));
    }

    private static void requireThisVersion(Path file) {
        try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
            String schema = tensors.metadata().getOrDefault("schema", SCHEMA);
            if (!schema.equals(SCHEMA) && VERSION.matcher(schema).matches()) {
                throw new RunException(file, "schema", SCHEMA, schema);
            }
        } catch (SafetensorsException damaged) {
            return;
        }
    }

    /** The files of all checkpoints, newest first, damaged ones among them. */
    public List<Path> files() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            List<Path> files = new ArrayList<>(all.filter(file -> number(file) >= 0).toList());
            files.sort((a, b) -> Long.compare(number(b), number(a)));
            return files;
        } catch (IOException e) {
            throw FileProblem.of("cannot list " + folder, e);
        }
    }

    private void prune(Path saved, Checkpoint state) {
        Set<Path> kept = new HashSet<>(Set.of(saved));
        Path best = saved;
        double bestScore = Double.isNaN(state.score()) ? Double.POSITIVE_INFINITY : state.score();
        List<Path> files = files();
        for (Path file : files) {
            Checkpoint other = whole.computeIfAbsent(file, CheckpointStore::stateIfWhole);
            if (other == null) {
                continue;
            }
            if (kept.size() < NEWEST) {
                kept.add(file);
            }
            if (other.score() < bestScore && other.sameTraining(state)) {
                bestScore = other.score();
                best = file;
            }
        }
        kept.add(best);
        for (Path file : files) {
            if (!kept.contains(file)) {
                delete(file);
                whole.remove(file);
            }
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw FileProblem.of("cannot delete " + file, e);
        }
    }

    private static Checkpoint verified(Path file) {
        try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
            Checkpoint state = state(file, tensors.metadata());
            String json = text(file, tensors.metadata(), "state");
            String wanted = text(file, tensors.metadata(), "crc32c");
            String found = CheckpointSum.of(tensors, json);
            if (!found.equals(wanted)) {
                throw new RunException(file, "content", "CRC-32C " + wanted, found);
            }
            return state;
        }
    }

    private static @Nullable Checkpoint stateIfWhole(Path file) {
        try {
            return verified(file);
        } catch (SafetensorsException | RunException e) {
            return null;
        }
    }

    private static Checkpoint state(Path file, Map<String, String> metadata) {
        String schema = text(file, metadata, "schema");
        if (!schema.equals(SCHEMA)) {
            throw new RunException(file, "metadata", EXPECTED, schema);
        }
        try {
            return Json.mapper().readValue(text(file, metadata, "state"), Checkpoint.class);
        } catch (JsonProcessingException e) {
            throw new RunException(file, "state", EXPECTED, JsonComplaint.inWords(e));
        }
    }

    private static String text(Path file, Map<String, String> metadata, String key) {
        String text = metadata.get(key);
        if (text == null) {
            throw new RunException(file, "metadata", EXPECTED, "no \"" + key + "\"");
        }
        return text;
    }

    private static long number(Path file) {
        Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
        return name.matches() ? Long.parseLong(name.group(1)) : -1;
    }
}
