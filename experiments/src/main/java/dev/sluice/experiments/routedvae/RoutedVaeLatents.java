package dev.sluice.experiments.routedvae;

import dev.sluice.engine.DType;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.experiments.LatentModel;
import dev.sluice.experiments.TrainedModel;
import dev.sluice.models.VariationalAutoencoder;
import dev.sluice.models.VariationalAutoencoder.Sizes;
import dev.sluice.routing.Ablation;
import dev.sluice.routing.HookName;
import dev.sluice.routing.Mask;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** The means of a routed code, each unit named by the class it stands for. */
final class RoutedVaeLatents implements LatentModel {
    private static final HookName CODE = HookName.of("latent.z");

    private final VariationalAutoencoder model;

    RoutedVaeLatents(RoutedVaeSettings settings, Map<String, Tensor> weights) {
        int pixels = TrainedModel.size(weights, "encoder.first.weight", 1);
        int latent = TrainedModel.size(weights, "mean.weight", 0);
        int unitsPerClass = settings.sizes(pixels, 1).unitsPerClass();
        Sizes sizes = settings.sizes(pixels, Math.max(1, latent / unitsPerClass));
        try (TensorScope scope = TensorScope.open()) {
            model =
                    TrainedModel.loaded(
                            new VariationalAutoencoder(
                                    sizes,
                                    settings.parametrisation(),
                                    settings.activation(),
                                    DType.F32,
                                    Rng.of(0, "weights")),
                            weights);
        }
    }

    @Override
    public List<Unit> units() {
        int each = model.sizes().unitsPerClass();
        return IntStream.range(0, model.sizes().latent())
                .mapToObj(u -> new Unit(u / each + (each == 1 ? "" : "." + u % each), ""))
                .toList();
    }

    @Override
    public List<View> views() {
        return List.of(new View("decoder", "Decoder"));
    }

    @Override
    public Tensor encode(Tensor pictures) {
        return model.encode(pictures).mean();
    }

    @Override
    public Map<String, Tensor> decode(Tensor codes, Set<Integer> off) {
        double[] strength = new double[model.sizes().latent()];
        off.forEach(u -> strength[u] = 1);
        try (Ablation ablation = Ablation.units(model, CODE, Mask.of("latent", strength)).zero()) {
            return Map.of("decoder", model.decode(model.gate(codes)));
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
