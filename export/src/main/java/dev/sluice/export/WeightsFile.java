package dev.sluice.export;

import dev.sluice.engine.Weights;
import dev.sluice.experiments.TrainedModel;
import java.nio.file.Path;

/** {@code model.safetensors}: weights in f32 with what the run says of them. */
final class WeightsFile {
    private WeightsFile() {}

    static void write(TrainedModel model, Path folder) {
        Weights.write(
                folder.resolve("model.safetensors"),
                model.layer().state(),
                new java.util.TreeMap<>(model.metadata()));
    }
}
