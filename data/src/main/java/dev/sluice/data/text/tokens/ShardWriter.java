package dev.sluice.data.text.tokens;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Writes a long array of little-endian numbers as files of a fixed length, with a checksum for each
 * block. A file takes its final name when it is complete and on disk.
 */
final class ShardWriter implements AutoCloseable {
    /** Bytes that share a checksum. */
    static final int BLOCK = 1 << 18;

    private final Path folder;
    private final String prefix;
    private final int width;
    private final long bytesPerFile;
    private final ByteBuffer buffer = ByteBuffer.allocate(BLOCK).order(ByteOrder.LITTLE_ENDIAN);
    private final List<ShardFile> files = new ArrayList<>();
    private final List<Integer> sums = new ArrayList<>();
    private Path temporary;
    private FileChannel out;
    private long written;

    /**
     * Numbers of {@code width} bytes (2, 4 or 8) in files of {@code bytesPerFile}, a multiple of
     * the block.
     */
    ShardWriter(Path folder, String prefix, int width, long bytesPerFile) {
        this.folder = folder;
        this.prefix = prefix;
        this.width = width;
        this.bytesPerFile = bytesPerFile;
        this.temporary = temporary();
        this.out = create();
    }

    private Path temporary() {
        return folder.resolve("." + prefix + "-" + files.size() + ".tmp");
    }

    private FileChannel create() {
        try {
            return FileChannel.open(
                    temporary,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + temporary + ": " + e, e);
        }
    }

    void add(long value) {
        switch (width) {
            case Short.BYTES -> buffer.putShort((short) value);
            case Integer.BYTES -> buffer.putInt((int) value);
            default -> buffer.putLong(value);
        }
        if (!buffer.hasRemaining()) {
            flush();
            if (written == bytesPerFile) {
                complete();
                temporary = temporary();
                out = create();
            }
        }
    }

    private void flush() {
        buffer.flip();
        CRC32C sum = new CRC32C();
        sum.update(buffer.duplicate());
        sums.add((int) sum.getValue());
        try {
            while (buffer.hasRemaining()) {
                written += out.write(buffer);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + temporary + ": " + e, e);
        }
        buffer.clear();
    }

    private void complete() {
        String name = prefix + "-" + files.size() + ".bin";
        try {
            out.force(true);
            out.close();
            Files.move(temporary, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + folder.resolve(name) + ": " + e, e);
        }
        files.add(new ShardFile(name, written, List.copyOf(sums)));
        sums.clear();
        written = 0;
    }

    /** The files, all on disk. */
    List<ShardFile> finish() {
        if (buffer.position() > 0) {
            flush();
        }
        if (written > 0) {
            complete();
        }
        return List.copyOf(files);
    }

    @Override
    public void close() {
        try {
            out.close();
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + temporary + ": " + e, e);
        }
    }
}
