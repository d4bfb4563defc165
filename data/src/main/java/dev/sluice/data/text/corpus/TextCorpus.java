package dev.sluice.data.text.corpus;

import com.google.errorprone.annotations.MustBeClosed;
import dev.sluice.data.DataException;
import dev.sluice.data.Sha256;
import dev.sluice.engine.FileProblem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A corpus of files: one file of plain text or JSON lines, or all files of a folder and the folders
 * in it, in the order of their names. Files may be gzip; text is UTF-8. Hidden files are passed
 * over. Files are read as a stream: only one document at a time lies in memory, and plain text
 * without a separator for 16 million characters is divided at a line break.
 */
public final class TextCorpus implements Corpus {
    private final Path root;
    private final TextFormat format;

    private TextCorpus(Path root, TextFormat format) {
        this.root = root;
        this.format = format;
    }

    /**
     * The corpus at {@code fileOrFolder}; looks at nothing yet.
     *
     * @param format how to find documents and labels
     */
    public static TextCorpus of(Path fileOrFolder, TextFormat format) {
        return new TextCorpus(fileOrFolder.toAbsolutePath().normalize(), format);
    }

    /**
     * One pass over a stream, such as standard input, of which {@link Documents#close} closes the
     * stream.
     *
     * @param name what messages about it call it
     */
    @MustBeClosed
    public static Documents read(InputStream bytes, String name, TextFormat format) {
        return new FileDocuments(Path.of(name), bytes, format);
    }

    @Override
    public String name() {
        return String.valueOf(root.getFileName());
    }

    @Override
    public boolean generated() {
        return false;
    }

    @Override
    public String identity() {
        return root + " " + format;
    }

    /** The files, in order. */
    private List<Path> files() {
        if (Files.isRegularFile(root)) {
            return List.of(root);
        }
        if (!Files.isDirectory(root)) {
            throw new DataException(
                    root, "file", "a file or folder of text", FileProblem.missing(root));
        }
        try (Stream<Path> all = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
            List<Path> files =
                    all.filter(f -> Files.isRegularFile(f) && !hidden(f))
                            .sorted(Comparator.comparing(this::relative))
                            .toList();
            if (files.isEmpty()) {
                throw new DataException(root, "folder", "at least one file", "none");
            }
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + root + ": " + e, e);
        }
    }

    private boolean hidden(Path file) {
        return relative(file).startsWith(".") || relative(file).contains("/.");
    }

    private String relative(Path file) {
        return root.relativize(file).toString().replace('\\', '/');
    }

    @Override
    public String fingerprint() {
        MessageDigest digest = Sha256.digest();
        digest.update(format.toString().getBytes(StandardCharsets.UTF_8));
        byte[] buffer = new byte[1 << 16];
        for (Path file : files()) {
            digest.update(("\n" + relative(file) + "\n").getBytes(StandardCharsets.UTF_8));
            try (InputStream in = Files.newInputStream(file)) {
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    digest.update(buffer, 0, n);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + file + ": " + e, e);
            }
        }
        return Sha256.hex(digest.digest());
    }

    @Override
    public Stamp stamp() {
        StringBuilder text = new StringBuilder(format.toString());
        long changed = Long.MIN_VALUE;
        try {
            for (Path file : files()) {
                var time = Files.getLastModifiedTime(file);
                changed = Math.max(changed, time.toMillis());
                text.append('\n').append(relative(file)).append(' ').append(Files.size(file));
                text.append(' ').append(time.to(TimeUnit.NANOSECONDS));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + root + ": " + e, e);
        }
        return new Stamp(Sha256.of(text.toString().getBytes(StandardCharsets.UTF_8)), changed);
    }

    @Override
    public long size() {
        long size = 0;
        for (Path file : files()) {
            try {
                size += Files.size(file);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + file + ": " + e, e);
            }
        }
        return size;
    }

    @Override
    @MustBeClosed
    public Documents open() {
        return new FileDocuments(files(), format);
    }
}
