package dev.sluice.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.DType;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.models.Perceptron;
import dev.sluice.models.SplitAutoencoder;
import dev.sluice.models.SplitAutoencoder.Half;
import dev.sluice.models.SplitAutoencoder.Sizes;
import dev.sluice.routing.Ablation;
import dev.sluice.routing.Contraction;
import dev.sluice.routing.HookName;
import dev.sluice.routing.Mask;
import dev.sluice.routing.Region;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Surgery on whole models, and what ONNX Runtime makes of the result. */
class ContractedModelsTest {
    private static final int PIXELS = 12;

    @Property(tries = 25)
    void a_split_autoencoder_without_units_of_its_code_computes_as_if_they_were_zero(
            @ForAll long seed) throws Exception {
        Rng rng = Rng.of(seed);
        int half = 1 + rng.nextInt(5);
        int left = rng.nextInt(half);
        Sizes whole = new Sizes(PIXELS, 7, 9, half, half, false);
        Sizes less = new Sizes(PIXELS, 7, 9, half, left, false);
        Region gone = Region.of("encoder.out.weight", "latent", half + left, 2 * half);
        Contraction cut = Contraction.of(gone).and("latent_high", left, half);
        try (TensorScope scope = TensorScope.open();
                SplitAutoencoder model = new SplitAutoencoder(whole, DType.F32, rng);
                SplitAutoencoder smaller = new SplitAutoencoder(less, DType.F32, rng)) {
            smaller.load(cut.state(model));
            Tensor x = Tensor.uniform(rng, -1, 1, DType.F32, 3, PIXELS);
            Tensor code = smaller.encode(x);
            try (Ablation off = Ablation.part(model, gone).zero()) {
                Tensor z = model.encode(x);
                assertTrue(z.narrow(1, 0, half + left).contiguous().sameBits(code));
                near(model.decode(z), smaller.decode(code));
                near(model.certificate(z, Half.LOW), smaller.certificate(code, Half.LOW));
                near(model.certificate(z, Half.HIGH), smaller.certificate(code, Half.HIGH));
                byte[] file = OnnxWriter.write(smaller.graphs().get(2), 3, 4, "1", Map.of());
                try (Onnx onnx = new Onnx(file)) {
                    float[] found = onnx.run("input", x.toFloats(), 3, 1, 3, 4).get("output");
                    assertArrayEquals(model.decode(z).toFloats(), found, 1e-5f);
                }
            }
        }
    }

    @Property(tries = 25)
    void a_perceptron_without_hidden_units_computes_as_if_they_were_zero(@ForAll long seed) {
        Rng rng = Rng.of(seed);
        int hidden = 2 + rng.nextInt(8);
        int from = rng.nextInt(hidden);
        int to = from + 1 + rng.nextInt(hidden - from);
        Contraction cut = Contraction.of("h1", from, to).and("h2", 0, 1);
        try (TensorScope scope = TensorScope.open();
                Perceptron model = perceptron(hidden, 5, rng);
                Perceptron smaller = perceptron(cut.size("first.weight", "h1", hidden), 4, rng)) {
            smaller.load(cut.state(model));
            Tensor x = Tensor.normal(rng, 1, DType.F32, 3, PIXELS);
            Mask first = Mask.range("h1", from, to);
            Mask second = Mask.range("h2", 0, 1);
            try (Ablation a = Ablation.units(model, HookName.of("first"), first).zero();
                    Ablation b = Ablation.units(model, HookName.of("second"), second).zero()) {
                near(model.forward(x), smaller.forward(x));
            }
        }
    }

    private static Perceptron perceptron(int first, int second, Rng rng) {
        Perceptron.Axes axes =
                new Perceptron.Axes("in", PIXELS, "h1", first, "h2", second, "out", 2);
        return new Perceptron(axes, true, DType.F32, rng);
    }

    private static void near(Tensor expected, Tensor found) {
        assertArrayEquals(expected.toFloats(), found.toFloats(), 1e-6f);
    }
}
