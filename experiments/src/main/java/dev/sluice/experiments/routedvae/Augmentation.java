package dev.sluice.experiments.routedvae;

import dev.sluice.data.ImageSet;
import dev.sluice.engine.Rng;

/**
 * Random affine maps of training images about their centre: moved by up to {@code shift} pixels
 * each way, turned by up to {@code degrees}, scaled by up to {@code scale} and slanted by up to
 * {@code shear} (shares); each uniform. Pixels are interpolated between their four neighbours, and
 * 0 beyond the border.
 */
record Augmentation(double shift, double degrees, double scale, double shear) {
    boolean none() {
        return shift == 0 && degrees == 0 && scale == 0 && shear == 0;
    }

    /** The images at {@code rows}, mapped, as rows of pixels in [0, 1]. */
    float[] apply(ImageSet set, int[] rows, Rng rng) {
        int height = set.height();
        int width = set.width();
        float[] out = new float[rows.length * height * width];
        for (int i = 0; i < rows.length; i++) {
            map(set, rows[i], inverse(rng), out, i * height * width);
        }
        return out;
    }

    /** From a place in the result, relative to the centre, to one in the image: two rows. */
    private double[] inverse(Rng rng) {
        double angle = Math.toRadians(rng.uniform(-degrees, degrees));
        double sx = 1 / (1 + rng.uniform(-scale, scale));
        double sy = 1 / (1 + rng.uniform(-scale, scale));
        double slant = rng.uniform(-shear, shear);
        double cos = StrictMath.cos(angle);
        double sin = StrictMath.sin(angle);
        return new double[] {
            sx * (cos + slant * sin),
            sx * (slant * cos - sin),
            rng.uniform(-shift, shift),
            sy * sin,
            sy * cos,
            rng.uniform(-shift, shift)
        };
    }

    private static void map(ImageSet set, int image, double[] m, float[] out, int at) {
        int height = set.height();
        int width = set.width();
        int from = image * height * width;
        double middleX = (width - 1) / 2.0;
        double middleY = (height - 1) / 2.0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double dx = x - middleX;
                double dy = y - middleY;
                double sx = m[0] * dx + m[1] * dy + m[2] + middleX;
                double sy = m[3] * dx + m[4] * dy + m[5] + middleY;
                out[at + y * width + x] = (float) (sample(set, from, sx, sy) / 255);
            }
        }
    }

    private static double sample(ImageSet set, int from, double x, double y) {
        int left = (int) Math.floor(x);
        int top = (int) Math.floor(y);
        double right = x - left;
        double down = y - top;
        return (1 - down) * across(set, from, left, top, right)
                + down * across(set, from, left, top + 1, right);
    }

    private static double across(ImageSet set, int from, int x, int y, double right) {
        if (y < 0 || y >= set.height()) {
            return 0;
        }
        int row = from + y * set.width();
        return (1 - right) * pixel(set, row, x) + right * pixel(set, row, x + 1);
    }

    private static int pixel(ImageSet set, int row, int x) {
        return x < 0 || x >= set.width() ? 0 : set.images()[row + x] & 0xFF;
    }
}
