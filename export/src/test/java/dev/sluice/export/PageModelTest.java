package dev.sluice.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.data.GeneratedDigits;
import dev.sluice.data.ImageSet;
import dev.sluice.engine.DType;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.models.CodeActivation;
import dev.sluice.models.Parametrisation;
import dev.sluice.models.SplitAutoencoder;
import dev.sluice.models.SplitAutoencoder.Half;
import dev.sluice.models.VariationalAutoencoder;
import dev.sluice.routing.Ablation;
import dev.sluice.routing.HookName;
import dev.sluice.routing.Mask;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What a server answers to the page of latents, against the models themselves. */
class PageModelTest {
    private static final ImageSet DIGITS = GeneratedDigits.generate(1, 1, 20).test();
    private static final int PIXELS = DIGITS.height() * DIGITS.width();

    private static void near(Tensor expected, Map<String, float[]> found, String decoder) {
        float[] one = Objects.requireNonNull(found.get(decoder), decoder);
        assertArrayEquals(expected.toFloats(), one, 1e-5f, decoder);
    }

    @Property(tries = 10)
    void a_unit_of_a_split_code_that_is_zero_is_one_put_out_of_action(
            @ForAll long seed, @ForAll boolean separate) {
        Rng rng = Rng.of(seed);
        SplitAutoencoder.Sizes sizes = new SplitAutoencoder.Sizes(PIXELS, 7, 9, 2, 3, separate);
        int off = rng.nextInt(5);
        try (TensorScope scope = TensorScope.open();
                SplitAutoencoder model = new SplitAutoencoder(sizes, DType.F32, rng)) {
            PageModel page = PageModel.of(model, DIGITS);
            Tensor x = Tensor.uniform(rng, 0, 1, DType.F32, 1, PIXELS);
            float[] code = page.encode(x.toFloats());
            Tensor z = model.encode(x.mul(2).sub(1));
            assertArrayEquals(z.toFloats(), code, 1e-5f);
            code[off] = 0;
            Map<String, float[]> found = page.decode(code);
            try (Ablation gone =
                    Ablation.units(
                                    model,
                                    HookName.of("encoder.out"),
                                    Mask.range("latent", off, off + 1))
                            .zero()) {
                Tensor gated = model.gate(z);
                near(image(model.decode(gated)), found, "decoder");
                near(image(model.certificate(gated, Half.LOW)), found, "certificate_low");
                near(image(model.certificate(gated, Half.HIGH)), found, "certificate_high");
                if (separate) {
                    near(image(model.decodeHigh(gated)), found, "decoder_high");
                }
                assertEquals(separate ? 4 : 3, found.size());
            }
        }
    }

    /** From [−1, 1] to [0, 1]. */
    private static Tensor image(Tensor x) {
        return x.add(1).div(2);
    }

    @Property(tries = 10)
    void the_code_of_a_variational_autoencoder_is_its_mean(
            @ForAll long seed, @ForAll Parametrisation parametrisation) {
        Rng rng = Rng.of(seed);
        VariationalAutoencoder.Sizes sizes =
                new VariationalAutoencoder.Sizes(PIXELS, 8, 6, 5, 3, 2, rng.nextInt(4));
        try (TensorScope scope = TensorScope.open();
                VariationalAutoencoder model =
                        new VariationalAutoencoder(
                                sizes, parametrisation, CodeActivation.RELU, 0.5, DType.F32, rng)) {
            PageModel page = PageModel.of(model, DIGITS);
            Tensor x = Tensor.uniform(rng, 0, 1, DType.F32, 1, PIXELS);
            Tensor mean = model.means(model.encode(x));
            assertArrayEquals(mean.toFloats(), page.encode(x.toFloats()), 1e-5f);
            Tensor z = mean.relu();
            near(model.decode(z), page.decode(z.toFloats()), "decoder");
        }
    }

    @Test
    void sliders_reach_as_far_as_the_codes_and_without_images_as_far_as_usual() {
        SplitAutoencoder.Sizes sizes = new SplitAutoencoder.Sizes(PIXELS, 7, 9, 2, 3, true);
        try (TensorScope scope = TensorScope.open();
                SplitAutoencoder model = new SplitAutoencoder(sizes, DType.F32, Rng.of(1))) {
            SiteInfo blind = PageModel.of(model, DIGITS.first(0)).info();
            assertEquals(new SiteInfo.Slider(-3, 3, 0.1), blind.slider());
            SiteInfo info = PageModel.of(model, DIGITS).info();
            double most =
                    model.encode(OnnxFiles.images(DIGITS, 0, 20, model.code()).reshape(20, -1))
                            .abs()
                            .max()
                            .item();
            assertEquals(true, info.slider().max() >= 0.9 * most, most + " " + info.slider());
            assertEquals(
                    List.of(
                            "Decoder of low digits",
                            "Decoder of high digits",
                            "Low half alone",
                            "High half alone"),
                    info.decoders().stream().map(SiteInfo.Part::label).toList());
        }
    }

    @Test
    void a_file_of_digits_is_their_labels_and_then_their_pixels() {
        byte[] file = PageModel.digits(DIGITS);
        assertEquals(20 * (PIXELS + 1), file.length);
        assertEquals(DIGITS.label(7), file[7]);
        assertEquals(DIGITS.images()[3 * PIXELS + 100], file[20 + 3 * PIXELS + 100]);
    }
}
