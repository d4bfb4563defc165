package dev.sluice.engine;

import com.google.errorprone.annotations.MustBeClosed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file of named arrays in the safetensors format. Use it to read and write weights and
 * checkpoints; other tools that know the format read the same files.
 *
 * <p>Layout: eight bytes with the header's length (little endian), the header (JSON: for each name
 * its dtype, shape and byte range; strings under {@code __metadata__}), then the data, row-major
 * and little endian, without gaps. The dtypes are F64, F32, F16, BF16, I64, I32, I16, I8, U8 and
 * BOOL.
 *
 * <p>Opening reads and checks the header only; data is read when asked for, one tensor or one piece
 * of it at a time, so files larger than memory work. An open file keeps reading the bytes it was
 * opened on even if another file takes its name. Not safe for use by several threads.
 */
public final class SafetensorsFile implements AutoCloseable {
    private static final int CHUNK = 1 << 20;

    private final Path path;
    private final FileChannel channel;
    private final SafetensorsHeader header;

    private SafetensorsFile(Path path, FileChannel channel, SafetensorsHeader header) {
        this.path = path;
        this.channel = channel;
        this.header = header;
    }

    /**
     * One array of a file: {@code offset} and {@code size} are bytes, the offset counted from the
     * start of the data.
     */
    public record Entry(String name, String dtype, List<Long> dimensions, long offset, long size) {
        /** Copies the dimensions. */
        public Entry {
            dimensions = List.copyOf(dimensions);
        }

        /** The dimensions, outermost first; empty for a scalar. */
        public long[] shape() {
            return dimensions.stream().mapToLong(Long::longValue).toArray();
        }
    }

    /**
     * One array to write: {@code content} gives exactly the bytes that dtype and shape ask for, the
     * same each time it is called.
     */
    public record Part(
            String name, String dtype, List<Long> dimensions, AtomicFiles.Content content) {
        /** Copies the dimensions; nothing may be null. */
        public Part {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(dtype, "dtype");
            Objects.requireNonNull(content, "content");
            dimensions = List.copyOf(dimensions);
        }

        /**
         * A part whose bytes are what remains in {@code bytes} when it is written; its position
         * does not move, so the part can be written more than once.
         */
        public static Part of(String name, String dtype, long[] shape, ByteBuffer bytes) {
            Objects.requireNonNull(bytes, "bytes");
            List<Long> dimensions = Arrays.stream(shape).boxed().toList();
            return new Part(name, dtype, dimensions, out -> out.write(bytes.duplicate()));
        }
    }

    /**
     * Opens {@code path} and checks its header in full.
     *
     * @throws SafetensorsException if there is no such file, or it is damaged or hostile
     * @throws UncheckedIOException if the system refuses
     */
    @MustBeClosed
    public static SafetensorsFile open(Path path) {
        if (!Files.isRegularFile(path)) {
            String found = Files.isDirectory(path) ? "a folder" : "no such file";
            throw new SafetensorsException(path, "file", "a safetensors file", found);
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(path, StandardOpenOption.READ);
            return new SafetensorsFile(path, channel, readHeader(path, channel));
        } catch (IOException e) {
            closeQuietly(channel, e);
            throw unreadable(path, e);
        } catch (RuntimeException e) {
            closeQuietly(channel, e);
            throw e;
        }
    }

    /**
     * Writes a file atomically. The same parts and metadata in any order give the same bytes: the
     * header lists names in order; the data lies by size of element, largest first, then by name,
     * so that every array is aligned.
     *
     * @throws SafetensorsException if the parts contradict each other or the format (a name twice,
     *     an unknown dtype, content of another size than dtype and shape ask for)
     * @throws UncheckedIOException if the system refuses; {@code path} is then as it was
     */
    public static void write(Path path, List<Part> parts, Map<String, String> metadata) {
        new SafetensorsWriter(path, parts, metadata).write();
    }

    /** The arrays in the order of their data. */
    public List<Entry> entries() {
        return header.entries();
    }

