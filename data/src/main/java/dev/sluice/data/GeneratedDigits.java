package dev.sluice.data;

import dev.sluice.engine.Rng;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Digits drawn by Sluice itself, for use where there is no data and no network. They look like
 * MNIST (28 by 28, white on black, centred by mass) and are about as hard to learn, but they are
 * not MNIST and every result made with them says so.
 *
 * <p>Each image takes one of several skeletons of its digit; moves its points; bends, slants, turns
 * and stretches it; draws it with a pen of random thickness and pressure; blurs it and adds noise.
 * The same seed gives the same bytes on every machine. Labels are balanced: every ten images in a
 * row hold each digit once.
 */
public final class GeneratedDigits {
    /** Images of the training set. */
    public static final int TRAIN = 12_000;

    /** Images of the test set. */
    public static final int TEST = 2_000;

    /** The seed of the standard set. */
    public static final long SEED = 1;

    private static final int SIDE = 28;
    private static final int DIGITS = 10;

    private final List<List<List<List<DigitSkeletons.Point>>>> skeletons = DigitSkeletons.all();
    private final float[] ink = new float[SIDE * SIDE];
    private final float[] blurred = new float[SIDE * SIDE];
    private final Rng rng;

    private GeneratedDigits(Rng rng) {
        this.rng = rng;
    }

    /** The standard number of images (12,000 to train on, 2,000 to test on) for {@code seed}. */
    public static ImageData generate(long seed) {
        return generate(seed, TRAIN, TEST);
    }

    /**
     * {@code train} and {@code test} images for {@code seed}; fewer images are a prefix of more.
     *
     * @throws IllegalArgumentException if a number is not positive
     */
    public static ImageData generate(long seed, int train, int test) {
        ImageSet trainSet = draw(Rng.of(seed, "generated-digits/train"), train);
        ImageSet testSet = draw(Rng.of(seed, "generated-digits/test"), test);
        Map<String, String> sha256 =
                Map.of(
                        ImageData.TRAIN_IMAGES, Sha256.of(trainSet.images()),
                        ImageData.TRAIN_LABELS, Sha256.of(trainSet.labels()),
                        ImageData.TEST_IMAGES, Sha256.of(testSet.images()),
                        ImageData.TEST_LABELS, Sha256.of(testSet.labels()));
        return new ImageData(
                Datasets.GENERATED,
                true,
                "drawn by Sluice, generator seed " + seed,
                trainSet,
                testSet,
                sha256);
    }

    private static ImageSet draw(Rng rng, int count) {
        if (count < 1) {
            throw new IllegalArgumentException("expected at least one image, found " + count);
        }
        GeneratedDigits generator = new GeneratedDigits(rng);
        byte[] images = new byte[count * SIDE * SIDE];
        byte[] labels = new byte[count];
        int[] order = {};
        for (int i = 0; i < count; i++) {
            if (i % DIGITS == 0) {
                order = rng.permutation(DIGITS);
            }
            labels[i] = (byte) order[i % DIGITS];
            generator.draw(labels[i], images, i * SIDE * SIDE);
        }
        return new ImageSet(SIDE, SIDE, images, labels);
    }

    private void draw(int digit, byte[] out, int offset) {
        List<List<List<DigitSkeletons.Point>>> styles = skeletons.get(digit);
        List<Handwriting.Piece> pieces =
                Handwriting.write(styles.get(rng.nextInt(styles.size())), rng);
        Arrays.fill(ink, 0);
        for (Handwriting.Piece piece : pieces) {
            paint(piece);
        }
        blur((float) rng.uniform(0.0, 0.12));
        develop(out, offset);
    }

    /** Covers the pixels near the piece: full inside the pen, fading over one pixel at its edge. */
    private void paint(Handwriting.Piece p) {
        double reach = Math.max(p.r0(), p.r1()) + 0.5;
        int left = Math.max(0, (int) Math.ceil(Math.min(p.x0(), p.x1()) - reach));
        int right = Math.min(SIDE - 1, (int) Math.floor(Math.max(p.x0(), p.x1()) + reach));
        int top = Math.max(0, (int) Math.ceil(Math.min(p.y0(), p.y1()) - reach));
        int bottom = Math.min(SIDE - 1, (int) Math.floor(Math.max(p.y0(), p.y1()) + reach));
        double dx = p.x1() - p.x0();
        double dy = p.y1() - p.y0();
        double square = Math.max(dx * dx + dy * dy, 1e-12);
        for (int y = top; y <= bottom; y++) {
            for (int x = left; x <= right; x++) {
                double t = ((x - p.x0()) * dx + (y - p.y0()) * dy) / square;
                t = Math.max(0, Math.min(1, t));
                double ex = x - p.x0() - t * dx;
                double ey = y - p.y0() - t * dy;
                double radius = p.r0() + t * (p.r1() - p.r0());
                double cover = radius + 0.5 - Math.sqrt(ex * ex + ey * ey);
                int at = y * SIDE + x;
                ink[at] = Math.max(ink[at], (float) Math.min(1, cover));
            }
        }
    }

    private void blur(float side) {
        pass(ink, blurred, 1, side);
        pass(blurred, ink, SIDE, side);
    }

    private static void pass(float[] from, float[] to, int stride, float side) {
        for (int i = 0; i < from.length; i++) {
            int place = i / stride % SIDE;
            float before = place > 0 ? from[i - stride] : 0;
            float after = place < SIDE - 1 ? from[i + stride] : 0;
            to[i] = (1 - 2 * side) * from[i] + side * (before + after);
        }
    }

    /** Contrast and grain; the background stays black, as in MNIST. */
    private void develop(byte[] out, int offset) {
        double gain = rng.uniform(1.0, 1.6);
        double grain = rng.uniform(0.01, 0.08);
        for (int i = 0; i < ink.length; i++) {
            if (ink[i] > 0.04f) {
                double value = gain * ink[i] * (1 + grain * rng.nextGaussian());
                out[offset + i] = (byte) (int) Math.rint(255 * Math.max(0, Math.min(1, value)));
            }
        }
    }
}
