package dev.sluice.experiments.routedvae;

import dev.sluice.engine.GradMode;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.models.VariationalAutoencoder;
import dev.sluice.models.VariationalAutoencoder.Sizes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What the pictures of a trained model are drawn from: how classes are read, what each unit does on
 * each class, what each unit decodes to as it rises, a walk from unit to unit, and reconstructions.
 * Images are base64 of pixel bytes.
 */
final class RoutedVaeArtefacts {
    private static final int FRAMES = 360;
    private static final int STEPS = 13;
    private static final double STRONGEST = 3;
    private static final int PER_CLASS = 2;

    private final VariationalAutoencoder model;
    private final VaeImages test;
    private final RoutedVaeEvaluation evaluation;
    private final Sizes sizes;

    RoutedVaeArtefacts(
            VariationalAutoencoder model, VaeImages test, RoutedVaeEvaluation evaluation) {
        this.model = model;
        this.test = test;
        this.evaluation = evaluation;
        sizes = model.sizes();
    }

    Map<String, Object> collect() {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("width", test.set().width());
        out.put("height", test.set().height());
        out.put("classes", sizes.classes());
        out.put("units_per_class", sizes.unitsPerClass());
        RoutedVaeEvaluation.Sums sums = evaluation.sums();
        out.put("confusion", sums.confusion);
        out.put("activation", activation(sums));
        out.put("dead", IntStream.range(0, sizes.classes()).filter(sums::dead).boxed().toList());
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.off()) {
            out.put("strengths", strengths());
            out.put("traversals", traversals());
            out.put("walk", pictures(evaluation.decode(walk())));
            out.put("reconstructions", reconstructions());
        }
        return out;
    }

    /** Mean of ReLU(mean) by class, a row for each unit. */
    private List<List<Double>> activation(RoutedVaeEvaluation.Sums sums) {
        return IntStream.range(0, sizes.latent())
                .mapToObj(
                        d ->
                                IntStream.range(0, sizes.classes())
                                        .mapToObj(k -> sums.activation[k][d] / sums.count[k])
                                        .map(RoutedVaeArtefacts::round)
                                        .toList())
                .toList();
    }

    private static Double round(double v) {
        return Double.isFinite(v) ? Math.rint(v * 1e4) / 1e4 : 0.0;
    }

    private static List<Double> strengths() {
        return IntStream.range(0, STEPS).mapToObj(i -> i * STRONGEST / (STEPS - 1)).toList();
    }

    private List<List<String>> traversals() {
        List<List<String>> rows = new ArrayList<>();
        for (int d = 0; d < sizes.latent(); d++) {
            double[] codes = new double[STEPS * sizes.latent()];
            for (int i = 0; i < STEPS; i++) {
                codes[i * sizes.latent() + d] = i * STRONGEST / (STEPS - 1);
            }
            rows.add(pictures(evaluation.decode(codes)));
        }
        return rows;
    }

    /** From the code of each unit alone to that of the next, and back to the first. */
    private double[] walk() {
        double[] codes = new double[FRAMES * sizes.latent()];
        for (int f = 0; f < FRAMES; f++) {
            double place = (double) f * sizes.latent() / FRAMES;
            int unit = (int) place;
            double share = place - unit;
            int row = f * sizes.latent();
            codes[row + unit] += RoutedVaeEvaluation.STRENGTH * (1 - share);
            codes[row + (unit + 1) % sizes.latent()] += RoutedVaeEvaluation.STRENGTH * share;
        }
        return codes;
    }

    private Map<String, Object> reconstructions() {
        int[] rows =
                IntStream.range(0, sizes.classes())
                        .flatMap(
                                k ->
                                        IntStream.range(0, test.size())
                                                .filter(i -> test.set().label(i) == k)
                                                .limit(PER_CLASS))
                        .toArray();
        Tensor x = test.at(rows);
        Tensor code = model.means(model.encode(x)).relu();
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("labels", Arrays.stream(test.labels(rows)).boxed().toList());
        out.put("input", pictures(x));
        out.put("output", pictures(model.decode(code)));
        return out;
    }

    private static List<String> pictures(Tensor images) {
        int pixels = (int) images.size(1);
        float[] v = images.toFloats();
        List<String> out = new ArrayList<>();
        for (int i = 0; i < images.size(0); i++) {
            byte[] bytes = new byte[pixels];
            for (int p = 0; p < pixels; p++) {
                bytes[p] = (byte) Math.round(255 * Math.max(0, Math.min(1, v[i * pixels + p])));
            }
            out.add(Base64.getEncoder().encodeToString(bytes));
        }
        return out;
    }
}
