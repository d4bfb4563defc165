package dev.sluice.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import dev.sluice.engine.DType;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.models.Exportable;
import dev.sluice.models.Graph;
import dev.sluice.models.SplitAutoencoder;
import dev.sluice.models.SplitAutoencoder.Half;
import dev.sluice.models.SplitAutoencoder.Sizes;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What ONNX Runtime computes from the written bytes, beside the models' own forward passes. */
class OnnxTest {
    private static final int HEIGHT = 4;
    private static final int WIDTH = 3;

    private static Graph graph(Exportable model, String name) {
        return model.graphs().stream().filter(g -> g.name().equals(name)).findFirst().orElseThrow();
    }

    private static byte[] file(Exportable model, String name) {
        return OnnxWriter.write(graph(model, name), HEIGHT, WIDTH, "1", Map.of("regions", "{}"));
    }

    private static float[] onnx(Exportable model, String name, Tensor x) throws OrtException {
        Graph graph = graph(model, name);
        int n = (int) x.size(0);
        long[] shape =
                graph.input().image()
                        ? new long[] {n, 1, HEIGHT, WIDTH}
                        : new long[] {n, graph.input().units()};
        try (Onnx file = new Onnx(file(model, name))) {
            Map<String, float[]> out = file.run(graph.input().name(), x.toFloats(), shape);
            return Objects.requireNonNull(out.get(graph.outputs().get(0).name()));
        }
    }

    private static void same(
            SplitAutoencoder model, String name, Tensor x, UnaryOperator<Tensor> forward)
            throws OrtException {
        assertArrayEquals(forward.apply(x).toFloats(), onnx(model, name, x), 1e-5f, name);
    }

    @Property(tries = 25)
    void every_part_of_a_split_autoencoder_agrees(@ForAll long seed) throws OrtException {
        Rng rng = Rng.of(seed);
        Sizes sizes =
                new Sizes(
                        HEIGHT * WIDTH,
                        1 + rng.nextInt(20),
                        1 + rng.nextInt(20),
                        rng.nextInt(4),
                        1 + rng.nextInt(4),
                        rng.nextInt(2) == 0);
        try (TensorScope scope = TensorScope.open();
                SplitAutoencoder model = new SplitAutoencoder(sizes, DType.F32, rng)) {
            int n = 1 + rng.nextInt(3);
            Tensor x = Tensor.uniform(rng, -1, 1, DType.F32, n, sizes.pixels());
            Tensor code = Tensor.normal(rng, 1, DType.F32, n, sizes.latent());
            same(model, "encoder", x, model::encode);
            same(model, "decoder", code, model::decode);
            same(model, "model", x, y -> model.decode(model.encode(y)));
            same(model, "certificate_high", code, c -> model.certificate(c, Half.HIGH));
            if (sizes.low() > 0) {
                same(model, "certificate_low", code, c -> model.certificate(c, Half.LOW));
            }
            if (sizes.separateDecoders()) {
                same(model, "decoder_high", code, model::decodeHigh);
            }
        }
    }

    @Test
    void functions_and_the_reader_of_the_report_agree() throws OrtException {
        try (TensorScope scope = TensorScope.open()) {
            List<Graph.Step> steps =
                    List.of(
                            new Graph.Apply(Graph.Function.SOFTPLUS),
                            new Graph.Apply(Graph.Function.LOG),
                            new Graph.Scale(-2.5),
                            new Graph.Apply(Graph.Function.RELU),
                            new Graph.Apply(Graph.Function.SIGMOID),
                            new Graph.Units(1, 3));
            Graph.Port in = new Graph.Port("z", 4, false);
            Graph graph =
                    new Graph(
                            "functions",
                            in,
                            List.of(new Graph.Value("y", "z", steps)),
                            List.of(new Graph.Port("y", 2, false)));
            byte[] file = OnnxWriter.write(graph, 1, 1, "1", Map.of());
            double[] x = {-30, -1, 0.5, 2, 0, 1, -2, 3};
            float[] expected = new float[4];
            for (int i = 0; i < 4; i++) {
                double v = -2.5 * Math.log(Math.log1p(Math.exp(x[i / 2 * 4 + 1 + i % 2])));
                expected[i] = (float) (1 / (1 + Math.exp(-Math.max(v, 0))));
            }
            Tensor input = Tensor.of(x, 2, 4).to(DType.F32);
            Tensor read = OnnxReader.of(file).run(input).get("y");
            assertArrayEquals(expected, Objects.requireNonNull(read).toFloats(), 1e-6f);
            try (Onnx runtime = new Onnx(file)) {
                float[] found = runtime.run("z", input.toFloats(), 2, 4).get("y");
                assertArrayEquals(expected, found, 1e-6f);
            }
        }
    }

    @Test
    void the_signature_has_images_and_an_open_batch_and_tells_of_the_regions() throws OrtException {
        Sizes sizes = Sizes.even(HEIGHT * WIDTH, 5, 4, 6, false);
        try (TensorScope scope = TensorScope.open();
                SplitAutoencoder model = new SplitAutoencoder(sizes, DType.F32, Rng.of(1));
                Onnx file = new Onnx(file(model, "encoder"))) {
            Map<String, NodeInfo> in = file.session().getInputInfo();
            Map<String, NodeInfo> out = file.session().getOutputInfo();
            assertArrayEquals(new long[] {-1, 1, HEIGHT, WIDTH}, shape(in, "input"));
            assertArrayEquals(new long[] {-1, 6}, shape(out, "code"));
            assertEquals("{}", file.session().getMetadata().getCustomMetadata().get("regions"));
            assertEquals("sluice", file.session().getMetadata().getProducerName());
        }
    }

    private static long[] shape(Map<String, NodeInfo> infos, String name) {
        NodeInfo info = Objects.requireNonNull(infos.get(name), name);
        return ((TensorInfo) info.getInfo()).getShape();
    }

    @Test
    void weights_stand_under_the_names_of_their_parameters() throws Exception {
        Sizes sizes = Sizes.even(HEIGHT * WIDTH, 5, 4, 6, false);
        try (TensorScope scope = TensorScope.open();
                SplitAutoencoder model = new SplitAutoencoder(sizes, DType.F32, Rng.of(1))) {
            var proto = ai.onnx.proto.OnnxMl.ModelProto.parseFrom(file(model, "certificate_low"));
            List<String> names =
                    proto.getGraph().getInitializerList().stream().map(t -> t.getName()).toList();
            assertTrue(
                    names.containsAll(
                            Arrays.asList(
                                    "certificate_low.first.weight", "certificate_low.out.bias")),
                    names::toString);
            assertEquals(13, proto.getOpsetImport(0).getVersion());
        }
    }
}
