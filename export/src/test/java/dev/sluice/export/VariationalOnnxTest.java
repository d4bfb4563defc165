package dev.sluice.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import ai.onnxruntime.OrtException;
import dev.sluice.engine.DType;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.models.CodeActivation;
import dev.sluice.models.Parametrisation;
import dev.sluice.models.VariationalAutoencoder;
import dev.sluice.models.VariationalAutoencoder.Posterior;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The variational autoencoder as ONNX Runtime computes it. */
class VariationalOnnxTest {
    private static final int HEIGHT = 4;
    private static final int WIDTH = 3;

    private static Map<String, float[]> run(
            VariationalAutoencoder model, int graph, String input, Tensor x, long... shape)
            throws OrtException {
        byte[] file = OnnxWriter.write(model.graphs().get(graph), HEIGHT, WIDTH, "1", Map.of());
        try (Onnx onnx = new Onnx(file)) {
            return onnx.run(input, x.toFloats(), shape);
        }
    }

    @Property(tries = 25)
    void every_part_agrees(@ForAll long seed, @ForAll Parametrisation parametrisation)
            throws OrtException {
        Rng rng = Rng.of(seed);
        int classes = 1 + rng.nextInt(4);
        VariationalAutoencoder.Sizes sizes =
                new VariationalAutoencoder.Sizes(
                        HEIGHT * WIDTH,
                        1 + rng.nextInt(20),
                        1 + rng.nextInt(20),
                        1 + rng.nextInt(6),
                        classes,
                        1 + rng.nextInt(2),
                        rng.nextInt(2) * rng.nextInt(9));
        try (TensorScope scope = TensorScope.open();
                VariationalAutoencoder model =
                        new VariationalAutoencoder(
                                sizes,
                                parametrisation,
                                CodeActivation.RELU,
                                0.9 * rng.nextDouble(),
                                DType.F32,
                                rng)) {
            int n = 1 + rng.nextInt(3);
            Tensor x = Tensor.uniform(rng, 0, 1, DType.F32, n, sizes.pixels());
            Posterior posterior = model.encode(x);
            Map<String, float[]> encoded = run(model, 0, "input", x, n, 1, HEIGHT, WIDTH);
            Tensor means = model.means(posterior);
            assertArrayEquals(means.toFloats(), encoded.get("mean"), 1e-5f);
            byte[] file = OnnxWriter.write(model.graphs().get(0), HEIGHT, WIDTH, "1", Map.of());
            Map<String, Tensor> read = OnnxReader.of(file).run(x.reshape(n, 1, HEIGHT, WIDTH));
            assertArrayEquals(
                    encoded.get("mean"),
                    Objects.requireNonNull(read.get("mean")).toFloats(),
                    1e-6f);
            Tensor expected =
                    parametrisation == Parametrisation.REFERENCE
                            ? posterior.spread()
                            : parametrisation.deviation(posterior.spread()).square().log();
            assertArrayEquals(expected.toFloats(), encoded.get("log_var"), 1e-5f);
            Tensor z = means.relu();
            float[] image = model.decode(z).toFloats();
            float[] decoded = run(model, 1, "z", z, n, sizes.latent()).get("output");
            assertArrayEquals(image, decoded, 1e-5f);
            float[] whole = run(model, 2, "input", x, n, 1, HEIGHT, WIDTH).get("output");
            assertArrayEquals(image, whole, 1e-5f);
        }
    }
}
