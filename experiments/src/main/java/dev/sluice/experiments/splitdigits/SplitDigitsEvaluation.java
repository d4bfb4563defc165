package dev.sluice.experiments.splitdigits;

import dev.sluice.data.ImageSet;
import dev.sluice.engine.DType;
import dev.sluice.engine.GradMode;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.models.SplitAutoencoder;
import dev.sluice.models.SplitAutoencoder.Half;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Reconstruction errors on the test set: per image the mean squared and the mean absolute error
 * over pixels, then the mean per digit, then the mean of a group's digits. Compare the squared ones
 * with the paper: its table says MAE and holds MSE.
 */
final class SplitDigitsEvaluation {
    private static final int CHUNK = 1000;
    private static final int DIGITS = 10;

    private SplitDigitsEvaluation() {}

    /** Pixels 0…255 as rows in [−1, 1]. */
    static Tensor images(ImageSet set, int from, int count, DType dtype) {
        int pixels = set.height() * set.width();
        byte[] all = set.images();
        byte[] part = Arrays.copyOfRange(all, from * pixels, (from + count) * pixels);
        return Tensor.of(part, count, pixels).to(dtype).div(255).sub(0.5).div(0.5);
    }

    /** The mean of each pixel over a set: its best constant image, in [−1, 1]. */
    static double[] meanImage(ImageSet set) {
        int pixels = set.height() * set.width();
        byte[] all = set.images();
        double[] mean = new double[pixels];
        for (int i = 0; i < all.length; i++) {
            mean[i % pixels] += all[i] & 0xFF;
        }
        for (int p = 0; p < pixels; p++) {
            mean[p] = (mean[p] / set.size() / 255 - 0.5) / 0.5;
        }
        return mean;
    }

    /** Every metric by its public name. */
    static Map<String, Double> metrics(
            SplitAutoencoder model, ImageSet test, double[] constantImage, DType dtype) {
        Errors decoder = new Errors();
        Errors low = new Errors();
        Errors high = new Errors();
        Errors constant = new Errors();
        for (int from = 0; from < test.size(); from += CHUNK) {
            int count = Math.min(CHUNK, test.size() - from);
            try (TensorScope scope = TensorScope.open();
                    GradMode off = GradMode.off()) {
                Tensor x = images(test, from, count, dtype);
                Tensor z = model.encode(x);
                int[] labels = labels(test, from, count);
                decoder.add(labels, decode(model, z, labels), x);
                low.add(labels, model.certificate(z, Half.LOW), x);
                high.add(labels, model.certificate(z, Half.HIGH), x);
                Tensor mean = Tensor.of(constantImage, 1, constantImage.length).to(dtype);
                constant.add(labels, mean.expand(x.shape()), x);
            }
        }
        return named(decoder, low, high, constant);
    }

    static int[] labels(ImageSet set, int from, int count) {
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            labels[i] = set.label(from + i);
        }
        return labels;
    }

    /** Each image by the decoder of its group. */
    static Tensor decode(SplitAutoencoder model, Tensor z, int[] labels) {
        Tensor gated = model.gate(z);
        if (!model.sizes().separateDecoders()) {
            return model.decode(gated);
        }
        double[] isHigh = Arrays.stream(labels).mapToDouble(l -> l >= 5 ? 1 : 0).toArray();
        Tensor high = Tensor.of(isHigh, labels.length, 1).gt(0.5);
        return model.decodeHigh(gated).where(high, model.decode(gated));
    }

    private static Map<String, Double> named(
            Errors decoder, Errors low, Errors high, Errors constant) {
        Map<String, Double> m = new LinkedHashMap<>();
        for (String kind : new String[] {"mse", "mae"}) {
            m.put("decoder." + kind + ".low", decoder.group(kind, 0));
            m.put("decoder." + kind + ".high", decoder.group(kind, 5));
            for (String group : new String[] {"low", "high"}) {
                int first = group.equals("low") ? 0 : 5;
                m.put("certificate.low." + kind + "." + group, low.group(kind, first));
                m.put("certificate.high." + kind + "." + group, high.group(kind, first));
                m.put("constant." + kind + "." + group, constant.group(kind, first));
            }
        }
        m.put("separation.low", high.group("mse", 0) / low.group("mse", 0));
        m.put("separation.high", low.group("mse", 5) / high.group("mse", 5));
        for (int d = 0; d < DIGITS; d++) {
            for (String kind : new String[] {"mse", "mae"}) {
                m.put("per_label." + d + ".decoder." + kind, decoder.digit(kind, d));
                m.put("per_label." + d + ".certificate.low." + kind, low.digit(kind, d));
                m.put("per_label." + d + ".certificate.high." + kind, high.digit(kind, d));
            }
        }
        return m;
    }

    /** Sums of errors by digit. */
    private static final class Errors {
        private final double[] squared = new double[DIGITS];
        private final double[] absolute = new double[DIGITS];
        private final long[] count = new long[DIGITS];

        void add(int[] labels, Tensor image, Tensor x) {
            Tensor difference = image.to(x.dtype()).sub(x);
            sum(squared, labels, difference, Tensor::square);
            sum(absolute, labels, difference, Tensor::abs);
            for (int label : labels) {
                count[label]++;
            }
        }

        private static void sum(
                double[] into, int[] labels, Tensor difference, UnaryOperator<Tensor> f) {
            double[] perImage = f.apply(difference).mean(false, 1).toDoubles();
            for (int i = 0; i < perImage.length; i++) {
                into[labels[i]] += perImage[i];
            }
        }

        double digit(String kind, int digit) {
            return (kind.equals("mse") ? squared : absolute)[digit] / count[digit];
        }

        double group(String kind, int first) {
            double sum = 0;
            int digits = 0;
            for (int d = first; d < first + 5; d++) {
                if (count[d] > 0) {
                    sum += digit(kind, d);
                    digits++;
                }
            }
            return sum / digits;
        }
    }
}
