package dev.sluice.models;

import dev.sluice.engine.DType;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The autoencoder of the paper's section 4.1: an encoder whose code has a half for the low digits
 * and one for the high ones, a decoder (or one for each group of digits), and for each half a
 * certificate, a decoder that sees nothing but that half and tells what the half knows.
 *
 * <p>Images are [n, pixels] in [−1, 1], codes [n, latent], halves the first and the last latent/2
 * units. Hook points: {@code encoder.out} (the code as the decoder reads it: penalties and
 * certificates see the code before), {@code PART.first} and {@code PART.second} after each ReLU,
 * {@code PART.out} at each decoder's image.
 */
public final class SplitAutoencoder extends Layer {
    /** The halves of the code, named by the digits meant for them. */
    public enum Half {
        /** Units 0 … latent/2 − 1, meant for digits 0–4. */
        LOW,
        /** Units latent/2 … latent − 1, meant for digits 5–9. */
        HIGH
    }

    /**
     * Sizes.
     *
     * @param pixels of an image, 784
     * @param hidden1 units next to the pixels, 2048 in the paper
     * @param hidden2 units next to the code, 512 in the paper
     * @param latent units of the code, even, 32 in the paper
     * @param separateDecoders one decoder for each group of digits instead of a shared one
     */
    public record Sizes(
            int pixels, int hidden1, int hidden2, int latent, boolean separateDecoders) {
        /** Refuses sizes below one and an odd code. */
        public Sizes {
            if (pixels < 1 || hidden1 < 1 || hidden2 < 1 || latent < 2 || latent % 2 != 0) {
                throw new IllegalArgumentException(
                        "expected positive sizes and an even code, found pixels "
                                + pixels
                                + ", hidden "
                                + hidden1
                                + " and "
                                + hidden2
                                + ", code "
                                + latent);
            }
        }
    }

    private final Sizes sizes;
    private final Perceptron encoder;
    private final Perceptron decoder;
    private final @Nullable Perceptron decoderHigh;
    private final Perceptron certificateLow;
    private final Perceptron certificateHigh;
    private final HookPoint code;
    private final HookPoint image;
    private final @Nullable HookPoint imageHigh;
    private final HookPoint imageLowCertificate;
    private final HookPoint imageHighCertificate;

    /** A model with PyTorch's default initialisation. */
    public SplitAutoencoder(Sizes sizes, DType dtype, Rng rng) {
        this.sizes = sizes;
        encoder =
                child(
                        "encoder",
                        new Perceptron(
                                new Perceptron.Axes(
                                        "pixel",
                                        sizes.pixels,
                                        "hidden1",
                                        sizes.hidden1,
                                        "hidden2",
                                        sizes.hidden2,
                                        "latent",
                                        sizes.latent),
                                false,
                                dtype,
                                rng.derive("encoder")));
        code = hook("encoder.out", "batch", "latent");
        decoder = child("decoder", decoder("latent", sizes.latent, dtype, rng.derive("decoder")));
        image = hook("decoder.out", "batch", "pixel");
        Rng high = rng.derive("decoder_high");
        decoderHigh =
                sizes.separateDecoders
                        ? child("decoder_high", decoder("latent", sizes.latent, dtype, high))
                        : null;
        imageHigh = sizes.separateDecoders ? hook("decoder_high.out", "batch", "pixel") : null;
        certificateLow =
                child(
                        "certificate_low",
                        decoder(
                                "latent_low",
                                sizes.latent / 2,
                                dtype,
                                rng.derive("certificate_low")));
        imageLowCertificate = hook("certificate_low.out", "batch", "pixel");
        certificateHigh =
                child(
                        "certificate_high",
                        decoder(
                                "latent_high",
                                sizes.latent / 2,
                                dtype,
                                rng.derive("certificate_high")));
        imageHighCertificate = hook("certificate_high.out", "batch", "pixel");
    }

    private Perceptron decoder(String axis, int in, DType dtype, Rng rng) {
        return new Perceptron(
                new Perceptron.Axes(
                        axis,
                        in,
                        "decoder_hidden2",
                        sizes.hidden2,
                        "decoder_hidden1",
                        sizes.hidden1,
                        "pixel",
                        sizes.pixels),
                true,
                dtype,
                rng);
    }

    /** The sizes it was made with. */
    public Sizes sizes() {
        return sizes;
    }

    /** The code of images, before any hook. */
    public Tensor encode(Tensor images) {
        return encoder.forward(images);
    }

    /** The code as decoders read it: passed through the hook point {@code encoder.out}. */
    public Tensor gate(Tensor code) {
        return this.code.apply(code);
    }

    /** The images that the shared decoder, or that of the low digits, makes of gated codes. */
    public Tensor decode(Tensor gated) {
        return image.apply(decoder.forward(gated));
    }

    /**
     * The images that the decoder of the high digits makes of gated codes.
     *
     * @throws IllegalStateException if the model has one shared decoder
     */
    public Tensor decodeHigh(Tensor gated) {
        if (decoderHigh == null || imageHigh == null) {
            throw new IllegalStateException("this model has one decoder for all digits");
        }
        return imageHigh.apply(decoderHigh.forward(gated));
    }

    /** A half of a code. */
    public Tensor half(Tensor code, Half half) {
        int units = sizes.latent / 2;
        return code.narrow(1, half == Half.LOW ? 0 : units, units);
    }

    /** What the certificate of a half makes of codes; no gradient reaches the code. */
    public Tensor certificate(Tensor code, Half half) {
        Tensor seen = half(code.detach(), half);
        return half == Half.LOW
                ? imageLowCertificate.apply(certificateLow.forward(seen))
                : imageHighCertificate.apply(certificateHigh.forward(seen));
    }
}
