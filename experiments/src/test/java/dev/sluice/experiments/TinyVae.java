package dev.sluice.experiments;

import dev.sluice.data.GeneratedDigits;
import dev.sluice.data.ImageData;
import dev.sluice.data.ImageSet;
import dev.sluice.engine.DType;
import java.util.Map;

/** Routed VAEs at a size where a training takes milliseconds. */
public final class TinyVae {
    private static final Map<String, String> SIZES =
            Map.of(
                    "epochs", "2",
                    "batch", "16",
                    "images", "0",
                    "hidden", "9x7",
                    "classifier_steps", "3",
                    "verify_every", "3");

    private TinyVae() {}

    /** The first {@code classes} digits: 60 images to train on, 20 to test on, or fewer. */
    public static ImageData data(int classes) {
        ImageData all = GeneratedDigits.generate(1, 60, 20);
        return new ImageData(
                "generated",
                true,
                "",
                below(all.train(), classes),
                below(all.test(), classes),
                Map.of());
    }

    private static ImageSet below(ImageSet set, int classes) {
        int pixels = set.height() * set.width();
        byte[] images = new byte[set.images().length];
        byte[] labels = new byte[set.size()];
        int n = 0;
        for (int i = 0; i < set.size(); i++) {
            if (set.label(i) < classes) {
                System.arraycopy(set.images(), i * pixels, images, n * pixels, pixels);
                labels[n++] = (byte) set.label(i);
            }
        }
        return new ImageSet(set.height(), set.width(), images, labels).first(n);
    }

    /** A trial of a variant. */
    public static TrialRequest trial(String variant, ImageData data, Map<String, String> more) {
        Experiment experiment = Catalogue.experiment("routed-vae");
        Variant v = Catalogue.variant(experiment, variant);
        Settings settings =
                Settings.of(
                        experiment.settings(),
                        experiment.preset("smoke"),
                        v.settings(),
                        SIZES,
                        more);
        return new TrialRequest(variant, settings, 3, data, DType.F32, false);
    }
}
