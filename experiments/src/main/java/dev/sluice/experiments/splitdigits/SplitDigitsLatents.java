package dev.sluice.experiments.splitdigits;

import dev.sluice.engine.Tensor;
import dev.sluice.experiments.LatentModel;
import dev.sluice.models.SplitAutoencoder;
import dev.sluice.models.SplitAutoencoder.Half;
import dev.sluice.routing.Ablation;
import dev.sluice.routing.HookName;
import dev.sluice.routing.Mask;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The split code, seen through the decoder (or both) and through the certificate of each half. */
final class SplitDigitsLatents implements LatentModel {
    private static final HookName CODE = HookName.of("encoder.out");

    private final SplitAutoencoder model;
    private final boolean separate;

    /** Takes the model, which it closes. */
    SplitDigitsLatents(SplitAutoencoder model) {
        this.model = model;
        separate = model.sizes().separateDecoders();
    }

    @Override
    public List<Unit> units() {
        List<Unit> units = new ArrayList<>();
        int code = model.sizes().latent();
        for (int u = 0; u < code; u++) {
            units.add(
                    new Unit(
                            Integer.toString(u),
                            u < model.sizes().low()
                                    ? "low half, digits 0–4"
                                    : "high half, digits 5–9"));
        }
        return units;
    }

    @Override
    public List<View> views() {
        List<View> views = new ArrayList<>();
        views.add(new View("decoder", separate ? "Decoder of 0–4" : "Decoder"));
        if (separate) {
            views.add(new View("decoder_high", "Decoder of 5–9"));
        }
        views.add(new View("certificate_low", "Low half alone"));
        views.add(new View("certificate_high", "High half alone"));
        return views;
    }

    @Override
    public Tensor encode(Tensor pictures) {
        return model.encode(pictures.sub(0.5).div(0.5));
    }

    @Override
    public Map<String, Tensor> decode(Tensor codes, Set<Integer> off) {
        double[] strength = new double[model.sizes().latent()];
        off.forEach(u -> strength[u] = 1);
        try (Ablation ablation = Ablation.units(model, CODE, Mask.of("latent", strength)).zero()) {
            Tensor gated = model.gate(codes);
            Map<String, Tensor> pictures = new LinkedHashMap<>();
            pictures.put("decoder", picture(model.decode(gated)));
            if (separate) {
                pictures.put("decoder_high", picture(model.decodeHigh(gated)));
            }
            pictures.put("certificate_low", picture(model.certificate(gated, Half.LOW)));
            pictures.put("certificate_high", picture(model.certificate(gated, Half.HIGH)));
            return pictures;
        }
    }

    private static Tensor picture(Tensor image) {
        return image.mul(0.5).add(0.5);
    }

    @Override
    public void close() {
        model.close();
    }
}
