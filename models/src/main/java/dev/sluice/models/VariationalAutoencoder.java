package dev.sluice.models;

import dev.sluice.engine.AxisUse;
import dev.sluice.engine.DType;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.layer.Linear;
import dev.sluice.models.Graph.Function;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A variational autoencoder with units of its code set aside for each class of images: unit d
 * stands for class ⌊d / unitsPerClass⌋. The model itself treats all units alike; what makes them
 * stand for a class is the training.
 *
 * <p>Images are [n, pixels] in [0, 1]; mean, spread and code are [n, latent]. Encoder
 * pixels-hidden1-hidden2-encoded with ReLU between, then two linear maps for the mean μ and the
 * spread c; code z = a(μ + σ(c) ⊙ ζ), ζ standard normal; decoder latent-hidden2-hidden1-pixels with
 * ReLU between and a sigmoid at the end. Hook points: {@code encoder.first}, {@code
 * encoder.second}, {@code encoder.out}, {@code latent.mean}, {@code latent.spread}, {@code
 * latent.z} (the code after a), {@code latent.prior} (the mean as the divergence reads it), {@code
 * decoder.first}, {@code decoder.second}, {@code decoder.out} (the image).
 *
 * <p>With {@linkplain Sizes#details details} a small encoder of its own raises the units of the
 * code below the largest one before the decoder reads them: r + share·s ⊙ (max r − r), s in (0, 1)
 * from pixels-details-latent with ReLU between and a sigmoid at the end, r = ReLU(μ) where the code
 * is read without noise. Parameters and hook points {@code details.first} and {@code details.out}.
 */
public final class VariationalAutoencoder extends Layer implements Exportable {
    /**
     * Sizes.
     *
     * @param pixels of an image, 784
     * @param hidden1 units next to the pixels, 2048 as published
     * @param hidden2 units next to the code, 512 as published
     * @param encoded units of the encoder's output, which mean and spread are read from; 10
     * @param classes of images, 10
     * @param unitsPerClass units of the code for each of them, 1
     * @param details hidden units of the encoder of details, none as published
     */
    public record Sizes(
            int pixels,
            int hidden1,
            int hidden2,
            int encoded,
            int classes,
            int unitsPerClass,
            int details) {
        /** Refuses sizes below one, but for details. */
        public Sizes {
            if (details < 0) {
                throw new IllegalArgumentException(
                        "expected no negative details, found " + details);
            }
            if (Math.min(Math.min(pixels, hidden1), Math.min(hidden2, encoded)) < 1
                    || Math.min(classes, unitsPerClass) < 1) {
                throw new IllegalArgumentException(
                        String.format(
                                java.util.Locale.ROOT,
                                "expected positive sizes, found pixels %d, hidden %d and %d,"
                                        + " encoded %d, classes %d, units for each %d",
                                pixels,
                                hidden1,
                                hidden2,
                                encoded,
                                classes,
                                unitsPerClass));
            }
        }

        /** Without details. */
        public Sizes(
                int pixels, int hidden1, int hidden2, int encoded, int classes, int unitsPerClass) {
            this(pixels, hidden1, hidden2, encoded, classes, unitsPerClass, 0);
        }

        /** Units of the code. */
        public int latent() {
            return classes * unitsPerClass;
        }
    }

    /**
     * What the encoders say of images: mean μ and spread c of each unit of the code, and its
     * details s if the model has them; each [n, latent].
     */
    public record Posterior(Tensor mean, Tensor spread, @Nullable Tensor details) {}

    private final Sizes sizes;
    private final double detailShare;
    private final Parametrisation parametrisation;
    private final CodeActivation activation;
    private final Perceptron encoder;
    private final HookPoint encoded;
    private final Linear toMean;
    private final HookPoint mean;
    private final Linear toSpread;
    private final HookPoint spread;
    private final HookPoint code;
    private final HookPoint prior;
    private final @Nullable Details details;
    private final Perceptron decoder;
    private final HookPoint image;

    /** A model without details, with PyTorch's default initialisation. */
    public VariationalAutoencoder(
            Sizes sizes,
            Parametrisation parametrisation,
            CodeActivation activation,
            DType dtype,
            Rng rng) {
        this(sizes, parametrisation, activation, 0, dtype, rng);
    }

    /**
     * A model with PyTorch's default initialisation.
     *
     * @param detailShare how far details raise a unit towards the largest one when the trained
     *     model reads an image; at least 0 and below 1
     */
    public VariationalAutoencoder(
            Sizes sizes,
            Parametrisation parametrisation,
            CodeActivation activation,
            double detailShare,
            DType dtype,
            Rng rng) {
        if (!(detailShare >= 0 && detailShare < 1)) {
            throw new IllegalArgumentException(
                    "expected a share of details from 0 to below 1, found " + detailShare);
        }
        this.sizes = sizes;
        this.detailShare = detailShare;
        this.parametrisation = parametrisation;
        this.activation = activation;
        int latent = sizes.latent();
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
                                        "encoded",
                                        sizes.encoded),
                                true,
                                dtype,
                                rng.derive("encoder")));
        encoded = hook("encoder.out", "batch", "encoded");
        toMean = child("mean", head(latent, dtype, rng.derive("mean")));
        mean = hook("latent.mean", "batch", "latent");
        toSpread = child("spread", head(latent, dtype, rng.derive("spread")));
        spread = hook("latent.spread", "batch", "latent");
        code = hook("latent.z", "batch", "latent");
        prior = hook("latent.prior", "batch", "latent");
        details =
                sizes.details == 0
                        ? null
                        : child(
                                "details",
                                new Details(
                                        sizes.pixels,
                                        sizes.details,
                                        latent,
                                        dtype,
                                        rng.derive("details")));
        decoder =
                child(
                        "decoder",
                        new Perceptron(
                                new Perceptron.Axes(
                                        "latent",
                                        latent,
                                        "decoder_hidden2",
                                        sizes.hidden2,
                                        "decoder_hidden1",
                                        sizes.hidden1,
                                        "pixel",
                                        sizes.pixels),
                                true,
                                dtype,
                                rng.derive("decoder")));
        image = hook("decoder.out", "batch", "pixel");
    }

    @Override
    protected List<AxisUse> ownAxisUses() {
        return List.of(new AxisUse.Result("decoder", "pixel"));
    }

    private Linear head(int latent, DType dtype, Rng rng) {
        return new Linear("encoded", sizes.encoded, "latent", latent, true, dtype, rng);
    }

    /** The sizes it was made with. */
    public Sizes sizes() {
        return sizes;
    }

    /** Mean, spread and details of images' codes, in the images' type. */
    public Posterior encode(Tensor images) {
        Tensor h = encoded.apply(encoder.forward(images));
        return new Posterior(
                mean.apply(toMean.forward(h).to(images.dtype())),
                spread.apply(toSpread.forward(h).to(images.dtype())),
                details == null ? null : details.forward(images).to(images.dtype()));
    }

    /**
     * The means as a trained model reads images: μ, and with details ReLU(μ) raised by them, where
     * the largest unit above zero is the one that is largest in μ. [n, latent]
     */
    public Tensor means(Posterior posterior) {
        return posterior.details == null
                ? posterior.mean
                : Details.lift(posterior.mean.relu(), posterior.details, detailShare);
    }

    /**
     * The code of a posterior as it is sampled, before the activation: μ + σ(c) ⊙ ζ.
     *
     * @param noise ζ, [n, latent]
     */
    public Tensor sample(Posterior posterior, Tensor noise) {
        return posterior.mean.add(parametrisation.deviation(posterior.spread).mul(noise));
    }

    /** A sampled code, activated and passed through {@code latent.z}. */
    public Tensor gate(Tensor sample) {
        return code.apply(activation.apply(sample));
    }

    /**
     * A code as the decoder reads it while training: raised by the details, if there are any.
     *
     * @param gated of {@link #gate}
     * @param share how far; the model's own share is that of its end
     */
    public Tensor lift(Tensor gated, Posterior posterior, double share) {
        return posterior.details == null ? gated : Details.lift(gated, posterior.details, share);
    }

    /** The images that the decoder makes of codes, in [0, 1]. */
    public Tensor decode(Tensor codes) {
        return image.apply(decoder.forward(codes).to(codes.dtype()).sigmoid());
    }

    /**
     * The divergence of each entry of a posterior, of means passed through {@code latent.prior};
     * see {@link Parametrisation#divergence}.
     */
    public Tensor divergence(Posterior posterior) {
        return parametrisation.divergence(prior.apply(posterior.mean), posterior.spread);
    }

    /**
     * {@inheritDoc} The encoder has a second output, {@code log_var}: the logarithm of the code's
     * variance; with {@link Parametrisation#REFERENCE} the spread c itself, as published. The whole
     * model decodes max(mean, 0), whatever the code was in training.
     */
    @Override
    public List<Graph> graphs() {
        Graph.Port in = new Graph.Port("input", sizes.pixels, true);
        Graph.Port mu = new Graph.Port("mean", sizes.latent(), false);
        Graph.Port logVariance = new Graph.Port("log_var", sizes.latent(), false);
        Graph.Port z = new Graph.Port("z", sizes.latent(), false);
        Graph.Port out = new Graph.Port("output", sizes.pixels, true);
        Graph.Step relu = new Graph.Apply(Function.RELU);
        List<Graph.Step> decode =
                Graph.join(decoder.steps(), List.of(new Graph.Apply(Function.SIGMOID)));
        List<Graph.Value> encode = new ArrayList<>();
        encode.add(new Graph.Value("encoded", in.name(), encoder.steps()));
        List<Graph.Step> toMu = List.of(Graph.Dense.of(toMean));
        if (details == null) {
            encode.add(new Graph.Value(mu.name(), "encoded", toMu));
        } else {
            encode.add(new Graph.Value("gate", "encoded", Graph.join(toMu, List.of(relu))));
            encode.addAll(details.graph(mu.name(), in.name(), "gate", detailShare));
        }
        List<Graph.Value> whole = new ArrayList<>(encode);
        whole.add(new Graph.Value(out.name(), mu.name(), Graph.join(List.of(relu), decode)));
        encode.add(new Graph.Value(logVariance.name(), "encoded", logVariance()));
        return List.of(
                new Graph("encoder", in, encode, List.of(mu, logVariance)),
                Graph.chain("decoder", z, out, decode),
                new Graph("model", in, whole, List.of(out)));
    }

    private List<Graph.Step> logVariance() {
        List<Graph.Step> spread = List.of(Graph.Dense.of(toSpread));
        return switch (parametrisation) {
            case REFERENCE, LOG_VARIANCE -> spread;
            case SOFTPLUS ->
                    Graph.join(
                            spread,
                            List.of(
                                    new Graph.Apply(Function.SOFTPLUS),
                                    new Graph.Apply(Function.LOG),
                                    new Graph.Scale(2)));
            case FIXED -> Graph.join(spread, List.of(new Graph.Scale(0)));
        };
    }

    @Override
    public Code code() {
        List<String> classes = new ArrayList<>();
        for (int unit = 0; unit < sizes.latent(); unit++) {
            classes.add(Integer.toString(unit / sizes.unitsPerClass));
        }
        return new Code(classes, true, true, 0, 1);
    }
}
