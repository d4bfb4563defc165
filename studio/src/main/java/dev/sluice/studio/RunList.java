package dev.sluice.studio;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.training.RunException;
import dev.sluice.training.RunFolder;
import dev.sluice.training.RunManifest;
import dev.sluice.training.RunManifest.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All runs as they are now, newest first. A manifest is read again only when its file has changed,
 * and so is the end of a log, so that asking often costs little.
 */
final class RunList {
    private static final int TAIL = 1 << 14;
    private static final String UNTOLD =
            "Why it failed was said where it was started; its folder does not tell.";

    private final RunsFolder folder;
    private final Function<String, @Nullable String> problems;
    private final Supplier<Set<String>> failed;
    private final RunOffers offers = new RunOffers();
    private final Map<String, Known> known = new HashMap<>();

    private record Known(
            FileTime written, RunManifest manifest, long logged, @Nullable JsonNode last) {}

    /**
     * @param problems what went wrong with a run's process, by name, where it was ours
     * @param failed those of which that is known, though they may have left no folder
     */
    RunList(
            RunsFolder folder,
            Function<String, @Nullable String> problems,
            Supplier<Set<String>> failed) {
        this.folder = folder;
        this.failed = failed;
        this.problems = problems;
    }

    synchronized List<RunEntry> entries() {
        List<String> names = folder.names();
        known.keySet().retainAll(List.copyOf(names));
        Stream<RunEntry> gone =
                failed.get().stream()
                        .filter(name -> !names.contains(name))
                        .map(name -> RunEntry.damaged(name, problems.apply(name)));
        return Stream.concat(names.stream().map(this::entry), gone)
                .sorted(
                        Comparator.comparing(RunEntry::created)
                                .reversed()
                                .thenComparing(RunEntry::name))
                .toList();
    }

    private RunEntry entry(String name) {
        try {
            Path path = folder.run(name);
            Known now = know(name, path);
            RunManifest m = now.manifest;
            String status = status(path, m);
            Optional<String> hindrance = offers.hindrance(path, m, status);
            return new RunEntry(
                    name,
                    m.experiment(),
                    status,
                    m.created(),
                    m.configuration().path("preset").asText(),
                    m.data().isEmpty() ? "" : m.data().get(0).name(),
                    m.variants(),
                    m.seeds(),
                    now.last,
                    Files.isRegularFile(path.resolve("report.html")),
                    offers.of(m, status, hindrance.isPresent()),
                    problem(name, m, hindrance));
        } catch (RunException | RequestException | IOException | UncheckedIOException e) {
            return RunEntry.damaged(name, String.valueOf(e.getMessage()));
        }
    }

    /** What went wrong, and why that is the end of it if it is. */
    private @Nullable String problem(
            String name, RunManifest manifest, Optional<String> hindrance) {
        List<String> said = new ArrayList<>();
        String heard = problems.apply(name);
        if (heard != null) {
            said.add(heard);
        } else if (manifest.status() == Status.FAILED) {
            said.add(manifest.failure().isBlank() ? UNTOLD : manifest.failure());
        }
        hindrance.ifPresent(said::add);
        return said.isEmpty() ? null : String.join("\n", said);
    }

    /**
     * How a run stands. One whose manifest says that it ended is live until its process has let go
     * of the folder: before that it cannot be resumed.
     */
    static String status(Path path, RunManifest manifest) {
        if (manifest.status() == Status.COMPLETE) {
            return manifest.status().text();
        }
        try (RunFolder run = RunFolder.openToRead(path)) {
            if (run.trainer().isPresent()) {
                return "live";
            }
        }
        return manifest.status() == Status.RUNNING ? "interrupted" : manifest.status().text();
    }

    private Known know(String name, Path path) throws IOException {
        Path manifest = path.resolve("manifest.json");
        Path log = path.resolve("metrics.jsonl");
        FileTime written = Files.getLastModifiedTime(manifest);
        long logged = Files.isRegularFile(log) ? Files.size(log) : 0;
        Known before = known.get(name);
        boolean same = before != null && before.written.equals(written);
        Known now =
                new Known(
                        written,
                        same && before != null ? before.manifest : RunManifest.read(manifest),
                        logged,
                        same && before != null && before.logged == logged
                                ? before.last
                                : logged == 0 ? null : last(log, logged));
        known.put(name, now);
        return now;
    }

    /** The last whole line of a log. */
    private static @Nullable JsonNode last(Path log, long size) throws IOException {
        ByteBuffer tail = ByteBuffer.allocate((int) Math.min(size, TAIL));
        try (FileChannel channel = FileChannel.open(log)) {
            channel.read(tail, size - tail.capacity());
        }
        String text = StandardCharsets.UTF_8.decode(tail.flip()).toString();
        int end = text.lastIndexOf('\n');
        if (end < 0) {
            return null;
        }
        try {
            return Json.tree(text.substring(text.lastIndexOf('\n', end - 1) + 1, end));
        } catch (JsonProcessingException e) {
            return null;
        }
    }
}
