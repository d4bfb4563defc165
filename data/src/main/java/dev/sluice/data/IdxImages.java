package dev.sluice.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Reads image sets in the IDX format of MNIST, plain or gzipped (told by content, not by name). A
 * file is an image file (magic 2051, then number, rows, columns, pixels) or a label file (magic
 * 2049, then number, labels), big-endian. Everything is checked, and memory grows with the bytes
 * that really arrive, not with what a header claims; a set above 256 MiB is refused. A file that
 * the system does not let us read is an {@link UncheckedIOException}.
 */
public final class IdxImages {
    static final String TRAIN = "train";
    static final String TEST = "t10k";

    /** Labels are 0 to 9. */
    static final int CLASSES = 10;

    private static final int IMAGES_MAGIC = 2051;
    private static final int LABELS_MAGIC = 2049;
    private static final long MAX_BYTES = 1L << 28;
    private static final int CHUNK = 1 << 20;

    private IdxImages() {}

    /** Contents of one file: lengths of the axes, bytes, checksum. */
    private static final class Idx {
        final List<Integer> shape;
        final byte[] body;
        final String sha256;

        Idx(List<Integer> shape, byte[] body, String sha256) {
            this.shape = shape;
            this.body = body;
            this.sha256 = sha256;
        }
    }

    /**
     * The four files {@code train-images-idx3-ubyte}, {@code train-labels-idx1-ubyte}, {@code
     * t10k-images-idx3-ubyte} and {@code t10k-labels-idx1-ubyte} of {@code folder}, each plain or
     * with {@code .gz}; where both are there, the plain one.
     *
     * @throws DataException if a file is missing, damaged or at odds with another
     */
    public static ImageData read(Path folder, String name) {
        if (!Files.isDirectory(folder)) {
            throw new DataException(
                    folder,
                    "folder",
                    "a folder of IDX files",
                    Files.exists(folder) ? "a file" : "nothing");
        }
        List<String> sums = new ArrayList<>();
        ImageSet train = read(images(folder, TRAIN), labels(folder, TRAIN), sums);
        ImageSet test = read(images(folder, TEST), labels(folder, TEST), sums);
        if (train.height() != test.height() || train.width() != test.width()) {
            throw new DataException(
                    images(folder, TEST),
                    "header, image size",
                    size(train) + " as in training",
                    size(test));
        }
        Map<String, String> sha256 =
                Map.of(
                        ImageData.TRAIN_IMAGES, sums.get(0),
                        ImageData.TRAIN_LABELS, sums.get(1),
                        ImageData.TEST_IMAGES, sums.get(2),
                        ImageData.TEST_LABELS, sums.get(3));
        return new ImageData(name, false, folder.toString(), train, test, sha256);
    }

    /**
     * One set from a file of images and a file of labels.
     *
     * @throws DataException if a file is missing or damaged, or if they differ in number
     */
    public static ImageSet read(Path images, Path labels) {
        return read(images, labels, new ArrayList<>());
    }

    private static ImageSet read(Path imageFile, Path labelFile, List<String> sums) {
        Idx images = idx(imageFile, IMAGES_MAGIC, 3);
        Idx labels = idx(labelFile, LABELS_MAGIC, 1);
        if (!labels.shape.get(0).equals(images.shape.get(0))) {
            throw new DataException(
                    labelFile,
                    "header, number of labels",
                    images.shape.get(0) + " as in " + imageFile.getFileName(),
                    "" + labels.shape.get(0));
        }
        byte[] values = labels.body;
        for (int i = 0; i < values.length; i++) {
            if ((values[i] & 0xFF) >= CLASSES) {
                throw new DataException(
                        labelFile, "label " + i, "0 to " + (CLASSES - 1), "" + (values[i] & 0xFF));
            }
        }
        sums.add(images.sha256);
        sums.add(labels.sha256);
        return new ImageSet(images.shape.get(1), images.shape.get(2), images.body, values);
    }

    /** The file that holds the images of {@code part}; whichever of plain and gzipped exists. */
    static Path images(Path folder, String part) {
        return plainOrPacked(folder, part + "-images-idx3-ubyte");
    }

    /** The file that holds the labels of {@code part}; whichever of plain and gzipped exists. */
    static Path labels(Path folder, String part) {
        return plainOrPacked(folder, part + "-labels-idx1-ubyte");
    }

    private static Path plainOrPacked(Path folder, String name) {
        Path packed = folder.resolve(name + ".gz");
        return Files.exists(packed) && !Files.exists(folder.resolve(name))
                ? packed
                : folder.resolve(name);
    }

    private static String size(ImageSet set) {
        return set.height() + " x " + set.width();
    }

    private static Idx idx(Path file, int magic, int axes) {
        if (!Files.isRegularFile(file)) {
            String found = Files.exists(file) ? "something that is no file" : "nothing";
            throw new DataException(file, "file", "an IDX file, plain or with .gz", found);
        }
        MessageDigest digest = Sha256.digest();
        try (InputStream packed = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
                InputStream in = new DigestInputStream(unpacked(packed), digest)) {
            List<Integer> shape = shape(file, in, magic, axes);
            byte[] body = body(file, in, shape);
            return new Idx(shape, body, Sha256.hex(digest.digest()));
        } catch (ZipException | EOFException e) {
            throw new DataException(
                    file, "gzip data", "an intact gzip stream", "damage: " + e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + file + ": " + e.getMessage(), e);
        }
    }

    private static InputStream unpacked(InputStream in) throws IOException {
        in.mark(2);
        boolean gzip = in.read() == 0x1F && in.read() == 0x8B;
        in.reset();
        return gzip ? new GZIPInputStream(in, 1 << 16) : in;
    }

    private static List<Integer> shape(Path file, InputStream in, int magic, int axes)
            throws IOException {
        int expected = 4 + 4 * axes;
        byte[] raw = in.readNBytes(expected);
        ByteBuffer header = ByteBuffer.wrap(raw);
        if (raw.length >= 4 && header.getInt(0) != magic) {
            throw new DataException(file, "magic number", "" + magic, "" + header.getInt(0));
        }
        if (raw.length < expected) {
            throw new DataException(file, "header", expected + " bytes", raw.length + " bytes");
        }
        List<Integer> shape = new ArrayList<>();
        long total = 1;
        for (int axis = 0; axis < axes; axis++) {
            int length = header.getInt(4 + 4 * axis);
            total *= length;
            if (length < 1 || total > MAX_BYTES) {
                throw new DataException(
                        file,
                        "header, length of axis " + axis,
                        "at least 1, and no more than " + MAX_BYTES + " bytes in all",
                        "" + length);
            }
            shape.add(length);
        }
        return shape;
    }

    private static byte[] body(Path file, InputStream in, List<Integer> shape) throws IOException {
        int total = shape.stream().reduce(1, (a, b) -> a * b);
        byte[] body = new byte[Math.min(total, CHUNK)];
        int filled = 0;
        while (filled < total) {
            if (filled == body.length) {
                body = Arrays.copyOf(body, Math.min(total, 2 * body.length));
            }
            int read = in.read(body, filled, body.length - filled);
            if (read < 0) {
                throw new DataException(
                        file, "after the header", total + " bytes", filled + " bytes");
            }
            filled += read;
        }
        if (in.read() >= 0) {
            throw new DataException(file, "after the header", total + " bytes", "more");
        }
        return body;
    }
}
