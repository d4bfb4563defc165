package dev.sluice.studio;

import io.javalin.http.sse.SseClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells pages what happens to runs, whichever process trains them, by following the files they
 * write. One thread looks, for all pages together; a few others write, and a page that does not
 * read holds up one of them at most until its connection times out.
 */
final class RunFeed implements AutoCloseable {
    private static final int MOST_PAGES = 256;
    private static final int WRITERS = 8;
    private static final long LOOK_MILLIS = 100;
    private static final int LOOKS_BETWEEN_LISTS = 10;

    private final RunsFolder folder;
    private final Supplier<List<RunEntry>> list;
    private final Set<PageStream> pages = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService looking =
            Executors.newSingleThreadScheduledExecutor(task -> thread(task, "studio-feed"));
    private final ExecutorService writing =
            Executors.newFixedThreadPool(WRITERS, task -> thread(task, "studio-feed-writer"));
    private volatile RunChanges changes = RunChanges.NONE;
    private int looks;

    RunFeed(RunsFolder folder, Supplier<List<RunEntry>> list) {
        this.folder = folder;
        this.list = list;
        var unused =
                looking.scheduleWithFixedDelay(
                        this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private static Thread thread(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Serves a page until it goes away.
     *
     * @param watched the runs whose logs it wants, each as {@code NAME@OFFSET}
     */
    void add(SseClient client, List<String> watched) {
        if (pages.size() >= MOST_PAGES) {
            throw RequestException.of(503, "too many open pages, at most " + MOST_PAGES);
        }
        PageStream page = new PageStream(client, folder, watched);
        client.keepAlive();
        client.onClose(() -> pages.remove(page));
        pages.add(page);
    }

    private void look() {
        if (pages.isEmpty()) {
            return;
        }
        try {
            if (looks++ % LOOKS_BETWEEN_LISTS == 0) {
                changes = changes.with(list.get());
            }
            Map<String, Long> sizes = new HashMap<>();
            for (PageStream page : pages) {
                page.watched().forEach(run -> sizes.computeIfAbsent(run, this::size));
                if (page.wants(sizes, changes)) {
                    writing.execute(() -> page.write(changes));
                }
            }
        } catch (RuntimeException e) {
            // What cannot be looked at now is looked at again; a list says what is damaged.
            return;
        }
    }

    private @Nullable Long size(String run) {
        try {
            Path log = folder.run(run).resolve("metrics.jsonl");
            return Files.exists(log) ? Files.size(log) : 0L;
        } catch (RequestException | IOException | UncheckedIOException e) {
            return 0L;
        }
    }

    @Override
    public void close() {
        looking.shutdownNow();
        pages.forEach(PageStream::close);
        writing.shutdownNow();
    }
}
