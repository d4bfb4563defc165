package dev.sluice.experiments.splitdigits;

import dev.sluice.data.ImageSet;
import dev.sluice.engine.DType;
import dev.sluice.engine.GradMode;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.models.SplitAutoencoder;
import dev.sluice.models.SplitAutoencoder.Half;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What the pictures of a trained model are drawn from: reconstructions of a few test images by the
 * decoder and by each half, the codes of a few more, the correlation of the code's units, and what
 * each unit stands for. Images are base64 of pixel bytes.
 */
final class SplitDigitsArtefacts {
    private static final int PER_DIGIT = 2;
    private static final int CODES_PER_DIGIT = 5;
    private static final int EXAMPLES_PER_UNIT = 6;
    private static final int IMAGES = 1000;

    private final SplitAutoencoder model;
    private final ImageSet test;
    private final DType dtype;

    SplitDigitsArtefacts(SplitAutoencoder model, ImageSet test, DType dtype) {
        this.model = model;
        this.test = test;
        this.dtype = dtype;
    }

    Map<String, Object> collect() {
        Map<String, Object> out = new LinkedHashMap<>();
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.off()) {
            int n = Math.min(IMAGES, test.size());
            Tensor x = SplitDigitsEvaluation.images(test, 0, n, dtype);
            int[] labels = SplitDigitsEvaluation.labels(test, 0, n);
            Tensor z = model.encode(x);
            out.put("width", test.width());
            out.put("height", test.height());
            out.put("reconstructions", reconstructions(x, z, labels));
            out.put("codes", codes(z, labels));
            out.put("correlation", correlation(z));
            out.put("units", units(x, z));
        }
        return out;
    }

    private static int[] firstOfEachDigit(int[] labels, int perDigit) {
        List<Integer> rows = new ArrayList<>();
        for (int digit = 0; digit < 10; digit++) {
            int wanted = digit;
            IntStream.range(0, labels.length)
                    .filter(i -> labels[i] == wanted)
                    .limit(perDigit)
                    .forEach(rows::add);
        }
        return rows.stream().mapToInt(Integer::intValue).toArray();
    }

    private Map<String, Object> reconstructions(Tensor x, Tensor z, int[] labels) {
        int[] rows = firstOfEachDigit(labels, PER_DIGIT);
        Tensor index = Tensor.of(rows, rows.length);
        Tensor codes = z.select(0, index);
        int[] chosen = Arrays.stream(rows).map(r -> labels[r]).toArray();
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("labels", Arrays.stream(chosen).boxed().toList());
        out.put("input", pictures(x.select(0, index)));
        out.put("decoder", pictures(SplitDigitsEvaluation.decode(model, codes, chosen)));
        out.put("certificate_low", pictures(model.certificate(codes, Half.LOW)));
        out.put("certificate_high", pictures(model.certificate(codes, Half.HIGH)));
        return out;
    }

    private static List<String> pictures(Tensor images) {
        int pixels = (int) images.size(1);
        float[] v = images.toFloats();
        List<String> out = new ArrayList<>();
        for (int i = 0; i < images.size(0); i++) {
            byte[] bytes = new byte[pixels];
            for (int p = 0; p < pixels; p++) {
                float scaled = (v[i * pixels + p] + 1) * 127.5f;
                bytes[p] = (byte) Math.round(Math.max(0, Math.min(255, scaled)));
            }
            out.add(Base64.getEncoder().encodeToString(bytes));
        }
        return out;
    }

    private static Map<String, Object> codes(Tensor z, int[] labels) {
        int[] rows = firstOfEachDigit(labels, CODES_PER_DIGIT);
        return Map.of(
                "labels",
                Arrays.stream(rows).mapToObj(r -> labels[r]).toList(),
                "values",
                matrix(z.select(0, Tensor.of(rows, rows.length))));
    }

    private static List<List<Double>> matrix(Tensor t) {
        double[] v = t.toDoubles();
        int columns = (int) t.size(1);
        return IntStream.range(0, (int) t.size(0))
                .mapToObj(
                        r ->
                                Arrays.stream(v, r * columns, (r + 1) * columns)
                                        .mapToObj(SplitDigitsArtefacts::round)
                                        .toList())
                .toList();
    }

    /** Four significant digits are more than a picture shows; keeps the file small. */
    private static Double round(double v) {
        return Double.isFinite(v) ? (double) (float) (Math.rint(v * 1e4) / 1e4) : 0.0;
    }

    private static List<List<Double>> correlation(Tensor z) {
        Tensor centred = z.sub(z.mean(true, 0));
        Tensor deviation = centred.square().mean(true, 0).sqrt();
        Tensor unit = centred.div(deviation.add(1e-12));
        return matrix(unit.transpose(0, 1).matmul(unit).div((double) z.size(0)));
    }

    private static List<Map<String, Object>> units(Tensor x, Tensor z) {
        List<Map<String, Object>> out = new ArrayList<>();
        for (int u = 0; u < z.size(1); u++) {
            Tensor activation = z.narrow(1, u, 1);
            double[] a = activation.toDoubles();
            Map<String, Object> unit = new LinkedHashMap<>();
            unit.put("top", pictures(pick(x, a, Comparator.comparingDouble(v -> -v))));
            unit.put("zero", pictures(pick(x, a, Comparator.comparingDouble(Math::abs))));
            Tensor weights = activation.relu();
            Tensor mean = x.mul(weights).sum(true, 0).div(weights.sum().add(1e-12));
            unit.put("mean", pictures(mean).get(0));
            out.add(unit);
        }
        return out;
    }

    private static Tensor pick(Tensor x, double[] activation, Comparator<Double> order) {
        int[] rows =
                IntStream.range(0, activation.length)
                        .boxed()
                        .sorted(
                                Comparator.<Integer, Double>comparing(i -> activation[i], order)
                                        .thenComparing(Comparator.naturalOrder()))
                        .limit(EXAMPLES_PER_UNIT)
                        .mapToInt(Integer::intValue)
                        .toArray();
        return x.select(0, Tensor.of(rows, rows.length));
    }
}
