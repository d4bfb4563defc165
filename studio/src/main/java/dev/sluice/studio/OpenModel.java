package dev.sluice.studio;

import dev.sluice.data.ImageSet;
import dev.sluice.engine.Layer;
import dev.sluice.export.PageModel;
import dev.sluice.models.Exportable;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A trained model as the page of latents asks of it.
 *
 * @param layer the model, which is closed with this
 * @param page what computes with it
 * @param digits test images to pick from; none where the run's data are not here
 */
record OpenModel(Layer layer, PageModel page, ImageSet digits) implements AutoCloseable {
    /**
     * Takes a model, which it closes.
     *
     * @throws ClassCastException if it has no code to play with
     */
    static OpenModel of(Layer layer, ImageSet digits) {
        return new OpenModel(layer, PageModel.of((Exportable) layer, digits), digits);
    }

    /** The code of a picture, pixels in [0, 1]. */
    float[] encode(float[] pixels) {
        require("pixels", pixels, page.info().height() * page.info().width());
        return page.encode(pixels);
    }

    /** The pictures of a code by decoder, one byte a pixel. */
    Map<String, byte[]> decode(float[] code) {
        require("code", code, page.info().units().size());
        Map<String, byte[]> pictures = new LinkedHashMap<>();
        page.decode(code).forEach((decoder, pixels) -> pictures.put(decoder, bytes(pixels)));
        return pictures;
    }

    private static void require(String name, float[] values, int count) {
        if (values.length != count) {
            throw RequestException.bad(
                    name + ": expected " + count + " numbers, found " + values.length);
        }
        for (float v : values) {
            if (!Float.isFinite(v)) {
                throw RequestException.bad(name + ": expected finite numbers");
            }
        }
    }

    private static byte[] bytes(float[] pixels) {
        byte[] bytes = new byte[pixels.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Math.round(Math.max(0, Math.min(1, pixels[i])) * 255);
        }
        return bytes;
    }

    @Override
    public void close() {
        layer.close();
    }
}
