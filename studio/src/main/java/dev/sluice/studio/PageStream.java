package dev.sluice.studio;

import io.javalin.http.sse.SseClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The event stream of one page. Events:
 *
 * <ul>
 *   <li>{@code run}: an entry of the list, new or changed; {@code gone}: a name
 *   <li>{@code metrics}: a line {@code {"run", "offset"}}, then the log's new lines as they are
 *   <li>{@code reset}: a run's log was cut (it was resumed at a checkpoint) and comes again
 * </ul>
 *
 * and a comment now and then, which keeps the connection open.
 */
final class PageStream {
    private static final int MOST_WATCHED = 64;
    private static final int PART = 1 << 19;
    private static final long HEARTBEAT_NANOS = 10_000_000_000L;

    private final SseClient client;
    private final RunsFolder folder;
    private final Map<String, Long> offsets = new LinkedHashMap<>();
    private final AtomicBoolean busy = new AtomicBoolean();
    private long version;
    private long written = System.nanoTime();

    PageStream(SseClient client, RunsFolder folder, List<String> watched) {
        this.client = client;
        this.folder = folder;
        if (watched.size() > MOST_WATCHED) {
            throw RequestException.bad("expected at most " + MOST_WATCHED + " runs to watch");
        }
        for (String one : watched) {
            int at = one.lastIndexOf('@');
            if (at < 1 || !one.substring(at + 1).matches("\\d{1,15}")) {
                throw RequestException.bad("run: expected NAME@OFFSET, found '" + one + "'");
            }
            offsets.put(one.substring(0, at), Long.parseLong(one.substring(at + 1)));
        }
    }

    Set<String> watched() {
        return offsets.keySet();
    }

    /** Whether there is something to write; if so, the caller has to call {@link #write}. */
    boolean wants(Map<String, Long> sizes, RunChanges changes) {
        if (!busy.compareAndSet(false, true)) {
            return false;
        }
        boolean grown =
                offsets.entrySet().stream()
                        .anyMatch(e -> !e.getValue().equals(sizes.getOrDefault(e.getKey(), 0L)));
        boolean due = System.nanoTime() - written > HEARTBEAT_NANOS;
        if (grown || due || changes.version() != version) {
            return true;
        }
        busy.set(false);
        return false;
    }

    void write(RunChanges changes) {
        try {
            boolean said = false;
            for (RunEntry entry : changes.after(version)) {
                client.sendEvent("run", new String(Json.bytes(entry), StandardCharsets.UTF_8));
                said = true;
            }
            for (String name : changes.goneAfter(version)) {
                client.sendEvent("gone", name);
                said = true;
            }
            version = changes.version();
            for (String run : List.copyOf(offsets.keySet())) {
                said |= follow(run);
            }
            if (said || System.nanoTime() - written > HEARTBEAT_NANOS) {
                if (!said) {
                    client.sendComment("still here");
                }
                written = System.nanoTime();
            }
        } catch (RequestException | IOException | IllegalStateException e) {
            // The run went away, or its log cannot be read now, which the list tells; or the page
            // left while this was written.
            return;
        } finally {
            busy.set(false);
        }
    }

    private boolean follow(String run) throws IOException {
        Path log = folder.run(run).resolve("metrics.jsonl");
        if (!Files.exists(log)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(folder.file(run, "metrics.jsonl"))) {
            long offset = offsets.getOrDefault(run, 0L);
            if (channel.size() < offset) {
                client.sendEvent("reset", run);
                offset = 0;
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(channel.size() - offset, PART));
            channel.read(bytes, offset);
            int end = bytes.position();
            while (end > 0 && bytes.get(end - 1) != '\n') {
                end--;
            }
            offsets.put(run, offset + end);
            if (end == 0) {
                return false;
            }
            String lines = new String(bytes.array(), 0, end, StandardCharsets.UTF_8);
            String head =
                    new String(
                            Json.bytes(Map.of("run", run, "offset", offset + end)),
                            StandardCharsets.UTF_8);
            client.sendEvent("metrics", head + "\n" + lines.stripTrailing());
            return true;
        }
    }

    void close() {
        client.close();
    }
}
