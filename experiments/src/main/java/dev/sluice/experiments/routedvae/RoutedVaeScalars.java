package dev.sluice.experiments.routedvae;

import dev.sluice.models.VariationalAutoencoder.Sizes;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is logged of a training step besides the loss and its terms: the errors before their
 * weights, and how the units fare. Labels are looked at here, after the step, and nowhere in the
 * loss.
 */
final class RoutedVaeScalars {
    private RoutedVaeScalars() {}

    static Map<String, Double> of(RoutedVaeLoss.Result result, int[] labels, Sizes sizes) {
        Map<String, Double> scalars = new LinkedHashMap<>();
        scalars.put("reconstruction.sse", result.squares().item());
        scalars.put("kl", result.divergence().item());
        units(result.posterior().mean().toDoubles(), labels, sizes, scalars);
        return scalars;
    }

    /**
     * {@code accuracy}: share of the batch whose largest mean is at a unit of its class; {@code
     * awake.K}: share of the images of class K with a positive mean at a unit of K.
     */
    private static void units(
            double[] mean, int[] labels, Sizes sizes, Map<String, Double> scalars) {
        int[] count = new int[sizes.classes()];
        int[] awake = new int[sizes.classes()];
        int right = 0;
        for (int i = 0; i < labels.length; i++) {
            int label = labels[i];
            int at = i * sizes.latent();
            right += Means.largest(mean, at, sizes) == label ? 1 : 0;
            count[label]++;
            awake[label] += Means.positive(mean, at, label, sizes) ? 1 : 0;
        }
        scalars.put("accuracy", (double) right / labels.length);
        for (int k = 0; k < count.length; k++) {
            if (count[k] > 0) {
                scalars.put("awake." + k, (double) awake[k] / count[k]);
            }
        }
    }
}
