package dev.sluice.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.sluice.engine.Rng;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxImagesTest {
    private static Path scratch = Path.of("unset");

    @BeforeContainer
    static void makeScratch() throws IOException {
        scratch = Files.createTempDirectory("idx");
    }

    @AfterContainer
    static void dropScratch() throws IOException {
        Files.deleteIfExists(scratch.resolve("images"));
        Files.deleteIfExists(scratch.resolve("labels"));
        Files.delete(scratch);
    }

    private static ImageSet random(int count, int height, int width, long seed) {
        Rng rng = Rng.of(seed);
        byte[] pixels = new byte[count * height * width];
        byte[] labels = new byte[count];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) rng.nextInt(256);
        }
        for (int i = 0; i < count; i++) {
            labels[i] = (byte) rng.nextInt(10);
        }
        return new ImageSet(height, width, pixels, labels);
    }

    @Property(tries = 100)
    void whatWasWrittenIsReadBackPlainOrPacked(
            @ForAll @IntRange(min = 1, max = 20) int count,
            @ForAll @IntRange(min = 1, max = 9) int height,
            @ForAll @IntRange(min = 1, max = 9) int width,
            @ForAll boolean packed,
            @ForAll long seed) {
        ImageSet set = random(count, height, width, seed);
        byte[] images = IdxWriter.images(set);
        byte[] labels = IdxWriter.labels(set.labels());
        ImageSet back =
                IdxImages.read(
                        IdxWriter.write(
                                scratch.resolve("images"),
                                packed ? IdxWriter.gzip(images) : images),
                        IdxWriter.write(
                                scratch.resolve("labels"),
                                packed ? IdxWriter.gzip(labels) : labels));
        assertEquals(height, back.height());
        assertEquals(width, back.width());
        assertArrayEquals(set.images(), back.images());
        assertArrayEquals(set.labels(), back.labels());
    }

    @Property(tries = 500)
    void damageGivesAValidSetOrADataException(
            @ForAll boolean packed,
            @ForAll boolean hitImages,
            @ForAll @IntRange(min = 0, max = 3) int kind,
            @ForAll long seed) {
        Rng rng = Rng.of(seed);
        ImageSet set = random(1 + rng.nextInt(8), 3, 4, seed);
        byte[] images = IdxWriter.images(set);
        byte[] labels = IdxWriter.labels(set.labels());
        images = packed ? IdxWriter.gzip(images) : images;
        labels = packed ? IdxWriter.gzip(labels) : labels;
        if (hitImages) {
            images = damaged(images, kind, rng);
        } else {
            labels = damaged(labels, kind, rng);
        }
        Optional<ImageSet> read = Optional.empty();
        try {
            read =
                    Optional.of(
                            IdxImages.read(
                                    IdxWriter.write(scratch.resolve("images"), images),
                                    IdxWriter.write(scratch.resolve("labels"), labels)));
        } catch (DataException expected) {
            assertTrue(String.valueOf(expected.getMessage()).contains("expected"));
        }
        boolean cut = kind == 1;
        assertFalse(cut && read.isPresent(), "a truncated file was accepted");
        read.ifPresent(
                ok -> {
                    assertEquals(ok.size() * ok.height() * ok.width(), ok.images().length);
                    for (byte label : ok.labels()) {
                        assertTrue(label >= 0 && label <= 9);
                    }
                });
    }

    private static byte[] damaged(byte[] bytes, int kind, Rng rng) {
        byte[] out = bytes.clone();
        switch (kind) {
            case 0 -> out[rng.nextInt(out.length)] ^= (byte) (1 << rng.nextInt(8));
            case 1 -> out = Arrays.copyOf(out, rng.nextInt(out.length));
            case 2 -> out[rng.nextInt(Math.min(16, out.length))] = (byte) rng.nextInt(256);
            default -> {
                for (int i = 0; i < 4; i++) {
                    out[rng.nextInt(out.length)] = (byte) rng.nextInt(256);
                }
            }
        }
        return out;
    }

    @Test
    void aHeaderThatClaimsMuchAllocatesLittle(@TempDir Path dir) {
        byte[] header =
                ByteBuffer.allocate(20).putInt(2051).putInt(300_000).putInt(28).putInt(28).array();
        Path images = IdxWriter.write(dir.resolve("i"), header);
        Path labels = IdxWriter.write(dir.resolve("l"), IdxWriter.labels(new byte[3]));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        DataException e = assertThrows(DataException.class, () -> IdxImages.read(images, labels));
        long used = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        assertTrue(used < 16 << 20, used + " bytes allocated for a file of 20");
        assertEquals(
                images + ", after the header: expected 235200000 bytes, found 4 bytes",
                e.getMessage());
    }

    @Test
    void eachFaultIsNamedWithFilePlaceExpectedAndFound(@TempDir Path dir) {
        byte[] good = IdxWriter.images(random(2, 3, 4, 1));
        byte[] labels = IdxWriter.labels(new byte[] {3, 9});
        assertEquals(
                ", magic number: expected 2051, found 2049", fault(dir, labels, labels, "images"));
        assertEquals(
                ", header: expected 16 bytes, found 10 bytes",
                fault(dir, Arrays.copyOf(good, 10), labels, "images"));
        assertEquals(
                ", after the header: expected 24 bytes, found more",
                fault(dir, Arrays.copyOf(good, good.length + 1), labels, "images"));
        assertEquals(
                ", header, number of labels: expected 2 as in images, found 3",
                fault(dir, good, IdxWriter.labels(new byte[3]), "labels"));
        assertEquals(
                ", label 1: expected 0 to 9, found 200",
                fault(dir, good, IdxWriter.labels(new byte[] {0, (byte) 200}), "labels"));
        byte[] negative = good.clone();
        negative[4] = (byte) 0xFF;
        assertEquals(
                ", header, length of axis 0: expected at least 1, and no more than 268435456 bytes"
                        + " in all, found -16777214",
                fault(dir, negative, labels, "images"));
        byte[] packed = IdxWriter.gzip(good);
        packed[packed.length - 6] ^= 1;
        assertTrue(fault(dir, packed, labels, "images").startsWith(", gzip data: expected"));
    }

    private static String fault(Path dir, byte[] images, byte[] labels, String culprit) {
        Path i = IdxWriter.write(dir.resolve("images"), images);
        Path l = IdxWriter.write(dir.resolve("labels"), labels);
        String message =
                String.valueOf(
                        assertThrows(DataException.class, () -> IdxImages.read(i, l)).getMessage());
        String file = dir.resolve(culprit).toString();
        assertTrue(message.startsWith(file), message);
        return message.substring(file.length());
    }

    @Test
    void plainAndPackedFoldersHaveTheSameChecksums(@TempDir Path dir) {
        ImageData data = GeneratedDigits.generate(5, 20, 10);
        IdxWriter.writeAll(dir.resolve("packed"), data);
        Path plain = dir.resolve("plain");
        IdxWriter.write(plain.resolve("train-images-idx3-ubyte"), IdxWriter.images(data.train()));
        IdxWriter.write(
                plain.resolve("train-labels-idx1-ubyte"), IdxWriter.labels(data.train().labels()));
        IdxWriter.write(plain.resolve("t10k-images-idx3-ubyte"), IdxWriter.images(data.test()));
        IdxWriter.write(
                plain.resolve("t10k-labels-idx1-ubyte"), IdxWriter.labels(data.test().labels()));
        ImageData a = IdxImages.read(dir.resolve("packed"), "a");
        ImageData b = IdxImages.read(plain, "b");
        assertEquals(a.sha256(), b.sha256());
        assertEquals(4, a.sha256().values().stream().distinct().count());
        assertArrayEquals(data.test().images(), b.test().images());
    }

    @Test
    void aMissingFileIsNamed(@TempDir Path dir) throws IOException {
        IdxWriter.writeAll(dir, GeneratedDigits.generate(5, 20, 10));
        Files.delete(dir.resolve("t10k-labels-idx1-ubyte.gz"));
        DataException e = assertThrows(DataException.class, () -> IdxImages.read(dir, "x"));
        assertEquals(
                dir.resolve("t10k-labels-idx1-ubyte")
                        + ", file: expected an IDX file, plain or with .gz, found nothing",
                e.getMessage());
        assertThrows(DataException.class, () -> IdxImages.read(dir.resolve("no-such-folder"), "x"));
    }
}
