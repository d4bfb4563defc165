package dev.sluice.experiments.splitdigits;

import dev.sluice.engine.Tensor;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Images of one size as text: pixel bytes, 0 for −1 and 255 for 1, one image after the other,
 * deflated, in base64. A page with hundreds of digits stays small.
 */
final class PackedImages {
    private PackedImages() {}

    /** Packs the rows of a tensor of pixels in [−1, 1]; what lies outside is clamped. */
    static String pack(Tensor images) {
        float[] v = images.toFloats();
        byte[] bytes = new byte[v.length];
        for (int i = 0; i < v.length; i++) {
            bytes[i] = (byte) Math.round(Math.max(0, Math.min(255, (v[i] + 1) * 127.5f)));
        }
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
        try {
            deflater.setInput(bytes);
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] chunk = new byte[8192];
            while (!deflater.finished()) {
                out.write(chunk, 0, deflater.deflate(chunk));
            }
            return Base64.getEncoder().encodeToString(out.toByteArray());
        } finally {
            deflater.end();
        }
    }

    /**
     * The images again, or none if the text is not that of whole images with so many pixels: a
     * damaged file costs a picture, not the page.
     */
    static List<byte[]> unpack(String text, int pixels) {
        List<byte[]> images = new ArrayList<>();
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(Base64.getDecoder().decode(text));
            byte[] image = new byte[pixels];
            int filled = 0;
            while (!inflater.finished()) {
                int n = inflater.inflate(image, filled, pixels - filled);
                if (n == 0 && !inflater.finished()) {
                    return List.of();
                }
                filled += n;
                if (filled == pixels) {
                    images.add(Arrays.copyOf(image, pixels));
                    filled = 0;
                }
            }
            return filled == 0 ? images : List.of();
        } catch (DataFormatException | IllegalArgumentException e) {
            return List.of();
        } finally {
            inflater.end();
        }
    }
}
