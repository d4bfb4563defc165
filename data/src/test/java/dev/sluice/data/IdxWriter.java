package dev.sluice.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Writes the IDX format from its description, for tests. */
final class IdxWriter {
    private IdxWriter() {}

    static byte[] images(int count, int height, int width, byte[] pixels) {
        return ByteBuffer.allocate(16 + pixels.length)
                .putInt(2051)
                .putInt(count)
                .putInt(height)
                .putInt(width)
                .put(pixels)
                .array();
    }

    static byte[] images(ImageSet set) {
        return images(set.size(), set.height(), set.width(), set.images());
    }

    static byte[] labels(byte[] labels) {
        return ByteBuffer.allocate(8 + labels.length)
                .putInt(2049)
                .putInt(labels.length)
                .put(labels)
                .array();
    }

    static byte[] gzip(byte[] raw) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(raw);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    static Path write(Path file, byte[] bytes) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            return Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All four files of {@code data}, gzipped. */
    static void writeAll(Path folder, ImageData data) {
        write(folder.resolve("train-images-idx3-ubyte.gz"), gzip(images(data.train())));
        write(folder.resolve("train-labels-idx1-ubyte.gz"), gzip(labels(data.train().labels())));
        write(folder.resolve("t10k-images-idx3-ubyte.gz"), gzip(images(data.test())));
        write(folder.resolve("t10k-labels-idx1-ubyte.gz"), gzip(labels(data.test().labels())));
    }
}
