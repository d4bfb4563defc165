package dev.sluice.report;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOInvalidTreeException;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;

/**
 * Small greyscale images one after the other, without end, as a GIF: for a walk through a latent
 * space. A pixel says how much ink there is, as in {@link ImageGrid}. On a page, readers who asked
 * their system for less motion see the first frame alone.
 */
public final class Animation {
    private static final String FORMAT = "javax_imageio_gif_image_1.0";
    private static final int TONES = 256;

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

    /** The GIF, black on white. */
    public byte[] gif() {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
            writer.setOutput(stream);
            writer.prepareWriteSequence(null);
            for (int i = 0; i < frames.size(); i++) {
                BufferedImage image = image(frames.get(i));
                writer.writeToSequence(new IIOImage(image, null, metadata(writer, image, i)), null);
            }
            writer.endWriteSequence();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot encode a GIF in memory", e);
        } finally {
            writer.dispose();
        }
        return out.toByteArray();
    }

    /**
     * Writes {@link #gif()} to a file, whole or not at all.
     *
     * @throws UncheckedIOException if the file cannot be written
     */
    public void writeGif(Path file) {
        WholeFile.write(file, gif());
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

    private BufferedImage image(byte[] frame) {
        byte[] tones = new byte[TONES];
        for (int i = 0; i < TONES; i++) {
            tones[i] = (byte) (TONES - 1 - i);
        }
        IndexColorModel paper = new IndexColorModel(8, TONES, tones, tones, tones);
        BufferedImage image =
                new BufferedImage(
                        width * scale, height * scale, BufferedImage.TYPE_BYTE_INDEXED, paper);
        for (int y = 0; y < height * scale; y++) {
            for (int x = 0; x < width * scale; x++) {
                image.getRaster().setSample(x, y, 0, frame[y / scale * width + x / scale] & 0xFF);
            }
        }
        return image;
    }

    private IIOMetadata metadata(ImageWriter writer, BufferedImage image, int frame)
            throws IIOInvalidTreeException {
        IIOMetadata metadata =
                writer.getDefaultImageMetadata(
                        ImageTypeSpecifier.createFromRenderedImage(image), null);
        IIOMetadataNode root = new IIOMetadataNode(FORMAT);
        IIOMetadataNode control = new IIOMetadataNode("GraphicControlExtension");
        control.setAttribute("disposalMethod", "none");
        control.setAttribute("userInputFlag", "FALSE");
        control.setAttribute("transparentColorFlag", "FALSE");
        control.setAttribute("delayTime", Integer.toString(hundredths));
        control.setAttribute("transparentColorIndex", "0");
        root.appendChild(control);
        if (frame == 0) {
            IIOMetadataNode extensions = new IIOMetadataNode("ApplicationExtensions");
            IIOMetadataNode loop = new IIOMetadataNode("ApplicationExtension");
            loop.setAttribute("applicationID", "NETSCAPE");
            loop.setAttribute("authenticationCode", "2.0");
            loop.setUserObject(new byte[] {1, 0, 0});
            extensions.appendChild(loop);
            root.appendChild(extensions);
        }
        metadata.mergeTree(FORMAT, root);
        return metadata;
    }
}