    /** Whether there is an array called {@code name}. */
    public boolean contains(String name) {
        return header.find(name) != null;
    }

    /**
     * The array called {@code name}.
     *
     * @throws SafetensorsException if there is none
     */
    public Entry entry(String name) {
        Entry entry = header.find(name);
        if (entry == null) {
            throw new SafetensorsException(
                    path,
                    "header",
                    "a tensor \"" + name + "\"",
                    header.entries().size() + " tensors, none of that name");
        }
        return entry;
    }

    /** The strings under {@code __metadata__}, by key in order; empty if there are none. */
    public Map<String, String> metadata() {
        return header.metadata();
    }

    /**
     * All bytes of one array, little endian, as a new buffer.
     *
     * @throws SafetensorsException if there is no such array, it is too large for one buffer (use
     *     {@link #read}), or the file was cut short since it was opened
     * @throws UncheckedIOException if the system refuses
     */
    public ByteBuffer bytes(String name) {
        long size = entry(name).size();
        if (size > Integer.MAX_VALUE - 8) {
            throw new SafetensorsException(
                    path, tensor(name), "at most 2 GiB to read at once", size + " bytes");
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
        read(name, 0, bytes);
        return bytes.flip();
    }

    /**
     * Fills what remains of {@code into} with the bytes of one array from byte {@code from} on. Use
     * it for arrays of more than 2 GiB, and to read straight into native memory.
     *
     * @throws IndexOutOfBoundsException if the array has fewer bytes than that
     * @throws SafetensorsException if there is no such array, or the file was cut short since
     * @throws UncheckedIOException if the system refuses
     */
    public void read(String name, long from, ByteBuffer into) {
        Entry entry = entry(name);
        if (from < 0 || from > entry.size() - into.remaining()) {
            throw new IndexOutOfBoundsException(
                    tensor(name)
                            + " has "
                            + entry.size()
                            + " bytes, asked for "
                            + into.remaining()
                            + " from byte "
                            + from);
        }
        try {
            long missing = fill(channel, header.dataStart() + entry.offset() + from, into);
            if (missing > 0) {
                throw new SafetensorsException(
                        path, tensor(name), entry.size() + " bytes", missing + " bytes fewer");
            }
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    static String tensor(String name) {
        return "tensor \"" + name + "\"";
    }

    private static SafetensorsHeader readHeader(Path path, FileChannel channel) throws IOException {
        long size = channel.size();
        ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        if (fill(channel, 0, length) > 0) {
            throw new SafetensorsException(path, "file", "at least 8 bytes", size + " bytes");
        }
        long bytes = length.getLong(0);
        long most = Math.min(SafetensorsHeader.LARGEST, size - 8);
        if (bytes < 2 || bytes > most) {
            throw new SafetensorsException(
                    path, "header length", "2 to " + most + " bytes", Long.toUnsignedString(bytes));
        }
        ByteBuffer header = ByteBuffer.allocate((int) bytes);
        if (fill(channel, 8, header) > 0) {
            throw new SafetensorsException(path, "header", bytes + " bytes", "a shorter file");
        }
        return SafetensorsHeader.parse(path, header.flip(), size - 8 - bytes);
    }

    /** Reads from {@code position} on until {@code into} is full; returns how many bytes lack. */
    private static int fill(FileChannel channel, long position, ByteBuffer into)
            throws IOException {
        long at = position;
        while (into.hasRemaining()) {
            ByteBuffer piece = into.slice(into.position(), Math.min(CHUNK, into.remaining()));
            int count = channel.read(piece, at);
            if (count < 0) {
                break;
            }
            into.position(into.position() + count);
            at += count;
        }
        return into.remaining();
    }

    private static UncheckedIOException unreadable(Path path, IOException e) {
        return FileProblem.of("cannot read " + path, e);
    }

    private static void closeQuietly(@Nullable FileChannel channel, Exception reason) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }
}
