package dev.sluice.models;

import dev.sluice.engine.AxisUse;
import dev.sluice.engine.DType;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The autoencoder of the paper's section 4.1: an encoder whose code has a half for the low digits
 * and one for the high ones, a decoder (or one for each group of digits), and for each half a
 * certificate, a decoder that sees nothing but that half and tells what the half knows.
 *
 * <p>Images are [n, pixels] in [−1, 1], codes [n, latent]; the halves are its first {@code low} and
 * its last {@code high} units, equally many unless some were cut out. Hook points: {@code
 * encoder.out} (the code as the decoder reads it: penalties and certificates see the code before),
 * {@code PART.first} and {@code PART.second} after each ReLU, {@code PART.out} at each decoder's
 * image.
 */
public final class SplitAutoencoder extends Layer implements Exportable {
    /** The halves of the code, named by the digits meant for them. */
    public enum Half {
        /** Units 0 … low − 1, meant for digits 0–4. */
        LOW,
        /** Units low … low + high − 1, meant for digits 5–9. */
        HIGH
    }

    /**
     * Sizes.
     *
     * @param pixels of an image, 784
     * @param hidden1 units next to the pixels, 2048 in the paper
     * @param hidden2 units next to the code, 512 in the paper
     * @param low units of the code's half for low digits, 16 in the paper
     * @param high units of its half for high digits, 16 in the paper; one of the halves may be
     *     empty
     * @param separateDecoders one decoder for each group of digits instead of a shared one
     */
    public record Sizes(
            int pixels, int hidden1, int hidden2, int low, int high, boolean separateDecoders) {
        /** Refuses sizes below one, and a code without units. */
        public Sizes {
            if (pixels < 1 || hidden1 < 1 || hidden2 < 1 || low < 0 || high < 0 || low + high < 1) {
                throw new IllegalArgumentException(
                        "expected positive sizes, found pixels "
                                + pixels
                                + ", hidden "
                                + hidden1
                                + " and "
                                + hidden2
                                + ", halves of the code "
                                + low
                                + " and "
                                + high);
            }
        }

        /**
         * Halves of equal size.
         *
         * @throws IllegalArgumentException if the code has an odd number of units
         */
        public static Sizes even(
                int pixels, int hidden1, int hidden2, int latent, boolean separateDecoders) {
            if (latent % 2 != 0) {
                throw new IllegalArgumentException("expected an even code, found " + latent);
            }
            return new Sizes(pixels, hidden1, hidden2, latent / 2, latent / 2, separateDecoders);
        }

        /** Units of the code. */
        public int latent() {
            return low + high;
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
                                        sizes.latent()),
                                false,
                                dtype,
                                rng.derive("encoder")));
        code = hook("encoder.out", "batch", "latent");
        decoder = child("decoder", decoder("latent", sizes.latent(), dtype, rng.derive("decoder")));
        image = hook("decoder.out", "batch", "pixel");
        Rng high = rng.derive("decoder_high");
        decoderHigh =
                sizes.separateDecoders
                        ? child("decoder_high", decoder("latent", sizes.latent(), dtype, high))
                        : null;
        imageHigh = sizes.separateDecoders ? hook("decoder_high.out", "batch", "pixel") : null;
        certificateLow =
                child(
                        "certificate_low",
                        decoder("latent_low", sizes.low, dtype, rng.derive("certificate_low")));
        imageLowCertificate = hook("certificate_low.out", "batch", "pixel");
        certificateHigh =
                child(
                        "certificate_high",
                        decoder("latent_high", sizes.high, dtype, rng.derive("certificate_high")));
        imageHighCertificate = hook("certificate_high.out", "batch", "pixel");
    }

    @Override
    protected List<AxisUse> ownAxisUses() {
        return List.of(new AxisUse.Result("decoder", "pixel"));
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
        return half == Half.LOW
                ? code.narrow(1, 0, sizes.low)
                : code.narrow(1, sizes.low, sizes.high);
    }

    /** What the certificate of a half makes of codes; no gradient reaches the code. */
    public Tensor certificate(Tensor code, Half half) {
        Tensor seen = half(code.detach(), half);
        return half == Half.LOW
                ? imageLowCertificate.apply(certificateLow.forward(seen))
                : imageHighCertificate.apply(certificateHigh.forward(seen));
    }

    /**
     * {@inheritDoc} The further ones are {@code certificate_low} and {@code certificate_high},
     * which take the whole code and look at their half of it, and {@code decoder_high} where low
     * and high digits have a decoder each. An empty half has no certificate here.
     */
    @Override
    public List<Graph> graphs() {
        Graph.Port in = new Graph.Port("input", sizes.pixels, true);
        Graph.Port z = new Graph.Port("code", sizes.latent(), false);
        Graph.Port out = new Graph.Port("output", sizes.pixels, true);
        List<Graph> graphs = new ArrayList<>();
        graphs.add(Graph.chain("encoder", in, z, encoder.steps()));
        graphs.add(Graph.chain("decoder", z, out, decoder.steps()));
        graphs.add(Graph.chain("model", in, out, Graph.join(encoder.steps(), decoder.steps())));
        if (decoderHigh != null) {
            graphs.add(Graph.chain("decoder_high", z, out, decoderHigh.steps()));
        }
        if (sizes.low > 0) {
            List<Graph.Step> half = List.of(new Graph.Units(0, sizes.low));
            graphs.add(
                    Graph.chain(
                            "certificate_low", z, out, Graph.join(half, certificateLow.steps())));
        }
        if (sizes.high > 0) {
            List<Graph.Step> half = List.of(new Graph.Units(sizes.low, sizes.latent()));
            graphs.add(
                    Graph.chain(
                            "certificate_high", z, out, Graph.join(half, certificateHigh.steps())));
        }
        return graphs;
    }

    @Override
    public Code code() {
        List<String> halves = new ArrayList<>(Collections.nCopies(sizes.low, "low"));
        halves.addAll(Collections.nCopies(sizes.high, "high"));
        return new Code(halves, false, false, -1, 1);
    }
}
