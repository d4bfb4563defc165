package dev.sluice.experiments.routedvae;

import dev.sluice.engine.GradMode;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.models.VariationalAutoencoder;
import dev.sluice.models.VariationalAutoencoder.Posterior;
import dev.sluice.models.VariationalAutoencoder.Sizes;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a trained model does on the test set. An image is read as the class of the unit with the
 * largest mean; reconstructions are those of ReLU(mean), whatever the code was in training, without
 * noise.
 */
final class RoutedVaeEvaluation {
    /** How strong a unit is when it is decoded alone. */
    static final double STRENGTH = 1.5;

    private static final int CHUNK = 1000;

    private final VariationalAutoencoder model;
    private final VaeImages test;
    private final long seed;
    private final Sizes sizes;

    RoutedVaeEvaluation(VariationalAutoencoder model, VaeImages test, long seed) {
        this.model = model;
        this.test = test;
        this.seed = seed;
        sizes = model.sizes();
    }

    /** Sums over the test set, by class. */
    static final class Sums {
        final int[][] confusion;
        final int[] count;
        final double[][] activation;
        final double[] squared;
        private long sampledRight;
        private double divergence;

        private Sums(Sizes sizes) {
            confusion = new int[sizes.classes()][sizes.classes()];
            count = new int[sizes.classes()];
            activation = new double[sizes.classes()][sizes.latent()];
            squared = new double[sizes.classes()];
        }

        /** Share of a class that is read as itself; NaN without an image of it. */
        double recall(int k) {
            return (double) confusion[k][k] / count[k];
        }

        /** Whether fewer than half of a class's images are read as it. */
        boolean dead(int k) {
            return recall(k) < 0.5;
        }
    }

    Sums sums() {
        Sums sums = new Sums(sizes);
        Rng noise = Rng.of(seed, "evaluation");
        for (int from = 0; from < test.size(); from += CHUNK) {
            try (TensorScope scope = TensorScope.open();
                    GradMode off = GradMode.off()) {
                add(sums, from, Math.min(from + CHUNK, test.size()), noise);
            }
        }
        return sums;
    }

    private void add(Sums sums, int from, int to, Rng noise) {
        Tensor x = test.range(from, to);
        Posterior posterior = model.encode(x);
        Tensor means = model.means(posterior);
        Tensor code = means.relu();
        double[] mean = means.toDoubles();
        Tensor zeta = Tensor.normal(noise, 1, x.dtype(), to - from, sizes.latent());
        double[] sampled = model.sample(posterior, zeta).toDoubles();
        double[] squared = model.decode(code).sub(x).square().mean(false, 1).toDoubles();
        double[] codes = code.toDoubles();
        for (int i = 0; i < to - from; i++) {
            int label = test.set().label(from + i);
            int at = i * sizes.latent();
            sums.count[label]++;
            sums.confusion[label][Means.largest(mean, at, sizes)]++;
            sums.sampledRight += Means.largest(sampled, at, sizes) == label ? 1 : 0;
            sums.squared[label] += squared[i];
            for (int d = 0; d < sizes.latent(); d++) {
                sums.activation[label][d] += codes[at + d];
            }
        }
        sums.divergence += model.divergence(posterior).mean().item() * (to - from);
    }

    /** Every metric by its public name. */
    Map<String, Double> metrics(ImageClassifier classifier) {
        Sums sums = sums();
        int right = 0;
        int dead = 0;
        double squared = 0;
        for (int k = 0; k < sizes.classes(); k++) {
            right += sums.confusion[k][k];
            dead += sums.dead(k) ? 1 : 0;
            squared += sums.squared[k];
        }
        int n = test.size();
        Map<String, Double> m = new LinkedHashMap<>();
        m.put("argmax_accuracy", (double) right / n);
        m.put("argmax_accuracy.sampled", (double) sums.sampledRight / n);
        m.put("dead_dimensions", (double) dead);
        m.put("reconstruction.mse", squared / n);
        m.put("reconstruction.sse", squared / n * sizes.pixels());
        m.put("kl", sums.divergence / n);
        m.put("traversal.identity", identity(classifier));
        m.put("off_label_share", offLabelShare(sums));
        m.put("classifier.accuracy", classifier.accuracy(test.set()));
        for (int k = 0; k < sizes.classes(); k++) {
            if (sums.count[k] > 0) {
                m.put("per_label." + k + ".reconstruction.mse", sums.squared[k] / sums.count[k]);
                m.put("per_label." + k + ".recall", sums.recall(k));
            }
        }
        return m;
    }

    private double offLabelShare(Sums sums) {
        double own = 0;
        double all = 0;
        for (int k = 0; k < sizes.classes(); k++) {
            for (int d = 0; d < sizes.latent(); d++) {
                all += sums.activation[k][d];
                own += d / sizes.unitsPerClass() == k ? sums.activation[k][d] : 0;
            }
        }
        return (all - own) / all;
    }

    private double identity(ImageClassifier classifier) {
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.off()) {
            double[] codes = new double[sizes.latent() * sizes.latent()];
            for (int d = 0; d < sizes.latent(); d++) {
                codes[d * sizes.latent() + d] = STRENGTH;
            }
            int[] read = classifier.read(decode(codes));
            int right = 0;
            for (int d = 0; d < read.length; d++) {
                right += read[d] == d / sizes.unitsPerClass() ? 1 : 0;
            }
            return (double) right / read.length;
        }
    }

    /** The images of codes, row by row; in the caller's scope. */
    Tensor decode(double... codes) {
        int rows = codes.length / sizes.latent();
        return model.decode(Tensor.of(codes, rows, sizes.latent()).to(test.dtype()));
    }
}
