package dev.sluice.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class AnimationTest {
    private static final RandomGeneratorFactory<RandomGenerator> DRAWS =
            RandomGeneratorFactory.of("Xoroshiro128PlusPlus");

    /** The JDK's own reader is the judge; ink comes back in 64 tones. */
    @Property(tries = 60)
    void anotherReaderFindsEveryPixelOfEveryFrame(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 70) int width,
            @ForAll @IntRange(min = 1, max = 70) int height,
            @ForAll @IntRange(min = 1, max = 3) int scale,
            @ForAll @IntRange(min = 1, max = 255) int contrast)
            throws IOException {
        RandomGenerator draws = DRAWS.create(seed);
        List<byte[]> frames = new ArrayList<>();
        for (int f = 0; f < 3; f++) {
            byte[] frame = new byte[width * height];
            for (int i = 0; i < frame.length; i++) {
                frame[i] = (byte) draws.nextInt(contrast + 1);
            }
            frames.add(frame);
        }
        List<BufferedImage> read = read(Animation.of("a", width, height, scale, 5, frames).gif());
        assertEquals(3, read.size());
        for (int f = 0; f < 3; f++) {
            int[] expected = new int[width * height * scale * scale];
            int[] found = new int[expected.length];
            for (int y = 0; y < height * scale; y++) {
                for (int x = 0; x < width * scale; x++) {
                    int ink = frames.get(f)[y / scale * width + x / scale] & 0xFF;
                    int at = y * width * scale + x;
                    expected[at] = 255 - (ink >> 2) * 255 / 63;
                    found[at] = read.get(f).getRGB(x, y) & 0xFF;
                }
            }
            assertArrayEquals(expected, found);
        }
    }

    private static List<BufferedImage> read(byte[] gif) throws IOException {
        ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
        List<BufferedImage> images = new ArrayList<>();
        try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(gif))) {
            reader.setInput(in);
            for (int i = 0; i < reader.getNumImages(true); i++) {
                images.add(reader.read(i));
            }
        }
        return images;
    }

    @Test
    void aPageEmbedsItTwiceOnceStillForReadersWhoWantNoMotion() {
        Animation film =
                Animation.of("A < b", 2, 1, 1, 5, List.of(new byte[] {0, 1}, new byte[] {1, 0}));
        HtmlReport page =
                HtmlReport.titled("t").section("Walks", s -> s.animation(film, "caption"));
        assertEquals(List.of("walks-a-b"), List.copyOf(page.animations().keySet()));
        String html = page.html();
        assertTrue(html.contains("prefers-reduced-motion"), html);
        assertTrue(html.contains("src=\"data:image/gif;base64,R0lGODlh"), html);
        assertTrue(html.contains("alt=\"A &lt; b\""), html);
    }

    @Test
    void framesOfAnotherSizeAndNoFramesAreRefused() {
        assertThrows(
                IllegalArgumentException.class, () -> Animation.of("t", 2, 2, 1, 5, List.of()));
        assertThrows(
                IllegalArgumentException.class,
                () -> Animation.of("t", 2, 2, 1, 5, List.of(new byte[3])));
        assertThrows(
                IllegalArgumentException.class,
                () -> Animation.of("t", 2, 2, 0, 5, List.of(new byte[4])));
    }
}
