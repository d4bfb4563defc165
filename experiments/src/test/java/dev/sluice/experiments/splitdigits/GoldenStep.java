package dev.sluice.experiments.splitdigits;

import dev.sluice.data.ImageData;
import dev.sluice.data.ImageSet;
import dev.sluice.engine.DType;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.testing.GoldenTensors;
import dev.sluice.experiments.LabelledImages;
import dev.sluice.experiments.splitdigits.SplitDigitsSettings.Routing;
import dev.sluice.models.SplitAutoencoder;
import dev.sluice.models.SplitAutoencoder.Half;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.Router;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The model of a case with the reference's weights, and the loss and gradients of a batch on it.
 * Open a scope around it.
 */
final class GoldenStep implements AutoCloseable {
    private final GoldenCase golden;
    private final SplitDigitsSettings settings;
    private final ImageSet images;
    private final DType dtype;
    final SplitAutoencoder model;
    final ImageWeights weights;
    private final boolean[] inHigh;

    GoldenStep(GoldenCase golden, GoldenTensors init, ImageSet images, DType dtype) {
        this.golden = golden;
        this.images = images;
        this.dtype = dtype;
        settings = golden.typed();
        model =
                new SplitAutoencoder(
                        settings.sizes(images.height() * images.width()), dtype, Rng.of(0));
        model.load(weights(golden, init, model.state(), dtype));
        inHigh = Groups.high(images, settings.routing());
        weights = ImageWeights.of(settings, labels(), inHigh, new boolean[images.size()]);
    }

    /** The reference's images as a set, with the labels of the case; some rows, or all. */
    static ImageSet images(GoldenCase golden, GoldenTensors data, int[] rows) {
        Tensor all = data.get("images");
        long[] labels = data.get("labels").toLongs();
        int pixels = (int) all.size(1);
        double[] values = all.toDoubles();
        byte[] bytes = new byte[rows.length * pixels];
        byte[] digits = new byte[rows.length];
        for (int i = 0; i < rows.length; i++) {
            for (int p = 0; p < pixels; p++) {
                bytes[i * pixels + p] = (byte) (int) values[rows[i] * pixels + p];
            }
            digits[i] = (byte) golden.label((int) labels[rows[i]]);
        }
        return new ImageSet(1, pixels, bytes, digits);
    }

    static ImageData data(ImageSet images) {
        return new ImageData("reference", false, "reference numbers", images, images, Map.of());
    }

    /** The reference's weights under our names, in our order, for a model of this state. */
    static Map<String, Tensor> weights(
            GoldenCase golden, GoldenTensors init, Map<String, Tensor> state, DType dtype) {
        Map<String, Tensor> ours = new LinkedHashMap<>();
        for (String theirs : init.names()) {
            if (state.containsKey(golden.parameter(theirs))) {
                ours.put(golden.parameter(theirs), golden.turn(theirs, init.get(theirs)).to(dtype));
            }
        }
        return ours;
    }

    private int[] labels() {
        return SplitDigitsEvaluation.labels(images, 0, images.size());
    }

    Tensor pixels() {
        return SplitDigitsEvaluation.images(images, 0, images.size(), dtype);
    }

    float[] highShare() {
        return weights.highShare(inHigh);
    }

    /** Forward and backward as a training step does it; gradients stay at the parameters. */
    Map<String, Tensor> run() {
        LabelledImages batch = new LabelledImages(pixels(), labels(), new int[images.size()]);
        boolean pure = settings.routing() != Routing.HIGH_HALF_ON_ALL;
        RoutePlan<LabelledImages> plan =
                SplitDigitsPlan.of(
                        settings,
                        pure ? SplitDigitsPlan.byDigit() : SplitDigitsPlan.byShare(highShare()),
                        pure);
        try (Router router = Router.open(model, plan, batch)) {
            Map<String, Tensor> terms = new SplitDigitsLoss(model, settings).terms(batch, weights);
            total(terms).backward();
            router.finish();
            return terms;
        }
    }

    static Tensor total(Map<String, Tensor> terms) {
        return terms.values().stream().reduce(Tensor::add).orElseThrow();
    }

    /** A gradient in the reference's order of units; zeros where none arrived. */
    Tensor gradient(String theirs) {
        var parameter = model.parameters().get(golden.parameter(theirs));
        if (parameter == null) {
            throw new AssertionError("the model lacks " + theirs);
        }
        Tensor g = parameter.grad();
        return golden.turn(theirs, g == null ? parameter.value().detach().mul(0) : g);
    }

    /** The images that each part makes of the batch, and the code, by the reference's names. */
    Map<String, Tensor> outputs() {
        Tensor z = model.encode(pixels()).detach();
        Map<String, Tensor> out = new LinkedHashMap<>();
        boolean two = settings.separateDecoders();
        out.put("code", golden.turn(z, 1));
        out.put(
                "first_route_head",
                two && golden.swapped() ? model.decodeHigh(z) : model.decode(z));
        out.put(
                "second_route_head",
                two && !golden.swapped() ? model.decodeHigh(z) : model.decode(z));
        out.put("certificate_first_half_head", model.certificate(z, golden.half(true)));
        out.put("certificate_second_half_head", model.certificate(z, golden.half(false)));
        return out;
    }

    /** Pixels so near their target that f32 decides the sign of the error by chance. */
    long ties() {
        Tensor x = pixels();
        Tensor z = model.encode(x);
        Tensor near =
                near(model.decode(z), x)
                        .add(near(model.certificate(z, Half.LOW), x))
                        .add(near(model.certificate(z, Half.HIGH), x));
        return Math.round(near.item());
    }

    private static Tensor near(Tensor image, Tensor x) {
        return image.sub(x).abs().gt(5e-7).logicalNot().to(x.dtype()).sum();
    }

    @Override
    public void close() {
        model.close();
    }
}
