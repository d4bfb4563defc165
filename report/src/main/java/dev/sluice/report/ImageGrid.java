package dev.sluice.report;

import dev.sluice.engine.AtomicFiles;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/**
 * Rows of small greyscale images with a label to each row, as one picture: for inputs above their
 * reconstructions. A pixel says how much ink there is, 0 none and 255 full: dark on light paper,
 * light on dark. Images are row-major unsigned bytes.
 */
public final class ImageGrid extends Chart {
    private static final int GAP = 2;
    private static final int GROUP_GAP = 4;

    private final int width;
    private final int height;
    private final List<String> labels = new ArrayList<>();
    private final List<List<byte[]>> rows = new ArrayList<>();
    private List<String> columnLabels = List.of();

    private ImageGrid(String title, int width, int height) {
        super(title);
        this.width = width;
        this.height = height;
    }

    /**
     * An empty grid for images of the given size in pixels.
     *
     * @throws IllegalArgumentException if a side is not from 1 to 1024
     */
    public static ImageGrid of(String title, int width, int height) {
        if (width < 1 || height < 1 || width > 1024 || height > 1024) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "image grid \"%s\": expected sides from 1 to 1024, found %d by %d",
                            title,
                            width,
                            height));
        }
        return new ImageGrid(title, width, height);
    }

    /**
     * Names the columns, left to right; columns without a name stay bare. Equal neighbours are one
     * group, named once and set off by a gap.
     */
    public ImageGrid columns(List<String> names) {
        columnLabels = List.copyOf(names);
        return this;
    }

    /**
     * Adds a row of images under the last one.
     *
     * @throws IllegalArgumentException if an image has not {@code width * height} bytes
     */
    public ImageGrid row(String label, List<byte[]> images) {
        for (byte[] image : images) {
            Series.requireLength(label, "bytes of an image", width * height, image.length);
        }
        labels.add(label);
        rows.add(images.stream().map(byte[]::clone).toList());
        return this;
    }

    /**
     * The bytes of an image whose pixels run from {@code low} (no ink) to {@code high} (full ink).
     * Values beyond are clamped, NaN becomes no ink.
     */
    public static byte[] bytes(float[] pixels, float low, float high) {
        byte[] bytes = new byte[pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            float share = Math.max(0, Math.min(1, (pixels[i] - low) / (high - low)));
            bytes[i] = (byte) Math.round(share * 255);
        }
        return bytes;
    }

    /** The images alone as a PNG, black on white, each pixel drawn {@code scale} times as large. */
    public byte[] png(int scale) {
        return encode(raster(scale), false);
    }

    /**
     * Writes {@link #png} to a file, whole or not at all.
     *
     * @throws UncheckedIOException if the file cannot be written
     */
    public void writePng(Path file, int scale) {
        AtomicFiles.write(file, png(scale));
    }

    private int columns() {
        return rows.stream().mapToInt(List::size).max().orElse(0);
    }

    private int pixelsAcross() {
        return columns() == 0 ? 1 : leftOf(columns() - 1) + width;
    }

    /** Where a column begins, in pixels of the images. */
    private int leftOf(int column) {
        boolean grouped = IntStream.range(1, columnLabels.size()).anyMatch(this::continuesTheGroup);
        int cuts =
                grouped
                        ? (int)
                                IntStream.rangeClosed(1, column)
                                        .filter(c -> !continuesTheGroup(c))
                                        .count()
                        : 0;
        return column * (width + GAP) + cuts * GROUP_GAP;
    }

    private boolean continuesTheGroup(int column) {
        return column < columnLabels.size()
                && columnLabels.get(column).equals(columnLabels.get(column - 1));
    }

    private int pixelsDown() {
        return Math.max(1, rows.size() * (height + GAP) - GAP);
    }

    @Override
    Drawing draw() {
        double label = labels.stream().mapToDouble(s -> Markup.width(s, 12)).max().orElse(0);
        double left = label > 0 ? Math.min(150, label) + 12 : 0;
        double top = columnLabels.isEmpty() ? 36 : 56;
        double room = Math.floor((Plot.WIDTH - left) / pixelsAcross());
        double scale = Math.max(1, Math.min(2, room));
        double across = Math.max(Plot.WIDTH, left + pixelsAcross() * scale);
        Svg svg = new Svg();
        svg.text("title", 0, 18, across, title());
        names(svg, left, top, scale);
        tiles(svg, left, top, scale);
        if (columns() > 0) {
            String png = Base64.getEncoder().encodeToString(encode(raster(1), true));
            svg.open(
                    "g",
                    "transform",
                    "translate(" + Svg.at(left, top) + ") scale(" + Svg.number(scale) + ")");
            svg.leaf(
                    "image",
                    "class",
                    "ink",
                    "width",
                    pixelsAcross(),
                    "height",
                    pixelsDown(),
                    "href",
                    "data:image/png;base64," + png);
            svg.close();
        }
        return new Drawing(across, top + pixelsDown() * scale + 4, svg.toString(), summary());
    }

    private void names(Svg svg, double left, double top, double scale) {
        int named = Math.min(columns(), columnLabels.size());
        for (int from = 0, to; from < named; from = to) {
            to = from + 1;
            while (to < named && continuesTheGroup(to)) {
                to++;
            }
            double room = leftOf(to - 1) + width - leftOf(from);
            double middle = left + (leftOf(from) + room / 2) * scale;
            svg.text("tick mid", middle, top - 8, (room + GAP) * scale, columnLabels.get(from));
        }
        for (int r = 0; r < labels.size(); r++) {
            double middle = top + (r * (height + GAP) + height / 2.0) * scale;
            svg.text("label end", left - 12, middle + 4, left - 11, labels.get(r));
        }
    }

    /** A thin frame around each image, as an image without ink would not be seen. */
    private void tiles(Svg svg, double left, double top, double scale) {
        StringBuilder path = new StringBuilder();
        for (int r = 0; r < rows.size(); r++) {
            for (int c = 0; c < rows.get(r).size(); c++) {
                double x = left + leftOf(c) * scale;
                double y = top + r * (height + GAP) * scale;
                path.append('M').append(Svg.at(x, y)).append('h').append(Svg.number(width * scale));
                path.append('v').append(Svg.number(height * scale)).append('h');
                path.append(Svg.number(-width * scale)).append('Z');
            }
        }
        if (path.length() > 0) {
            svg.leaf("path", "class", "tile", "d", path);
        }
    }

    /** How much ink each pixel has, in the order of the picture's rows. */
    private byte[][] raster(int scale) {
        byte[][] ink = new byte[pixelsDown() * scale][pixelsAcross() * scale];
        for (int r = 0; r < rows.size(); r++) {
            for (int c = 0; c < rows.get(r).size(); c++) {
                int from = leftOf(c) * scale;
                byte[] image = rows.get(r).get(c);
                for (int y = 0; y < height * scale; y++) {
                    for (int x = 0; x < width * scale; x++) {
                        byte pixel = image[y / scale * width + x / scale];
                        ink[r * (height + GAP) * scale + y][from + x] = pixel;
                    }
                }
            }
        }
        return ink;
    }

    /** Black ink of varying opacity, or the same laid on white paper. */
    private static byte[] encode(byte[][] ink, boolean transparent) {
        BufferedImage picture =
                transparent
                        ? transparent(ink[0].length, ink.length)
                        : new BufferedImage(
                                ink[0].length, ink.length, BufferedImage.TYPE_BYTE_GRAY);
        WritableRaster raster = picture.getRaster();
        for (int y = 0; y < ink.length; y++) {
            for (int x = 0; x < ink[y].length; x++) {
                int amount = ink[y][x] & 0xFF;
                raster.setPixel(
                        x, y, transparent ? new int[] {0, amount} : new int[] {255 - amount});
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(picture, "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot encode a PNG in memory", e);
        }
        return out.toByteArray();
    }

    private static BufferedImage transparent(int width, int height) {
        ComponentColorModel model =
                new ComponentColorModel(
                        ColorSpace.getInstance(ColorSpace.CS_GRAY),
                        true,
                        false,
                        Transparency.TRANSLUCENT,
                        DataBuffer.TYPE_BYTE);
        WritableRaster raster = model.createCompatibleWritableRaster(width, height);
        return new BufferedImage(model, raster, false, new Properties());
    }

    private String summary() {
        return "Grid of images, one row each: " + String.join(", ", labels) + ".";
    }
}
