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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What the pictures of a trained model are drawn from: reconstructions of a few test images by the
 * decoder and by each half, the codes of a few more, the correlation of the code's units, and what
 * each unit stands for. Images are {@linkplain PackedImages packed}.
 */
final class SplitDigitsArtefacts {
    /** Changes with what the pictures are made of. */
    static final int FORMAT = 2;

    private static final int PER_DIGIT = 4;
    private static final int CODES_PER_DIGIT = 5;
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
        out.put("format", FORMAT);
        out.put("width", test.width());
        out.put("height", test.height());
        try (TensorScope scope = TensorScope.open()) {
            int n = Math.min(IMAGES, test.size());
            Tensor x = SplitDigitsEvaluation.images(test, 0, n, dtype);
            Tensor z;
            try (GradMode off = GradMode.off()) {
                int[] labels = SplitDigitsEvaluation.labels(test, 0, n);
                z = model.encode(x);
                out.put("reconstructions", reconstructions(x, z, labels));
                out.put("codes", codes(z, labels));
                out.put("correlation", correlation(z));
            }
            out.put("units", UnitPictures.of(model, x, z, test.height()));
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
        Tensor decoded = SplitDigitsEvaluation.decode(model, codes, chosen);
        out.put("input", PackedImages.pack(x.select(0, index)));
        out.put("decoder", PackedImages.pack(decoded));
        out.put("certificate_low", PackedImages.pack(model.certificate(codes, Half.LOW)));
        out.put("certificate_high", PackedImages.pack(model.certificate(codes, Half.HIGH)));
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
}
