package dev.sluice.experiments.splitdigits;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.DType;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.models.SplitAutoencoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class UnitPicturesTest {
    private static final int UNITS = 4;
    private static final int PIXELS = 64;

    private static SplitAutoencoder model(int seed) {
        return new SplitAutoencoder(
                SplitAutoencoder.Sizes.even(PIXELS, 12, 9, UNITS, false), DType.F32, Rng.of(seed));
    }

    private static double own(SplitAutoencoder model, Tensor images, int unit) {
        return model.encode(images).toDoubles()[unit * UNITS + unit];
    }

    @Property(tries = 20)
    void the_ideal_image_is_no_worse_than_a_blank_one_and_leaves_no_gradient(
            @ForAll @IntRange(max = 1000) int seed) {
        try (TensorScope scope = TensorScope.open();
                SplitAutoencoder model = model(seed)) {
            Tensor ideal = UnitPictures.optimised(model, 8, DType.F32);
            Tensor blank = Tensor.full(-1, DType.F32, UNITS, PIXELS);
            for (int u = 0; u < UNITS; u++) {
                assertTrue(own(model, ideal, u) >= own(model, blank, u), "unit " + u);
            }
            for (double pixel : ideal.toDoubles()) {
                assertTrue(pixel >= -1 && pixel <= 1, "pixel " + pixel);
            }
            model.parameters().values().forEach(p -> assertNull(p.grad()));
            assertTrue(ideal.sameBits(UnitPictures.optimised(model, 8, DType.F32)));
        }
    }

    @Test
    void ideal_images_activate_nearly_all_units_more_than_blank_ones() {
        int more = 0;
        for (int seed = 400; seed < 420; seed++) {
            try (TensorScope scope = TensorScope.open();
                    SplitAutoencoder model = model(seed)) {
                Tensor ideal = UnitPictures.optimised(model, 8, DType.F32);
                Tensor blank = Tensor.full(-1, DType.F32, UNITS, PIXELS);
                for (int u = 0; u < UNITS; u++) {
                    more += own(model, ideal, u) > own(model, blank, u) + 0.01 ? 1 : 0;
                }
            }
        }
        assertTrue(more >= 0.9 * 20 * UNITS, more + " of " + 20 * UNITS);
    }

    @Property(tries = 50)
    void examples_are_the_extremes_of_the_activation(@ForAll @IntRange(max = 1000) int seed) {
        try (TensorScope scope = TensorScope.open();
                SplitAutoencoder model = model(seed)) {
            int n = 7;
            // Image i is grey of level 20 i, so that a picture tells which image it is.
            double[] pixels = new double[n * PIXELS];
            for (int i = 0; i < pixels.length; i++) {
                int image = i / PIXELS;
                pixels[i] = image * 20 / 127.5 - 1;
            }
            Tensor x = Tensor.of(pixels, n, PIXELS).to(DType.F32);
            Tensor z = Tensor.normal(Rng.of(seed), 1, DType.F32, n, UNITS);
            double[] a = z.toDoubles();
            Map<String, Object> pictures = UnitPictures.of(model, x, z, 8);
            for (int u = 0; u < UNITS; u++) {
                int unit = u;
                List<Integer> order = new ArrayList<>();
                for (int i = 0; i < n; i++) {
                    order.add(i);
                }
                order.sort((i, j) -> Double.compare(a[i * UNITS + unit], a[j * UNITS + unit]));
                assertEquals(order.subList(0, 3), shown(pictures, "lowest", u));
                assertEquals(
                        List.of(order.get(6), order.get(5), order.get(4)),
                        shown(pictures, "highest", u));
            }
        }
    }

    private static List<Integer> shown(Map<String, Object> pictures, String kind, int unit) {
        List<byte[]> images = PackedImages.unpack(String.valueOf(pictures.get(kind)), PIXELS);
        assertEquals(UNITS * UnitPictures.EXAMPLES, images.size());
        return images.subList(unit * 3, unit * 3 + 3).stream()
                .map(i -> (i[0] & 0xFF) / 20)
                .toList();
    }

    @Property(tries = 100)
    void packed_images_come_back_and_damaged_ones_are_none_at_all(@ForAll byte[] bytes) {
        float[] pixels = new float[bytes.length * 2];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (bytes[i / 2] & 0xFF) / 127.5f - 1;
        }
        try (TensorScope scope = TensorScope.open()) {
            String packed = PackedImages.pack(Tensor.of(pixels, bytes.length, 2));
            List<byte[]> images = PackedImages.unpack(packed, 2);
            assertEquals(bytes.length, images.size());
            for (int i = 0; i < bytes.length; i++) {
                assertArrayEquals(new byte[] {bytes[i], bytes[i]}, images.get(i));
            }
            assertEquals(List.of(), PackedImages.unpack("not base64", 2));
            assertEquals(List.of(), PackedImages.unpack(packed.substring(0, 4), 2));
        }
    }
}
