package dev.sluice.data;

import java.util.Arrays;
import java.util.Locale;

/**
 * Grey images with their labels, held in memory. Use it as the source of batches; axes of the
 * pixels are (image, row, column), row-major, one unsigned byte each, 0 black and 255 white.
 */
public final class ImageSet {
    private final int height;
    private final int width;
    private final byte[] images;
    private final byte[] labels;

    /**
     * A set over these arrays, which it keeps and does not copy.
     *
     * @throws IllegalArgumentException unless {@code images} holds {@code height * width} bytes for
     *     each label
     */
    public ImageSet(int height, int width, byte[] images, byte[] labels) {
        if (height < 1 || width < 1 || images.length != (long) labels.length * height * width) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "%d labels of %d x %d pixels do not fit %d bytes",
                            labels.length,
                            height,
                            width,
                            images.length));
        }
        this.height = height;
        this.width = width;
        this.images = images;
        this.labels = labels;
    }

    /** Number of images. */
    public int size() {
        return labels.length;
    }

    /** Rows of an image. */
    public int height() {
        return height;
    }

    /** Columns of an image. */
    public int width() {
        return width;
    }

    /** All pixels, (image, row, column); the set's own array, to be read and never written. */
    public byte[] images() {
        return images;
    }

    /** All labels; the set's own array, to be read and never written. */
    public byte[] labels() {
        return labels;
    }

    /** The label of image {@code index}. */
    public int label(int index) {
        return labels[index];
    }

    /**
     * The first {@code count} images as a set of their own.
     *
     * @throws IllegalArgumentException if {@code count} is negative or above {@link #size}
     */
    public ImageSet first(int count) {
        if (count < 0 || count > size()) {
            throw new IllegalArgumentException(
                    "expected 0 to " + size() + " images, found " + count);
        }
        return new ImageSet(
                height,
                width,
                Arrays.copyOf(images, count * height * width),
                Arrays.copyOf(labels, count));
    }
}
