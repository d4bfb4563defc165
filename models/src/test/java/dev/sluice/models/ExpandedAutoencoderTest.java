package dev.sluice.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.DType;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.models.SplitAutoencoder.Half;
import dev.sluice.models.SplitAutoencoder.Sizes;
import dev.sluice.routing.Ablation;
import dev.sluice.routing.ExpandedRoutes;
import dev.sluice.routing.Expansion;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Expansion knows axes alone, so autoencoders grow as transformers do. */
final class ExpandedAutoencoderTest {
    private static int more(Rng rng) {
        return Math.max(0, rng.nextInt(5) - 1);
    }

    private static Expansion and(Expansion expansion, int units, String... axes) {
        Expansion more = expansion;
        for (String axis : axes) {
            more = units == 0 ? more : more.and(axis, units);
        }
        return more;
    }

    @Property(tries = 150)
    void a_wider_autoencoder_computes_what_the_original_did_and_finds_the_way_back(
            @ForAll long seed, @ForAll boolean separate) {
        Rng rng = Rng.of(seed);
        int first = 1 + rng.nextInt(4);
        int second = 1 + rng.nextInt(4);
        int half = 1 + rng.nextInt(3);
        int[] more = {more(rng), more(rng), more(rng)};
        Sizes before = new Sizes(5, first, second, half, half, separate);
        Sizes after =
                new Sizes(5, first + more[0], second + more[1], half, half + more[2], separate);
        Expansion expansion = and(Expansion.none(), more[0], "hidden1", "decoder_hidden1");
        expansion = and(expansion, more[1], "hidden2", "decoder_hidden2");
        expansion = and(expansion, more[2], "latent", "latent_high");
        try (TensorScope scope = TensorScope.open();
                SplitAutoencoder model = new SplitAutoencoder(before, DType.F32, rng);
                SplitAutoencoder wider = new SplitAutoencoder(after, DType.F32, rng)) {
            Tensor x = Tensor.uniform(rng, -1, 1, DType.F32, 4, 5);
            float[] images = model.decode(model.gate(model.encode(x))).toFloats();
            float[] seen = model.certificate(model.encode(x), Half.HIGH).toFloats();
            Expansion fresh = expansion.fresh("**", 1).fresh("certificate_high.first.*", 0);
            fresh.check(model, wider).orThrow();
            var zeros = expansion.state(model, wider);
            wider.load(fresh.state(model, wider));
            ExpandedRoutes routes = ExpandedRoutes.of(fresh, wider, "**");
            try (Ablation off = routes.ablated(wider)) {
                near(images, wider.decode(wider.gate(wider.encode(x))));
                near(seen, wider.certificate(wider.encode(x), Half.HIGH));
            }
            fresh.contraction(wider)
                    .state(wider)
                    .forEach(
                            (name, value) ->
                                    assertTrue(
                                            value.sameBits(
                                                    Objects.requireNonNull(
                                                            model.state().get(name))),
                                            name));
            wider.load(zeros);
            near(images, wider.decode(wider.gate(wider.encode(x))));
        }
    }

    @Test
    void a_certificate_that_starts_with_units_no_hook_point_has_is_told() {
        Rng rng = Rng.of(1);
        Sizes before = new Sizes(5, 3, 3, 2, 2, false);
        Sizes after = new Sizes(5, 3, 3, 2, 4, false);
        Expansion expansion = Expansion.of("latent", 2).and("latent_high", 2).fresh("**", 1);
        try (TensorScope scope = TensorScope.open();
                SplitAutoencoder model = new SplitAutoencoder(before, DType.F32, rng);
                SplitAutoencoder wider = new SplitAutoencoder(after, DType.F32, rng)) {
            String told = expansion.check(model, wider).changes().toString();
            assertTrue(told.contains("latent_high") && told.contains("certificate_high"), told);
        }
    }

    private static void near(float[] expected, Tensor found) {
        assertArrayEquals(expected, found.toFloats(), 1e-5f);
    }
}
