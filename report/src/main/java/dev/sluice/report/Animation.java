package dev.sluice.report;

import dev.sluice.engine.AtomicFiles;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/**
 * Small greyscale images one after the other, without end, as a GIF: for a walk through a latent
 * space. A pixel says how much ink there is, as in {@link ImageGrid}. On a page, readers who asked
 * their system for less motion see the first frame alone.
 */
public final class Animation {
    private final String title;
    private final int width;
    private final int height;
    private final int scale;
    private final int hundredths;
    private final List<byte[]> frames;

    private Animation(
            String title, int width, int height, int scale, int hundredths, List<byte[]> frames) {
        this.title = title;
        this.width = width;
        this.height = height;
        this.scale = scale;
        this.hundredths = hundredths;
        this.frames = frames;
    }

    /**
     * An animation of row-major frames.
     *
     * @param scale how many times as large each pixel is drawn
     * @param hundredths of a second for each frame
     * @throws IllegalArgumentException if there is no frame, one has not {@code width * height}
     *     bytes, or a number is below 1
     */
    public static Animation of(
            String title, int width, int height, int scale, int hundredths, List<byte[]> frames) {
        if (frames.isEmpty()
                || Math.min(Math.min(width, height), Math.min(scale, hundredths)) < 1) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "animation \"%s\": expected frames and positive numbers, found %d"
                                    + " frames of %d by %d, scale %d, %d hundredths",
                            title,
                            frames.size(),
                            width,
                            height,
                            scale,
                            hundredths));
        }
        for (byte[] frame : frames) {
            Series.requireLength(title, "bytes of a frame", width * height, frame.length);
        }
        return new Animation(
                title,
                width,
                height,
                scale,
                hundredths,
                frames.stream().map(byte[]::clone).toList());
    }

    /** The title, as given. */
    public String title() {
        return title;
    }

    /** The GIF, black on white in 64 tones. */
    public byte[] gif() {
        return GifEncoder.encode(
                width * scale,
                height * scale,
                hundredths,
                frames.stream().map(this::large).toList());
    }

    private byte[] large(byte[] frame) {
        byte[] large = new byte[frame.length * scale * scale];
        for (int i = 0; i < large.length; i++) {
            int y = i / (width * scale) / scale;
            int x = i % (width * scale) / scale;
            large[i] = frame[y * width + x];
        }
        return large;
    }

    /**
     * Writes {@link #gif()} to a file, whole or not at all.
     *
     * @throws java.io.UncheckedIOException if the file cannot be written
     */
    public void writeGif(Path file) {
        AtomicFiles.write(file, gif());
    }

    /** The element for a page that carries the style of {@link HtmlReport}. */
    String html() {
        String still =
                Base64.getEncoder()
                        .encodeToString(
                                ImageGrid.of(title, width, height)
                                        .row("", List.of(frames.get(0)))
                                        .png(scale));
        String size = "\" width=\"" + width * scale + "\" height=\"" + height * scale;
        return "<picture><source media=\"(prefers-reduced-motion: reduce)\""
                + " srcset=\"data:image/png;base64,"
                + still
                + "\"/><img class=\"ink"
                + size
                + "\" alt=\""
                + Markup.escape(title)
                + "\" src=\"data:image/gif;base64,"
                + Base64.getEncoder().encodeToString(gif())
                + "\"/></picture>";
    }
}
