package dev.sluice.experiments.routedvae;

import dev.sluice.data.ImageData;
import dev.sluice.data.ImageSet;
import dev.sluice.engine.DType;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import java.util.stream.IntStream;

/**
 * Images of a set as tensors in [0, 1], made batch by batch: the bytes are shared by all trials of
 * a run, tensors of a whole set would not be.
 */
record VaeImages(ImageSet set, DType dtype) {
    /** The number of classes in training and test images: one more than the largest label. */
    static int classes(ImageData data) {
        int largest = 0;
        for (ImageSet part : new ImageSet[] {data.train(), data.test()}) {
            for (int i = 0; i < part.size(); i++) {
                largest = Math.max(largest, part.label(i));
            }
        }
        return largest + 1;
    }

    int size() {
        return set.size();
    }

    int pixels() {
        return set.height() * set.width();
    }

    /** The images at {@code rows}, [rows, pixels]. */
    Tensor at(int[] rows) {
        int pixels = pixels();
        byte[] bytes = new byte[rows.length * pixels];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(set.images(), rows[i] * pixels, bytes, i * pixels, pixels);
        }
        return Tensor.of(bytes, rows.length, pixels).to(dtype).div(255);
    }

    /** The images at {@code rows}, each mapped at random. */
    Tensor at(int[] rows, Augmentation augmentation, Rng rng) {
        return Tensor.of(augmentation.apply(set, rows, rng), rows.length, pixels()).to(dtype);
    }

    /** The images from {@code from} to {@code to} (exclusive). */
    Tensor range(int from, int to) {
        return at(IntStream.range(from, to).toArray());
    }

    int[] labels(int[] rows) {
        int[] labels = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            labels[i] = set.label(rows[i]);
        }
        return labels;
    }
}
