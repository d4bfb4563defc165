package dev.sluice.experiments.routedvae;

import dev.sluice.data.BatchStream;
import dev.sluice.data.ImageSet;
import dev.sluice.engine.Adam;
import dev.sluice.engine.DType;
import dev.sluice.engine.GradMode;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Optimizer;
import dev.sluice.engine.ParameterGroup;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.layer.Conv2d;
import dev.sluice.engine.layer.Linear;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A small convolutional network that reads images: the judge of what a traversal shows. It is
 * trained apart from any VAE, on the training set with its labels, and the same whatever the seed
 * of the run. Its weights are held in plain arrays, so trials may share it.
 */
final class ImageClassifier {
    private static final int BATCH = 64;
    private static final int CHUNK = 500;
    private static final double RATE = 2e-3;

    private final Shape shape;
    private final Map<String, float[]> weights;

    private record Shape(int height, int width, int classes) {}

    private ImageClassifier(Shape shape, Map<String, float[]> weights) {
        this.shape = shape;
        this.weights = weights;
    }

    /** Two convolutions of stride 2 and two linear maps. */
    private static final class Net extends Layer {
        private static final int CHANNELS1 = 12;
        private static final int CHANNELS2 = 24;
        private static final int HIDDEN = 64;

        private final Shape shape;
        private final Conv2d conv1;
        private final Conv2d conv2;
        private final Linear hidden;
        private final Linear out;

        Net(Shape s, Rng rng) {
            shape = s;
            DType f32 = DType.F32;
            conv1 = child("conv1", new Conv2d("grey", 1, "c1", CHANNELS1, 5, 2, 2, true, f32, rng));
            conv2 =
                    child(
                            "conv2",
                            new Conv2d("c1", CHANNELS1, "c2", CHANNELS2, 3, 2, 1, true, f32, rng));
            long flat = (long) CHANNELS2 * quarter(s.height) * quarter(s.width);
            hidden = child("hidden", new Linear("c2", flat, "hidden", HIDDEN, true, f32, rng));
            out = child("out", new Linear("hidden", HIDDEN, "class", s.classes, true, f32, rng));
        }

        private static int quarter(int side) {
            return ((side + 1) / 2 + 1) / 2;
        }

        Tensor forward(Tensor x) {
            Tensor image = x.reshape(-1, 1, shape.height, shape.width);
            Tensor maps = conv2.forward(conv1.forward(image).relu()).relu();
            return out.forward(hidden.forward(maps.reshape(x.size(0), -1)).relu());
        }
    }

    /** Trains one on a set; the rate goes down a cosine. */
    static ImageClassifier train(ImageSet set, int classes, int steps) {
        Shape shape = new Shape(set.height(), set.width(), classes);
        VaeImages images = new VaeImages(set, DType.F32);
        BatchStream stream =
                BatchStream.of(set.size(), BATCH, Rng.of(0, "traversal-classifier/order"));
        try (TensorScope scope = TensorScope.open();
                Net net = new Net(shape, Rng.of(0, "traversal-classifier/weights"));
                Optimizer optimizer =
                        new Optimizer(
                                Adam.standard(),
                                RATE,
                                List.of(ParameterGroup.of(net.parameters().values())))) {
            for (int step = 0; step < steps; step++) {
                optimizer.setLearningRate(
                        RATE * 0.5 * (1 + StrictMath.cos(Math.PI * step / steps)));
                try (TensorScope inner = TensorScope.open()) {
                    int[] rows = stream.next();
                    Tensor labels = Tensor.of(images.labels(rows), rows.length);
                    net.forward(images.at(rows)).crossEntropy(labels).mean().backward();
                    optimizer.step();
                    net.clearGradients();
                }
            }
            Map<String, float[]> weights = new LinkedHashMap<>();
            net.state().forEach((name, t) -> weights.put(name, t.toFloats()));
            return new ImageClassifier(shape, weights);
        }
    }

    /** The class of each image; rows of pixels in [0, 1]. */
    int[] read(Tensor images) {
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.off();
                Net net = open()) {
            return read(net, images.to(DType.F32));
        }
    }

    /** The share of a set that it reads as labelled. */
    double accuracy(ImageSet set) {
        VaeImages images = new VaeImages(set, DType.F32);
        int right = 0;
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.off();
                Net net = open()) {
            for (int from = 0; from < set.size(); from += CHUNK) {
                int[] rows = IntStream.range(from, Math.min(from + CHUNK, set.size())).toArray();
                try (TensorScope inner = TensorScope.open()) {
                    int[] read = read(net, images.at(rows));
                    right +=
                            (int)
                                    IntStream.range(0, rows.length)
                                            .filter(i -> read[i] == set.label(rows[i]))
                                            .count();
                }
            }
        }
        return (double) right / set.size();
    }

    private static int[] read(Net net, Tensor images) {
        return Arrays.stream(net.forward(images).argmax(1).toLongs())
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    private Net open() {
        Net net = new Net(shape, Rng.of(0));
        Map<String, Tensor> state = new LinkedHashMap<>();
        net.state()
                .forEach(
                        (name, t) -> {
                            float[] values = weights.get(name);
                            if (values != null) {
                                state.put(name, Tensor.of(values, t.shape()));
                            }
                        });
        net.load(state);
        return net;
    }
}
