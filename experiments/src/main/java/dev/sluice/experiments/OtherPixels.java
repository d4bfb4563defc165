package dev.sluice.experiments;

import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;

/** What the images of a class are replaced with when a claim is tried. */
public final class OtherPixels {
    private OtherPixels() {}

    /**
     * {@code images} [n, pixels] with noise, uniform from {@code low} to {@code high}, in place of
     * those at {@code points}; in the current scope.
     */
    public static Tensor at(boolean[] points, Tensor images, double low, double high, Rng rng) {
        Tensor noise = Tensor.uniform(rng, low, high, images.dtype(), images.shape());
        double[] chosen = new double[points.length];
        for (int i = 0; i < points.length; i++) {
            chosen[i] = points[i] ? 1 : 0;
        }
        return noise.where(Tensor.of(chosen, points.length, 1).gt(0.5), images);
    }
}
