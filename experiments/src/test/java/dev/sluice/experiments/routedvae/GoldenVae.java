package dev.sluice.experiments.routedvae;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.data.ImageData;
import dev.sluice.data.ImageSet;
import dev.sluice.engine.DType;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.testing.Golden;
import dev.sluice.engine.testing.GoldenTensors;
import dev.sluice.experiments.LabelledImages;
import dev.sluice.experiments.Settings;
import dev.sluice.experiments.TrialRequest;
import dev.sluice.models.CodeActivation;
import dev.sluice.models.Parametrisation;
import dev.sluice.models.VariationalAutoencoder;
import java.util.LinkedHashMap;
import java.util.Map;

/** The reference numbers of the routed VAE in Sluice's words. */
final class GoldenVae {
    private static final Map<String, String> PARTS =
            Map.of("mean_from_encoded", "mean", "cov_diag_from_encoded", "spread");
    private static final Map<String, String> MAPS = Map.of("0", "first", "2", "second", "4", "out");

    final Golden folder = Golden.subject("vae");
    final JsonNode index = folder.json("cases.json");
    final GoldenTensors data = required("data.safetensors");
    final GoldenTensors init = required("init.safetensors");

    GoldenTensors required(String file) {
        GoldenTensors tensors = folder.tensors(file);
        if (tensors == null) {
            throw new AssertionError("no " + file + " in " + folder.folder());
        }
        return tensors;
    }

    /** The name under which our model has a parameter of theirs. */
    static String ours(String theirs) {
        String[] parts = theirs.split("\\.", -1);
        return parts.length == 2
                ? PARTS.get(parts[0]) + "." + parts[1]
                : parts[0] + "." + MAPS.get(parts[1]) + "." + parts[2];
    }

    /** Their weights under our names; {@code prefix} goes before theirs. */
    static Map<String, Tensor> weights(GoldenTensors file, String prefix, DType dtype) {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        for (String name : file.names()) {
            if (name.startsWith(prefix)) {
                weights.put(ours(name.substring(prefix.length())), file.get(name).to(dtype));
            }
        }
        return weights;
    }

    /** A model of the published form with these weights, as large as they are. */
    static VariationalAutoencoder model(Map<String, Tensor> weights, DType dtype) {
        Tensor first = weights.get("encoder.first.weight");
        Tensor second = weights.get("encoder.second.weight");
        Tensor mean = weights.get("mean.weight");
        if (first == null || second == null || mean == null) {
            throw new AssertionError("no weights of a VAE: " + weights.keySet());
        }
        VariationalAutoencoder model =
                new VariationalAutoencoder(
                        new VariationalAutoencoder.Sizes(
                                (int) first.size(1),
                                (int) first.size(0),
                                (int) second.size(0),
                                (int) mean.size(1),
                                (int) mean.size(0),
                                1),
                        Parametrisation.REFERENCE,
                        CodeActivation.RELU,
                        dtype,
                        Rng.of(0));
        model.load(weights);
        return model;
    }

    static Tensor pixels(GoldenTensors file, DType dtype) {
        return file.get("images").to(dtype).div(255);
    }

    int[] labels() {
        return java.util.Arrays.stream(data.get("labels").toLongs())
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    int steps() {
        return (int) data.get("zeta").size(0);
    }

    /** The images of every step. */
    LabelledImages batch(DType dtype) {
        int[] labels = labels();
        return new LabelledImages(pixels(data, dtype), labels, new int[labels.length]);
    }

    /** The noise of a step. */
    Tensor zeta(int step, DType dtype) {
        return data.get("zeta").narrow(0, step, 1).squeeze(0).to(dtype);
    }

    /** A case as a trial would be asked for; its data give the number of classes alone. */
    TrialRequest request(boolean routed, VariationalAutoencoder.Sizes sizes, DType dtype) {
        RoutedVae experiment = new RoutedVae();
        Map<String, String> own = new LinkedHashMap<>(RoutedVaeSettings.REFERENCE);
        own.put("routing", routed ? "label" : "none");
        own.put("hidden", sizes.hidden1() + "x" + sizes.hidden2());
        own.put("encoded", Integer.toString(sizes.encoded()));
        own.put("lr", index.path("learning_rate").asText());
        own.put("lr_schedule", "constant");
        own.put("verify_every", "2");
        Settings settings = Settings.of(experiment.settings(), experiment.preset("paper"), own);
        return new TrialRequest("reference", settings, 0, images(sizes), dtype, false);
    }

    private static ImageData images(VariationalAutoencoder.Sizes sizes) {
        byte[] labels = new byte[10 * sizes.classes()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = (byte) (i % sizes.classes());
        }
        ImageSet black =
                new ImageSet(1, sizes.pixels(), new byte[labels.length * sizes.pixels()], labels);
        return new ImageData("black", true, "", black, black, Map.of());
    }
}
