package dev.sluice.experiments.routedvae;

import dev.sluice.experiments.Setting;
import dev.sluice.experiments.Settings;
import dev.sluice.experiments.UsageException;
import dev.sluice.models.CodeActivation;
import dev.sluice.models.Parametrisation;
import dev.sluice.models.VariationalAutoencoder.Sizes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The knobs of the routed VAE, their presets, and their values in types. */
record RoutedVaeSettings(
        int epochs,
        int batch,
        int images,
        int hidden1,
        int hidden2,
        int encoded,
        int unitsPerClass,
        boolean routed,
        double ownDivergence,
        Parametrisation parametrisation,
        CodeActivation activation,
        double noise,
        double meanBias,
        double spreadBias,
        double reconstruction,
        RoutedVaeSchedules schedules,
        int details,
        double weightDecay,
        Augmentation augmentation,
        int classifierSteps,
        int verifyEvery) {
    static final List<Setting> DECLARED =
            List.of(
                    Setting.integer("epochs", 1, 100_000, "passes over the training images"),
                    Setting.integer("batch", 1, 1_000_000, "images a step"),
                    Setting.integer(
                            "images", 0, 10_000_000, "training images used, the first N; 0: all"),
                    Setting.text(
                            "hidden",
                            "units of the hidden layers: two numbers as 2048x512 (next to the"
                                    + " pixels, next to the code), or one for both"),
                    Setting.integer(
                            "encoded",
                            0,
                            4096,
                            "units of the encoder's output, from which mean and spread are read;"
                                    + " 0: as many as the code has"),
                    Setting.integer(
                            "latents_per_class", 1, 256, "units of the code for each class"),
                    Setting.choice("routing", "what is routed", "label", "none"),
                    Setting.text(
                            "own_units",
                            "weight of an image's gradient at the units of its own class; at 0,"
                                    + " other_units too, the reconstruction teaches the encoder"
                                    + " nothing"
                                    + Ramp.FORM),
                    Setting.text(
                            "other_units",
                            "weight of an image's gradient at the units of other classes; negative"
                                    + " weights push them the other way"
                                    + Ramp.FORM),
                    Setting.text(
                            "other_columns",
                            "weight of what an image teaches the decoder about the units of other"
                                    + " classes: the columns of its first layer"
                                    + Ramp.FORM),
                    Setting.real(
                            "own_divergence",
                            -100,
                            100,
                            "weight of the divergence's gradient at the means of an image's own"
                                    + " class; 0: it pulls only the others towards zero"),
                    Setting.integer(
                            "details",
                            0,
                            100_000,
                            "hidden units of a second encoder, whose details raise the units below"
                                    + " the largest one; 0: none"),
                    Setting.text(
                            "detail_share",
                            "how much of what a unit lacks to the largest one a detail may add, 0"
                                    + " to 0.99"
                                    + Ramp.FORM),
                    Setting.choice(
                            "parametrisation",
                            "what the second output means, and its divergence",
                            "reference",
                            "log-variance",
                            "softplus",
                            "fixed"),
                    Setting.choice(
                            "code",
                            "function of the sampled code that the decoder reads",
                            "relu",
                            "softplus",
                            "none"),
                    Setting.real(
                            "leak",
                            -1,
                            1,
                            "gradient of a ReLU code below zero; the value there stays 0"),
                    Setting.real("noise", 0, 100, "multiplies the noise of training samples"),
                    Setting.real("mean_bias", -100, 100, "added to the starting bias of the means"),
                    Setting.real(
                            "spread_bias", -100, 100, "added to the starting bias of the spreads"),
                    Setting.real(
                            "reconstruction", 0, 1e6, "weight of the sum of squared pixel errors"),
                    Setting.text("kl", "weight of the mean divergence" + Ramp.FORM),
                    Setting.real("lr", 0, 10, "learning rate of Adam"),
                    Setting.choice(
                            "lr_schedule",
                            "lr times lr_decay an epoch, or down a cosine to 0, or neither",
                            "exponential",
                            "cosine",
                            "constant"),
                    Setting.real("lr_decay", 0, 1, "factor an epoch of the exponential schedule"),
                    Setting.real("lr_warmup", 0, 1e5, "epochs over which the rate rises to lr"),
                    Setting.real("weight_decay", 0, 10, "decoupled decay (AdamW), biases too"),
                    Setting.real("shift", 0, 100, "training images move by up to so many pixels"),
                    Setting.real("rotate", 0, 180, "and turn by up to so many degrees"),
                    Setting.real("scale", 0, 0.9, "and grow or shrink by up to this share"),
                    Setting.real("shear", 0, 1, "and slant by up to this share"),
                    Setting.integer(
                            "classifier_steps",
                            1,
                            1_000_000,
                            "training steps of the classifier that reads the traversals"),
                    Setting.integer(
                            "verify_every", 0, 1_000_000, "steps between verifications; 0: never"));

    /** The published form, loss and schedule; widths and length are those of a preset. */
    static final Map<String, String> REFERENCE =
            Map.ofEntries(
                    Map.entry("batch", "128"),
                    Map.entry("encoded", "0"),
                    Map.entry("latents_per_class", "1"),
                    Map.entry("routing", "label"),
                    Map.entry("own_units", "1"),
                    Map.entry("other_units", "0"),
                    Map.entry("other_columns", "1"),
                    Map.entry("own_divergence", "1"),
                    Map.entry("details", "0"),
                    Map.entry("detail_share", "0"),
                    Map.entry("parametrisation", "reference"),
                    Map.entry("code", "relu"),
                    Map.entry("leak", "0"),
                    Map.entry("noise", "1"),
                    Map.entry("mean_bias", "0"),
                    Map.entry("spread_bias", "0"),
                    Map.entry("reconstruction", "0.3"),
                    Map.entry("kl", "1"),
                    Map.entry("lr", "1e-3"),
                    Map.entry("lr_schedule", "exponential"),
                    Map.entry("lr_decay", "0.95"),
                    Map.entry("lr_warmup", "0"),
                    Map.entry("weight_decay", "0"),
                    Map.entry("shift", "0"),
                    Map.entry("rotate", "0"),
                    Map.entry("scale", "0"),
                    Map.entry("shear", "0"));

    /** When the headline goes from learning who an image is to learning how it looks. */
    private static final String THEN = "@0.55-0.6";

    /**
     * Where the headline goes other ways than the published one. First each unit learns its class;
     * then the encoder is left as it is, the decoder's columns are opened to all images, and a
     * second encoder adds details.
     */
    private static final Map<String, String> BEST =
            Map.ofEntries(
                    Map.entry("own_units", "1..0" + THEN),
                    Map.entry("other_units", "-0.05..0" + THEN),
                    Map.entry("other_columns", "0..1" + THEN),
                    Map.entry("own_divergence", "0"),
                    Map.entry("details", "128"),
                    Map.entry("detail_share", "0..0.3" + THEN),
                    Map.entry("parametrisation", "fixed"),
                    Map.entry("noise", "0.1"),
                    Map.entry("mean_bias", "0.5"),
                    Map.entry("kl", "20..0" + THEN),
                    Map.entry("lr_schedule", "cosine"));

    static Map<String, String> preset(String preset) {
        Map<String, String> s = new LinkedHashMap<>(REFERENCE);
        s.putAll(BEST);
        switch (preset) {
            case "smoke" -> size(s, 8, 6000, "128x64", 200, 50);
            case "quick" -> size(s, 20, 20_000, "512x256", 1500, 500);
            case "paper" -> size(s, 100, 0, "2048x512", 3000, 500);
            default ->
                    throw new UsageException(
                            "unknown preset '" + preset + "'; there are smoke, quick, paper");
        }
        return s;
    }

    private static void size(
            Map<String, String> s,
            int epochs,
            int images,
            String hidden,
            int classifierSteps,
            int verify) {
        s.put("epochs", Integer.toString(epochs));
        s.put("images", Integer.toString(images));
        s.put("hidden", hidden);
        s.put("classifier_steps", Integer.toString(classifierSteps));
        s.put("verify_every", Integer.toString(verify));
    }

    /**
     * The values in types.
     *
     * @throws UsageException if they do not fit together
     */
    static RoutedVaeSettings of(Settings s) {
        int[] hidden = s.sizes("hidden");
        CodeActivation.Kind code =
                switch (s.text("code")) {
                    case "relu" -> CodeActivation.Kind.RELU;
                    case "softplus" -> CodeActivation.Kind.SOFTPLUS;
                    default -> CodeActivation.Kind.NONE;
                };
        double leak = s.real("leak");
        if (leak != 0 && code != CodeActivation.Kind.RELU) {
            throw new UsageException(
                    "setting leak: expected 0 where the code is not a ReLU, found " + leak);
        }
        RoutedVaeSchedules schedules = RoutedVaeSchedules.of(s);
        boolean details = s.integer("details") > 0;
        if (details != schedules.detailShare().to() > 0) {
            throw new UsageException(
                    "settings details and detail_share: expected both above 0 or neither, found "
                            + s.integer("details")
                            + " and "
                            + s.text("detail_share"));
        }
        return new RoutedVaeSettings(
                s.integer("epochs"),
                s.integer("batch"),
                s.integer("images"),
                hidden[0],
                hidden[1],
                s.integer("encoded"),
                s.integer("latents_per_class"),
                s.text("routing").equals("label"),
                s.real("own_divergence"),
                switch (s.text("parametrisation")) {
                    case "reference" -> Parametrisation.REFERENCE;
                    case "log-variance" -> Parametrisation.LOG_VARIANCE;
                    case "softplus" -> Parametrisation.SOFTPLUS;
                    default -> Parametrisation.FIXED;
                },
                new CodeActivation(code, leak),
                s.real("noise"),
                s.real("mean_bias"),
                s.real("spread_bias"),
                s.real("reconstruction"),
                schedules,
                s.integer("details"),
                s.real("weight_decay"),
                new Augmentation(
                        s.real("shift"), s.real("rotate"), s.real("scale"), s.real("shear")),
                s.integer("classifier_steps"),
                s.integer("verify_every"));
    }

    Sizes sizes(int pixels, int classes) {
        return new Sizes(
                pixels,
                hidden1,
                hidden2,
                encoded == 0 ? classes * unitsPerClass : encoded,
                classes,
                unitsPerClass,
                details);
    }
}
