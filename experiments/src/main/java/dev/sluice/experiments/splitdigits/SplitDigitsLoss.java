package dev.sluice.experiments.splitdigits;

import dev.sluice.engine.Tensor;
import dev.sluice.experiments.LabelledImages;
import dev.sluice.models.SplitAutoencoder;
import dev.sluice.models.SplitAutoencoder.Half;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * The loss of a batch, term by term, already weighted; a term of weight 0 is left out.
 *
 * <pre>
 * reconstruction    Σᵢ (aᵢ + bᵢ) · mean over pixels of |x̂ᵢ − xᵢ|, x̂ = decoder(gate(z))
 * certificate_low   mean over images and pixels of |certificate(sg z_low) − x|, and so for high
 * l1_low            λ · Σₖ mean over images of |z_k|, k in the low half, and so for high
 * correlation       γ · mean over pairs of |ρ|, ρ = aᵀb/n of the standardised halves
 * </pre>
 *
 * <p>One decoder pass with a mask for each image has the gradients of the published two passes. The
 * penalties and certificates read the code before the gate. A constant unit of the code has
 * correlation 0 here, where the published formula is NaN.
 */
final class SplitDigitsLoss {
    /** The names of the terms. */
    static final Set<String> TERMS =
            Set.of(
                    SplitDigitsPlan.RECONSTRUCTION,
                    "certificate_low",
                    "certificate_high",
                    "l1_low",
                    "l1_high",
                    "correlation");

    private final SplitAutoencoder model;
    private final SplitDigitsSettings settings;

    SplitDigitsLoss(SplitAutoencoder model, SplitDigitsSettings settings) {
        this.model = model;
        this.settings = settings;
    }

    /** The terms, in a fixed order. */
    Map<String, Tensor> terms(LabelledImages batch, ImageWeights weights) {
        Map<String, Tensor> terms = new LinkedHashMap<>();
        Tensor x = batch.images();
        Tensor z = model.encode(x);
        terms.put(SplitDigitsPlan.RECONSTRUCTION, reconstruction(x, z, weights));
        terms.put("certificate_low", error(model.certificate(z, Half.LOW), x).mean());
        terms.put("certificate_high", error(model.certificate(z, Half.HIGH), x).mean());
        Tensor low = model.half(z, Half.LOW).to(x.dtype());
        Tensor high = model.half(z, Half.HIGH).to(x.dtype());
        int images = settings.singleMean() ? settings.batch() : batch.size();
        if (settings.l1Low() > 0) {
            terms.put("l1_low", low.abs().sum().mul(settings.l1Low() / images));
        }
        if (settings.l1High() > 0) {
            terms.put("l1_high", high.abs().sum().mul(settings.l1High() / images));
        }
        if (settings.correlation() > 0 && batch.size() > 1) {
            terms.put("correlation", correlation(low, high).mul(settings.correlation()));
        }
        return terms;
    }

    private Tensor reconstruction(Tensor x, Tensor z, ImageWeights weights) {
        Tensor gated = model.gate(z);
        return settings.separateDecoders()
                ? weighted(model::decode, gated, x, weights.low())
                        .add(weighted(model::decodeHigh, gated, x, weights.high()))
                : weighted(model::decode, gated, x, weights.total());
    }

    /** Σ weight · error over the images that have a weight, be it none; others are not decoded. */
    private static Tensor weighted(
            UnaryOperator<Tensor> decoder, Tensor gated, Tensor x, double[] weights) {
        int[] rows = rows(weights);
        boolean all = rows.length == weights.length;
        Tensor image = decoder.apply(all ? gated : pick(gated, rows));
        Tensor target = all ? x : pick(x, rows);
        double[] w = IntStream.of(rows).mapToDouble(row -> weights[row]).toArray();
        return error(image, target).mean(false, 1).mul(Tensor.of(w, w.length).to(x.dtype())).sum();
    }

    private static int[] rows(double[] weights) {
        return IntStream.range(0, weights.length).filter(i -> weights[i] > 0).toArray();
    }

    private static Tensor pick(Tensor t, int[] rows) {
        return t.select(0, Tensor.of(rows, rows.length));
    }

    private static Tensor error(Tensor image, Tensor x) {
        return image.to(x.dtype()).sub(x).abs();
    }

    /** Mean of |ρ| over the pairs of a low and a high unit; n − 1 under the deviation, n after. */
    static Tensor correlation(Tensor low, Tensor high) {
        long n = low.size(0);
        return standardised(low)
                .transpose(0, 1)
                .matmul(standardised(high))
                .div((double) n)
                .abs()
                .mean();
    }

    private static Tensor standardised(Tensor z) {
        Tensor centred = z.sub(z.mean(true, 0));
        Tensor variance = centred.square().sum(true, 0).div((double) (z.size(0) - 1));
        Tensor one = Tensor.ones(z.dtype(), variance.shape());
        return centred.div(variance.where(variance.gt(0), one).sqrt());
    }
}
