package dev.sluice.experiments.splitdigits;

import dev.sluice.experiments.Setting;
import dev.sluice.experiments.Settings;
import dev.sluice.experiments.UsageException;
import dev.sluice.models.SplitAutoencoder.Sizes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The knobs of split digits, their presets, and their values in types. */
record SplitDigitsSettings(
        int epochs,
        int batch,
        int images,
        int hidden1,
        int hidden2,
        int code,
        double learningRate,
        double weightDecay,
        double l1Low,
        double l1High,
        double correlation,
        Routing routing,
        double routingShare,
        boolean separateDecoders,
        int decoderFrom,
        boolean singleMean,
        int verifyEvery) {
    /** Which examples train which half through the reconstruction. */
    enum Routing {
        /** Digits 0–4 the low half, 5–9 the high half. */
        DIGITS,
        /** Digits 0–4 both halves, 5–9 the high half (row 6 of the paper's table 2). */
        HIGH_HALF_ON_ALL,
        /** The halves of a hash of the pixels, which says nothing about the digit. */
        HASH,
        /** Everything both halves. */
        NONE
    }

    static final List<Setting> DECLARED =
            List.of(
                    Setting.integer("epochs", 1, 100_000, "passes over the training images"),
                    Setting.integer("batch", 2, 1_000_000, "images a step"),
                    Setting.integer(
                            "images", 0, 10_000_000, "training images used, the first N; 0: all"),
                    Setting.text(
                            "hidden",
                            "units of the hidden layers: two numbers as 2048x512 (next to the"
                                    + " pixels, next to the code), or one for both"),
                    Setting.integer("code", 2, 4096, "units of the code, even"),
                    Setting.real("lr", 0, 10, "learning rate of Adam"),
                    Setting.real("weight_decay", 0, 10, "L2 added to the gradient, biases too"),
                    Setting.real("l1", 0, 1e6, "weight of the L1 penalty on each half"),
                    Setting.real(
                            "l1_high_factor",
                            0,
                            1e6,
                            "multiplies the L1 weight of the high half alone"),
                    Setting.real(
                            "correlation", 0, 1e6, "weight of the correlation between the halves"),
                    Setting.choice(
                            "routing",
                            "what is routed to the halves",
                            "digits",
                            "high-half-on-all",
                            "hash",
                            "none"),
                    Setting.real(
                            "routing_share",
                            0,
                            1,
                            "with probability 1 - share an image of any label also trains the high"
                                    + " half"),
                    Setting.choice("decoders", "decoders for the two groups", "shared", "separate"),
                    Setting.choice(
                            "decoder_digits",
                            "the digits whose reconstruction trains encoder and decoder",
                            "0-9",
                            "5-9",
                            "6-9"),
                    Setting.choice(
                            "mean",
                            "reconstruction as two group means, or as one mean over all",
                            "groups",
                            "single"),
                    Setting.integer(
                            "verify_every", 0, 1_000_000, "steps between verifications; 0: never"));

    /** What the preset {@code quick} is meant to reach on the digits of both groups. */
    static final double QUICK_SEPARATION = 1.6;

    static Map<String, String> preset(String preset) {
        Map<String, String> s = new LinkedHashMap<>();
        s.put("weight_decay", "5e-5");
        s.put("lr", "1e-3");
        s.put("l1", "3e-3");
        s.put("l1_high_factor", "1");
        s.put("correlation", "0.1");
        s.put("routing", "digits");
        s.put("routing_share", "1");
        s.put("decoders", "shared");
        s.put("decoder_digits", "0-9");
        s.put("mean", "groups");
        s.put("code", "32");
        switch (preset) {
            case "smoke" -> {
                size(s, 5, 64, 6000, "256x128", 200);
                s.put("lr", "3e-3");
            }
            case "quick" -> size(s, 28, 64, 12_000, "512x256", 500);
            case "paper" -> size(s, 200, 2048, 0, "2048x512", 500);
            default ->
                    throw new UsageException(
                            "unknown preset '" + preset + "'; there are smoke, quick, paper");
        }
        return s;
    }

    private static void size(
            Map<String, String> s, int epochs, int batch, int images, String hidden, int verify) {
        s.put("epochs", Integer.toString(epochs));
        s.put("batch", Integer.toString(batch));
        s.put("images", Integer.toString(images));
        s.put("hidden", hidden);
        s.put("verify_every", Integer.toString(verify));
    }

    /**
     * The values in types.
     *
     * @throws UsageException if they do not fit together
     */
    static SplitDigitsSettings of(Settings s) {
        int[] hidden = s.sizes("hidden");
        int code = s.integer("code");
        if (code % 2 != 0) {
            throw new UsageException("setting code: expected an even number, found " + code);
        }
        checkDecoders(s);
        double l1 = s.real("l1");
        return new SplitDigitsSettings(
                s.integer("epochs"),
                s.integer("batch"),
                s.integer("images"),
                hidden[0],
                hidden[1],
                code,
                s.real("lr"),
                s.real("weight_decay"),
                l1,
                l1 * s.real("l1_high_factor"),
                s.real("correlation"),
                switch (s.text("routing")) {
                    case "digits" -> Routing.DIGITS;
                    case "high-half-on-all" -> Routing.HIGH_HALF_ON_ALL;
                    case "hash" -> Routing.HASH;
                    default -> Routing.NONE;
                },
                s.real("routing_share"),
                s.text("decoders").equals("separate"),
                Integer.parseInt(s.text("decoder_digits").substring(0, 1)),
                s.text("mean").equals("single"),
                s.integer("verify_every"));
    }

    /** A code is gated once: an image that trains both halves cannot go to two decoders. */
    private static void checkDecoders(Settings s) {
        boolean both =
                s.text("routing").equals("high-half-on-all")
                        || (s.real("routing_share") < 1 && !s.text("routing").equals("none"));
        if (both && s.text("decoders").equals("separate")) {
            throw new UsageException(
                    "setting decoders: expected shared where an image may train both halves"
                            + " (routing high-half-on-all, or a routing_share below 1),"
                            + " found 'separate'");
        }
    }

    Sizes sizes(int pixels) {
        return Sizes.even(pixels, hidden1, hidden2, code, separateDecoders);
    }
}
