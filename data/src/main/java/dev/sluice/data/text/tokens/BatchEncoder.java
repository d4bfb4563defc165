package dev.sluice.data.text.tokens;

import dev.sluice.data.text.corpus.Corpus;
import dev.sluice.data.text.corpus.Document;
import dev.sluice.data.text.corpus.Documents;
import dev.sluice.data.text.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;

/** Tokenizes a corpus with several threads; documents arrive in their order. */
final class BatchEncoder implements AutoCloseable {
    private static final int BLOCK_CHARACTERS = 1 << 22;
    private static final int BLOCK_DOCUMENTS = 1 << 14;
    private static final int SHARES_PER_THREAD = 8;

    private final Tokenizer tokenizer;
    private final int threads;
    private final ExecutorService pool;

    BatchEncoder(Tokenizer tokenizer, int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("expected at least one thread, found " + threads);
        }
        this.tokenizer = tokenizer;
        this.threads = threads;
        this.pool =
                Executors.newFixedThreadPool(
                        threads,
                        work -> {
                            Thread thread = new Thread(work, "sluice-tokenizer");
                            thread.setDaemon(true);
                            return thread;
                        });
    }

    /** Takes a document and its tokens. */
    @FunctionalInterface
    interface Sink {
        void accept(Document document, int[] tokens);
    }

    /** Feeds all of {@code corpus} to {@code sink}; {@code progress} hears how much was read. */
    void encode(Corpus corpus, Sink sink, LongConsumer progress) {
        try (Documents documents = corpus.open()) {
            List<Document> block = new ArrayList<>();
            while (documents.hasNext()) {
                block.clear();
                int characters = 0;
                while (documents.hasNext()
                        && characters < BLOCK_CHARACTERS
                        && block.size() < BLOCK_DOCUMENTS) {
                    Document next = documents.next();
                    characters += next.text().length();
                    block.add(next);
                }
                encode(block, sink);
                progress.accept(documents.done());
            }
        }
    }

    private void encode(List<Document> block, Sink sink) {
        int share = Math.max(1, block.size() / (threads * SHARES_PER_THREAD));
        List<Callable<List<int[]>>> work = new ArrayList<>();
        for (int start = 0; start < block.size(); start += share) {
            List<Document> part = block.subList(start, Math.min(block.size(), start + share));
            work.add(() -> part.stream().map(this::encode).toList());
        }
        int next = 0;
        for (Future<List<int[]>> done : run(work)) {
            for (int[] tokens : result(done)) {
                sink.accept(block.get(next++), tokens);
            }
        }
    }

    private int[] encode(Document document) {
        try {
            return tokenizer.encode(document.text());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "document " + document.number() + ": " + e.getMessage(), e);
        }
    }

    private List<Future<List<int[]>>> run(List<Callable<List<int[]>>> work) {
        try {
            return pool.invokeAll(work);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("tokenizing was interrupted");
        }
    }

    private static List<int[]> result(Future<List<int[]>> done) {
        try {
            return done.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("tokenizing was interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException own) {
                throw own;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException("tokenizing throws no checked exception", e);
        }
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
