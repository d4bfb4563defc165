package dev.sluice.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes files that are either there in full or not there at all. Use it for everything that a
 * killed process or a power cut must not leave half-written: the bytes go to a hidden temporary
 * name in the same folder, are forced to disk, and only then take their final name (and the folder
 * is forced to disk as well, so that the name survives too).
 *
 * <p>A process killed while writing leaves a hidden file {@code .NAME.*.tmp} behind; {@link
 * #removeLeftovers} clears those away.
 */
public final class AtomicFiles {
    private static final int CHUNK = 1 << 20;

    private AtomicFiles() {}

    /** What goes into a file: called once, with the channel that takes the bytes in order. */
    @FunctionalInterface
    public interface Content {
        /** Writes all bytes to {@code out}; must not close it. */
        void writeTo(WritableByteChannel out) throws IOException;
    }

    /**
     * Writes {@code bytes} to {@code target}, replacing what was there.
     *
     * @throws UncheckedIOException naming the file, if the system refuses; {@code target} is then
     *     as it was
     */
    public static void write(Path target, byte[] bytes) {
        write(target, out -> out.write(ByteBuffer.wrap(bytes)));
    }

    /**
     * Writes what {@code content} produces to {@code target}, replacing what was there.
     *
     * @throws UncheckedIOException naming the file, if the system refuses; whatever {@code content}
     *     throws. In both cases {@code target} is as it was
     */
    public static void write(Path target, Content content) {
        Path folder = folderOf(target);
        Path temporary =
                folder.resolve("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            try (FileChannel file =
                    FileChannel.open(
                            temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                content.writeTo(new Chunked(file));
                file.force(true);
            }
            Files.move(
                    temporary,
                    target,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            forceFolder(folder);
        } catch (IOException e) {
            throw FileProblem.of("cannot write " + target, e);
        } finally {
            deleteQuietly(temporary);
        }
    }

    /**
     * Deletes the temporary files that killed writers left in {@code folder}. Call it only where no
     * other process can be writing, such as under the lock of a run.
     *
     * @throws UncheckedIOException if the folder cannot be listed or a leftover not be deleted
     */
    public static void removeLeftovers(Path folder) {
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(folder, ".*.tmp")) {
            for (Path leftover : leftovers) {
                Files.deleteIfExists(leftover);
            }
        } catch (IOException e) {
            throw FileProblem.of("cannot clear " + folder, e);
        }
    }

    private static Path folderOf(Path target) {
        Path folder = target.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IllegalArgumentException("expected the path of a file, found " + target);
        }
        return folder;
    }

    private static void deleteQuietly(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            // The write itself is done or has already failed with a better message; what stays is
            // a hidden file that removeLeftovers takes away.
            return;
        }
    }

    /** Makes renames and deletions in {@code folder} durable; only POSIX systems can do it. */
    private static void forceFolder(Path folder) throws IOException {
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /**
     * Writes in pieces: the JDK keeps a native copy as large as the largest heap buffer written.
     */
    private record Chunked(FileChannel file) implements WritableByteChannel {
        @Override
        public int write(ByteBuffer bytes) throws IOException {
            int total = bytes.remaining();
            while (bytes.hasRemaining()) {
                int size = Math.min(CHUNK, bytes.remaining());
                ByteBuffer piece = bytes.slice(bytes.position(), size);
                while (piece.hasRemaining()) {
                    file.write(piece);
                }
                bytes.position(bytes.position() + size);
            }
            return total;
        }

        @Override
        public boolean isOpen() {
            return file.isOpen();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
