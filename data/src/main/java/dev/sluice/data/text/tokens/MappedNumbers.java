package dev.sluice.data.text.tokens;

import dev.sluice.data.DataException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A long array of numbers in mapped files. Lengths are checked at once; the checksum of a block
 * when it is first read.
 */
final class MappedNumbers {
    private final Path folder;
    private final int width;
    private final long perFile;
    private final long size;
    private final List<Piece> pieces = new ArrayList<>();

    private static final class Piece {
        private final ShardFile file;
        private final ByteBuffer bytes;
        private final boolean[] checked;

        Piece(ShardFile file, ByteBuffer bytes) {
            this.file = file;
            this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
            this.checked = new boolean[file.sums().size()];
        }
    }

    /**
     * @throws DataException if a file is missing or of another length than the index says
     */
    MappedNumbers(Path folder, List<ShardFile> files, int width) {
        this.folder = folder;
        this.width = width;
        this.perFile = files.isEmpty() ? 1 : Math.max(1, files.get(0).bytes() / width);
        long bytes = 0;
        for (ShardFile file : files) {
            pieces.add(map(file));
            bytes += file.bytes();
        }
        this.size = bytes / width;
    }

    private Piece map(ShardFile file) {
        Path path = folder.resolve(file.name());
        if (!Files.isRegularFile(path)) {
            throw damaged(file, "file", "the file", "no such file");
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            if (channel.size() != file.bytes()) {
                throw damaged(file, "length", file.bytes() + " bytes", "" + channel.size());
            }
            return new Piece(file, channel.map(FileChannel.MapMode.READ_ONLY, 0, file.bytes()));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot map " + path + ": " + e, e);
        }
    }

    long size() {
        return size;
    }

    long get(long index) {
        Piece piece = pieces.get((int) (index / perFile));
        int at = (int) (index % perFile) * width;
        check(piece, at / ShardWriter.BLOCK);
        return read(piece.bytes, at);
    }

    private long read(ByteBuffer bytes, int at) {
        return switch (width) {
            case Short.BYTES -> bytes.getShort(at) & 0xFFFF;
            case Integer.BYTES -> bytes.getInt(at);
            default -> bytes.getLong(at);
        };
    }

    /** Copies {@code count} numbers from {@code index} on into {@code to}. */
    void copy(long index, int[] to, int at, int count) {
        int done = 0;
        while (done < count) {
            Piece piece = pieces.get((int) ((index + done) / perFile));
            int offset = (int) ((index + done) % perFile) * width;
            int block = offset / ShardWriter.BLOCK;
            check(piece, block);
            int end = (int) Math.min(piece.bytes.limit(), (block + 1L) * ShardWriter.BLOCK);
            int n = Math.min(count - done, (end - offset) / width);
            for (int i = 0; i < n; i++) {
                to[at + done + i] = (int) read(piece.bytes, offset + i * width);
            }
            done += n;
        }
    }

    private void check(Piece piece, int block) {
        if (piece.checked[block]) {
            return;
        }
        int start = block * ShardWriter.BLOCK;
        CRC32C sum = new CRC32C();
        sum.update(
                piece.bytes.slice(start, Math.min(ShardWriter.BLOCK, piece.bytes.limit() - start)));
        int expected = piece.file.sums().get(block);
        if ((int) sum.getValue() != expected) {
            throw damaged(
                    piece.file,
                    "bytes from " + start + " on",
                    "checksum " + Integer.toHexString(expected),
                    Integer.toHexString((int) sum.getValue()));
        }
        piece.checked[block] = true;
    }

    private DataException damaged(ShardFile file, String place, String expected, String found) {
        return new DataException(
                folder.resolve(file.name()),
                place,
                expected,
                found + "; delete the folder " + folder + " to tokenize again");
    }
}
