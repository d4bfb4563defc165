package dev.sluice.experiments.splitdigits;

import dev.sluice.engine.DType;
import dev.sluice.engine.GradMode;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.models.SplitAutoencoder;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What each unit of the code stands for: the test images that activate it most, least (most
 * negative) and nearest to zero, the mean of all images weighted by its positive activation, and an
 * image made to maximise it.
 */
final class UnitPictures {
    /** Images shown for each end of a unit's range. */
    static final int EXAMPLES = 3;

    private static final int STEPS = 60;
    private static final double STEP = 0.1;
    private static final double FADING = 0.02;

    private UnitPictures() {}

    /**
     * The pictures by kind, each kind packed with the images of unit 0 first.
     *
     * @param x test images, [n, height · width] in [−1, 1]
     * @param z their codes
     */
    static Map<String, Object> of(SplitAutoencoder model, Tensor x, Tensor z, int height) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("mean", PackedImages.pack(weightedMeans(x, z)));
        try (TensorScope scope = TensorScope.open()) {
            out.put("optimised", PackedImages.pack(optimised(model, height, x.dtype())));
        }
        out.put("highest", PackedImages.pack(pick(x, z, Comparator.comparingDouble(v -> -v))));
        out.put("zero", PackedImages.pack(pick(x, z, Comparator.comparingDouble(Math::abs))));
        out.put("lowest", PackedImages.pack(pick(x, z, Comparator.comparingDouble(v -> v))));
        return out;
    }

    /** Σ relu(a) · x / Σ relu(a) for each unit, [units, pixels]; a unit never positive is blank. */
    private static Tensor weightedMeans(Tensor x, Tensor z) {
        Tensor weights = z.relu();
        Tensor sums = weights.sum(true, 0).transpose(0, 1);
        Tensor ink = weights.transpose(0, 1).matmul(x.add(1));
        return ink.div(sums.add(1e-12)).sub(1);
    }

    /**
     * For each unit an image in [−1, 1] that the encoder answers with a large activation, [units,
     * pixels]: gradient ascent from the blank image (−1). A step adds 0.1 times the gradient,
     * smoothed twice by the kernel (1 2 1)ᵀ(1 2 1)/16 and divided by its largest magnitude; the ink
     * then fades by 2 % and pixels are clamped. Smoothing keeps single pixels, to which an encoder
     * answers out of all proportion, from standing alone; fading removes what the unit does not ask
     * for at every step. Of all images on the way, the blank one included, the one with the largest
     * activation is kept: where the encoder's units are dead, a step may lead down. Nothing in it
     * is random.
     */
    static Tensor optimised(SplitAutoencoder model, int height, DType dtype) {
        int units = model.sizes().latent();
        int pixels = model.sizes().pixels();
        int width = pixels / height;
        Tensor kernel = Tensor.of(new double[] {1, 2, 1, 2, 4, 2, 1, 2, 1}, 1, 1, 3, 3);
        Tensor smooth = kernel.to(dtype).div(16);
        Tensor image = Tensor.full(-1, dtype, units, pixels);
        Tensor best = image;
        Tensor most = activations(model, image);
        for (int step = 0; step < STEPS; step++) {
            Tensor slope =
                    slope(model, image)
                            .reshape(units, 1, height, width)
                            .conv2d(smooth, null, 1, 1)
                            .conv2d(smooth, null, 1, 1)
                            .reshape(units, pixels);
            Tensor moved = image.add(slope.div(largest(slope)).mul(STEP));
            image = moved.add(1).mul(1 - FADING).sub(1).clamp(-1, 1);
            Tensor now = activations(model, image);
            Tensor better = now.sub(most).gt(0);
            best = image.where(better, best);
            most = now.where(better, most);
        }
        return best;
    }

    /** Unit u of the code of image u, [units, 1]. */
    private static Tensor activations(SplitAutoencoder model, Tensor images) {
        try (GradMode off = GradMode.off()) {
            return model.encode(images).mul(diagonal(images)).sum(true, 1);
        }
    }

    /** The identity, [units, units], for as many units as there are images. */
    private static Tensor diagonal(Tensor images) {
        int units = (int) images.size(0);
        double[] own = new double[units * units];
        IntStream.range(0, units).forEach(u -> own[u * units + u] = 1);
        return Tensor.of(own, units, units).to(images.dtype());
    }

    /** The largest magnitude of each row, [units, 1]; 1 where a row is all zero. */
    private static Tensor largest(Tensor rows) {
        int n = (int) rows.size(0);
        double[] v = rows.toDoubles();
        double[] largest = new double[n];
        int length = v.length / n;
        for (int i = 0; i < v.length; i++) {
            largest[i / length] = Math.max(largest[i / length], Math.abs(v[i]));
        }
        double[] divisors = Arrays.stream(largest).map(m -> m > 0 ? m : 1).toArray();
        return Tensor.of(divisors, n, 1).to(rows.dtype());
    }

    /** The gradient of unit u of the code with respect to image u; the model keeps none. */
    private static Tensor slope(SplitAutoencoder model, Tensor images) {
        try {
            Tensor x = images.detach().requireGrad();
            model.encode(x).mul(diagonal(images)).sum().backward();
            Tensor slope = x.grad();
            if (slope == null) {
                throw new IllegalStateException("the encoder passes no gradient to its images");
            }
            return slope;
        } finally {
            model.clearGradients();
        }
    }

    /** For each unit the images that come first in an order of its activations. */
    private static Tensor pick(Tensor x, Tensor z, Comparator<Double> order) {
        double[] a = z.toDoubles();
        int units = (int) z.size(1);
        int[] rows =
                IntStream.range(0, units)
                        .flatMap(
                                u ->
                                        IntStream.range(0, a.length / units)
                                                .boxed()
                                                .sorted(
                                                        Comparator.<Integer, Double>comparing(
                                                                        i -> a[i * units + u],
                                                                        order)
                                                                .thenComparing(
                                                                        Comparator.naturalOrder()))
                                                .limit(EXAMPLES)
                                                .mapToInt(Integer::intValue))
                        .toArray();
        return x.select(0, Tensor.of(rows, rows.length));
    }
}
