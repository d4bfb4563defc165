package dev.sluice.studio;

import dev.sluice.data.ImageSet;
import dev.sluice.engine.DType;
import dev.sluice.engine.GradMode;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.experiments.LatentModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A model with what its sliders need: how far each unit goes on the test digits, and where it
 * rests.
 *
 * @param digits test images to pick from; null where the run's data are not here
 * @param units one slider each
 */
record OpenModel(
        LatentModel model, int height, int width, @Nullable ImageSet digits, List<Slider> units) {
    private static final int DIGITS = 1000;
    private static final float BLIND_RANGE = 3;

    /**
     * A slider.
     *
     * @param low the lowest value on the test digits
     * @param high the highest
     * @param rest the mean
     */
    record Slider(String label, String group, float low, float high, float rest) {}

    static OpenModel of(LatentModel model, int height, int width, Optional<ImageSet> test) {
        ImageSet digits = test.map(t -> t.first(Math.min(DIGITS, t.size()))).orElse(null);
        int n = model.units().size();
        float[] codes = digits == null ? new float[0] : codes(model, digits);
        List<Slider> units = new ArrayList<>();
        for (int u = 0; u < n; u++) {
            units.add(slider(model.units().get(u), codes, u, n));
        }
        return new OpenModel(model, height, width, digits, units);
    }

    private static float[] codes(LatentModel model, ImageSet digits) {
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.off()) {
            int pixels = digits.height() * digits.width();
            Tensor x = Tensor.of(digits.images(), digits.size(), pixels).to(DType.F32).div(255);
            return model.encode(x).toFloats();
        }
    }

    private static Slider slider(LatentModel.Unit unit, float[] codes, int u, int n) {
        if (codes.length == 0) {
            return new Slider(unit.label(), unit.group(), -BLIND_RANGE, BLIND_RANGE, 0);
        }
        float low = 0;
        float high = 0;
        double sum = 0;
        for (int i = u; i < codes.length; i += n) {
            low = Math.min(low, codes[i]);
            high = Math.max(high, codes[i]);
            sum += codes[i];
        }
        boolean dead = high - low < 1e-3;
        return new Slider(
                unit.label(),
                unit.group(),
                dead ? -1 : low,
                dead ? 1 : high,
                (float) (sum * n / codes.length));
    }

    /** The code of a picture, pixels in [0, 1]. */
    float[] encode(float[] pixels) {
        if (pixels.length != height * width) {
            throw RequestException.bad(
                    "pixels: expected " + height * width + " numbers, found " + pixels.length);
        }
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.off()) {
            return model.encode(Tensor.of(finite("pixels", pixels), 1, pixels.length)).toFloats();
        }
    }

    /** The pictures of a code by view, one byte a pixel. */
    Map<String, byte[]> decode(float[] code, int[] off) {
        if (code.length != units.size()) {
            throw RequestException.bad(
                    "code: expected " + units.size() + " numbers, found " + code.length);
        }
        if (Arrays.stream(off).anyMatch(u -> u < 0 || u >= code.length)) {
            throw RequestException.bad("off: expected units from 0 to " + (code.length - 1));
        }
        HashSet<Integer> without = new HashSet<>();
        Arrays.stream(off).forEach(without::add);
        Map<String, byte[]> pictures = new LinkedHashMap<>();
        try (TensorScope scope = TensorScope.open();
                GradMode grad = GradMode.off()) {
            Tensor z = Tensor.of(finite("code", code), 1, code.length);
            model.decode(z, without).forEach((view, t) -> pictures.put(view, bytes(t.toFloats())));
        }
        return pictures;
    }

    private static float[] finite(String name, float[] values) {
        for (float v : values) {
            if (!Float.isFinite(v)) {
                throw RequestException.bad(name + ": expected finite numbers");
            }
        }
        return values;
    }

    private static byte[] bytes(float[] pixels) {
        byte[] bytes = new byte[pixels.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Math.round(Math.max(0, Math.min(1, pixels[i])) * 255);
        }
        return bytes;
    }
}
