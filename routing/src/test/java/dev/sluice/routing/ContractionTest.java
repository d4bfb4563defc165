package dev.sluice.routing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.DType;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ContractionTest {
    /** Sizes of a chain and, for each of its inner axes, units to cut. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Cut(int[] sizes, List<boolean[]> gone) {
        static Cut drawn(Rng rng) {
            int[] sizes = new int[2 + rng.nextInt(3)];
            for (int i = 0; i < sizes.length; i++) {
                sizes[i] = 1 + rng.nextInt(9);
            }
            List<boolean[]> gone =
                    Arrays.stream(sizes)
                            .mapToObj(
                                    n -> {
                                        boolean[] units = new boolean[n];
                                        for (int u = 0; u < n; u++) {
                                            units[u] = rng.nextInt(3) == 0;
                                        }
                                        return units;
                                    })
                            .toList();
            return new Cut(sizes, gone);
        }

        boolean inner(int axis) {
            return axis > 0 && axis < sizes.length - 1;
        }

        int left(int axis) {
            int left = 0;
            for (boolean g : gone.get(axis)) {
                left += g && inner(axis) ? 0 : 1;
            }
            return left;
        }

        Contraction contraction() {
            Contraction all = null;
            for (int axis = 1; axis < sizes.length - 1; axis++) {
                for (int u = 0; u < sizes[axis]; u++) {
                    if (gone.get(axis)[u]) {
                        String name = "d" + axis;
                        all =
                                all == null
                                        ? Contraction.of(name, u, u + 1)
                                        : all.and(name, u, u + 1);
                    }
                }
            }
            return all == null ? Contraction.of(new Region(List.of())) : all;
        }

        double[] strengths(int axis) {
            double[] s = new double[sizes[axis]];
            for (int u = 0; u < s.length; u++) {
                s[u] = gone.get(axis)[u] ? 1 : 0;
            }
            return s;
        }
    }

    @Property(tries = 300)
    void the_smaller_model_computes_what_the_ablated_one_does(@ForAll long seed) {
        Rng rng = Rng.of(seed);
        Cut cut = Cut.drawn(rng);
        int[] left = new int[cut.sizes().length];
        for (int axis = 0; axis < left.length; axis++) {
            left[axis] = cut.left(axis);
        }
        try (TensorScope scope = TensorScope.open();
                Chain whole = new Chain(rng, false, cut.sizes());
                Chain smaller = new Chain(rng, false, left)) {
            smaller.load(cut.contraction().state(whole));
            Tensor x = Tensor.normal(rng, 1, DType.F32, 3, cut.sizes()[0]);
            float[] found = smaller.forward(x).toFloats();
            assertArrayEquals(ablated(whole, cut, 1, x), found, 1e-6f);
        }
    }

    /**
     * The output while the units of each inner axis, from {@code axis} on, are replaced by zero.
     */
    private static float[] ablated(Chain model, Cut cut, int axis, Tensor x) {
        if (!cut.inner(axis)) {
            return model.forward(x).toFloats();
        }
        Mask strength = Mask.of("d" + axis, cut.strengths(axis));
        try (Ablation off = Ablation.units(model, HookName.of("h" + axis), strength).zero()) {
            return ablated(model, cut, axis + 1, x);
        }
    }

    @Test
    void kept_weights_have_their_bits_and_the_whole_model_is_as_it_was() {
        try (TensorScope scope = TensorScope.open();
                TwoLayers model = new TwoLayers()) {
            float[] before = of(model.state(), "encoder.weight").toFloats();
            Map<String, Tensor> left = Contraction.of("latent", 1, 5).state(model);
            float[] rows = of(left, "encoder.weight").toFloats();
            assertArrayEquals(Arrays.copyOf(before, 4), Arrays.copyOf(rows, 4));
            assertArrayEquals(Arrays.copyOfRange(before, 20, 24), Arrays.copyOfRange(rows, 4, 8));
            assertArrayEquals(new long[] {3, 2}, of(left, "decoder.weight").shape());
            assertArrayEquals(new long[] {2}, of(left, "scale").shape());
            assertArrayEquals(new long[] {5}, of(left, "odd").shape());
            assertArrayEquals(before, of(model.state(), "encoder.weight").toFloats());
        }
    }

    @Test
    void a_layer_that_lost_every_input_gives_its_bias() {
        try (TensorScope scope = TensorScope.open();
                Chain whole = new Chain(Rng.of(1), false, 2, 3, 2);
                Chain smaller = new Chain(Rng.of(2), false, 2, 0, 2)) {
            smaller.load(Contraction.of("d1", 0, 3).state(whole));
            Tensor x = Tensor.normal(Rng.of(3), 1, DType.F32, 4, 2);
            Tensor bias = whole.weight("l2.bias").detach().tanh().expand(4, 2).contiguous();
            assertTrue(smaller.forward(x).sameBits(bias));
        }
    }

    @Test
    void plans_follow_with_new_numbers_and_lose_what_was_cut() {
        Region low = Region.of("encoder.weight", "latent", 0, 3);
        Region high = Region.of("encoder.weight", "latent", 3, 6);
        RoutePlan<Object> plan =
                RoutePlan.of(
                                Route.at(HookName.of("encoder.out"))
                                        .by(batch -> Assignment.of(List.of("low"), new int[1]))
                                        .mask("low", Mask.range("latent", 0, 3))
                                        .mask("high", Mask.range("latent", 3, 6)))
                        .claim(Claim.of(low, "high"))
                        .claim(Claim.of(high, "low"))
                        .leave(high, "low");
        Contraction cut = Contraction.of(high).and("latent", 0, 1);
        RoutePlan<Object> left = cut.plan(plan);
        assertEquals(
                List.of(Region.of("encoder.weight", "latent", 0, 2)),
                left.claims().stream().map(Claim::region).toList());
        assertEquals(List.of(), left.updates());
        Map<String, Mask> masks = left.routes().get(0).masks();
        assertArrayEquals(new float[] {1, 1}, of(masks, "low").weights(2));
        assertArrayEquals(new float[] {0, 0}, of(masks, "high").weights(2));
        assertEquals(2, cut.size("encoder.weight", "latent", 6));
    }

    @Test
    void what_cannot_be_cut_is_refused() {
        try (TensorScope scope = TensorScope.open();
                TwoLayers model = new TwoLayers()) {
            refused("latent", () -> Contraction.of("latent", 4, 7).state(model));
            refused("nearest: latent", () -> Contraction.of("latents", 0, 1).state(model));
            refused("scale", () -> Contraction.of(Region.of("scale")));
            refused("0 <= from < to", () -> Contraction.of("latent", 2, 2));
        }
    }

    private static <V> V of(Map<String, V> map, String key) {
        return Objects.requireNonNull(map.get(key), key);
    }

    private static void refused(String part, org.junit.jupiter.api.function.Executable call) {
        String message = "" + assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(message.contains(part), message);
    }
}
