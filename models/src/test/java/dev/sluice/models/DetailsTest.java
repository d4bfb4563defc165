package dev.sluice.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.DType;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.models.VariationalAutoencoder.Posterior;
import dev.sluice.models.VariationalAutoencoder.Sizes;
import java.util.Arrays;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What details may do to a code, and what they may not. */
class DetailsTest {
    private static final int PIXELS = 6;

    private static VariationalAutoencoder model(Sizes sizes, double share, Rng rng) {
        return new VariationalAutoencoder(
                sizes, Parametrisation.FIXED, CodeActivation.RELU, share, DType.F64, rng);
    }

    @Property(tries = 50)
    void a_mean_goes_towards_the_largest_and_never_past_it(
            @ForAll long seed, @ForAll @DoubleRange(min = 0, max = 0.99) double share) {
        Rng rng = Rng.of(seed);
        int latent = 1 + rng.nextInt(6);
        int n = 1 + rng.nextInt(5);
        Sizes sizes = new Sizes(PIXELS, 7, 5, 4, latent, 1, 3);
        try (TensorScope scope = TensorScope.open();
                VariationalAutoencoder model = model(sizes, share, rng)) {
            Tensor x = Tensor.normal(rng, 3, DType.F64, n, PIXELS);
            Posterior posterior = model.encode(x);
            double[] gate = posterior.mean().relu().toDoubles();
            double[] details = Objects.requireNonNull(posterior.details()).toDoubles();
            double[] means = model.means(posterior).toDoubles();
            for (int i = 0; i < n; i++) {
                double largest =
                        Arrays.stream(gate, i * latent, (i + 1) * latent).max().orElseThrow();
                for (int d = i * latent; d < (i + 1) * latent; d++) {
                    double lacking = largest - gate[d];
                    assertEquals(gate[d] + share * details[d] * lacking, means[d], 1e-12);
                    assertTrue(lacking == 0 ? means[d] == largest : means[d] < largest);
                }
            }
        }
    }

    @Test
    void a_code_learns_nothing_through_what_details_add_to_it() {
        Rng rng = Rng.of(1);
        try (TensorScope scope = TensorScope.open()) {
            Tensor code = Tensor.normal(rng, 1, DType.F64, 3, 4).requireGrad();
            Tensor details = Tensor.uniform(rng, 0, 1, DType.F64, 3, 4).requireGrad();
            Details.lift(code, details, 0.5).sum().backward();
            double[] ones = new double[12];
            Arrays.fill(ones, 1);
            assertArrayEquals(ones, Objects.requireNonNull(code.grad()).toDoubles(), 0.0);
            Tensor lacking = code.detach().max(true, 1).sub(code.detach()).mul(0.5);
            assertArrayEquals(
                    lacking.toDoubles(), Objects.requireNonNull(details.grad()).toDoubles(), 0.0);
        }
    }

    @Test
    void a_model_without_details_reads_its_means_as_they_are() {
        try (TensorScope scope = TensorScope.open();
                VariationalAutoencoder model =
                        model(new Sizes(PIXELS, 7, 5, 4, 3, 2), 0.5, Rng.of(1))) {
            Posterior posterior = model.encode(Tensor.ones(DType.F64, 2, PIXELS));
            assertTrue(model.means(posterior).sameBits(posterior.mean()));
            Tensor code = posterior.mean().relu();
            assertTrue(model.lift(code, posterior, 0.5).sameBits(code));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1, Double.NaN})
    void a_share_that_could_make_another_unit_the_largest_is_refused(double share) {
        Sizes sizes = new Sizes(PIXELS, 7, 5, 4, 3, 1, 2);
        assertThrows(IllegalArgumentException.class, () -> model(sizes, share, Rng.of(1)).close());
    }
}
