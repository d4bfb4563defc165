package dev.sluice.data.text.tokens;

import dev.sluice.data.DataException;
import dev.sluice.data.ProgressListener;
import dev.sluice.data.text.corpus.Corpus;
import dev.sluice.data.text.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds or makes the files of a tokenized corpus in a folder. */
final class ShardBuilder {
    /** A file changed this shortly before it was read may have changed after with the same date. */
    private static final long GRAIN_MILLIS = 2_000;

    private static final int NARROW = 1 << 16;

    private final Corpus corpus;
    private final Tokenizer tokenizer;
    private final Path folder;
    private final long bytesPerFile;

    ShardBuilder(Corpus corpus, Tokenizer tokenizer, Path folder, long bytesPerFile) {
        this.corpus = corpus;
        this.tokenizer = tokenizer;
        this.folder = folder;
        this.bytesPerFile = bytesPerFile;
    }

    /** Bytes of an id. */
    static int width(int vocabulary) {
        return vocabulary <= NARROW ? Short.BYTES : Integer.BYTES;
    }

    /** Call with the folder's turn taken. */
    ShardIndex index(int threads, ProgressListener listener) {
        Corpus.Stamp stamp = corpus.stamp();
        Optional<ShardIndex> here = ShardIndex.read(folder);
        if (here.isPresent() && here.get().tokenizer().equals(tokenizer.fingerprint())) {
            if (here.get().stamp().equals(stamp.value()) && settled(stamp)) {
                return here.get();
            }
        }
        String fingerprint = corpus.fingerprint();
        ShardIndex index =
                here.filter(i -> i.madeOf(fingerprint, tokenizer.fingerprint()))
                        .map(i -> i.withStamp(stamp.value()))
                        .orElseGet(() -> build(stamp, fingerprint, threads, listener));
        index.write(folder);
        clear(index);
        return index;
    }

    private boolean settled(Corpus.Stamp stamp) {
        try {
            long written = Files.getLastModifiedTime(folder.resolve(ShardIndex.FILE)).toMillis();
            return stamp.changed() < written - GRAIN_MILLIS;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + folder + ": " + e, e);
        }
    }

    private ShardIndex build(
            Corpus.Stamp stamp, String fingerprint, int threads, ProgressListener listener) {
        String mark = fingerprint.substring(0, 8);
        int width = width(tokenizer.vocabulary());
        LabelTable table = new LabelTable();
        try (BatchEncoder encoder = new BatchEncoder(tokenizer, threads);
                ShardWriter tokens = writer("tokens-" + mark, width);
                ShardWriter ends = writer("ends-" + mark, Long.BYTES);
                ShardWriter labels = writer("labels-" + mark, Integer.BYTES)) {
            long[] end = {0};
            long size = corpus.size();
            encoder.encode(
                    corpus,
                    (document, ids) -> {
                        for (int id : ids) {
                            tokens.add(id);
                        }
                        end[0] += ids.length;
                        ends.add(end[0]);
                        labels.add(table.number(document.label()));
                    },
                    done -> listener.progress("tokenizing " + corpus.name(), done, size));
            if (!corpus.stamp().equals(stamp)) {
                throw new DataException(
                        folder, corpus.name(), "a corpus that stays as it is", "it was changed");
            }
            return new ShardIndex(
                    stamp.value(),
                    fingerprint,
                    tokenizer.fingerprint(),
                    tokenizer.vocabulary(),
                    tokenizer.endOfText().orElse(-1),
                    table.labels(),
                    tokens.finish(),
                    ends.finish(),
                    labels.finish());
        }
    }

    private ShardWriter writer(String prefix, int width) {
        return new ShardWriter(folder, prefix, width, bytesPerFile);
    }

    /** Removes what earlier or broken-off builds left. */
    private void clear(ShardIndex index) {
        Set<String> named =
                Stream.of(index.tokens(), index.ends(), index.labelOf())
                        .flatMap(List::stream)
                        .map(ShardFile::name)
                        .collect(Collectors.toSet());
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "{*.bin,.*.tmp}")) {
            for (Path file : files) {
                if (!named.contains(String.valueOf(file.getFileName()))) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot clear " + folder + ": " + e, e);
        }
    }
}
