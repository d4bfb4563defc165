package dev.sluice.export;

import dev.sluice.data.ImageData;
import dev.sluice.experiments.RunView;
import dev.sluice.experiments.TrainedModel;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An export of a finished run.
 *
 * @param variant null: the experiment's headline, or the first that the run has
 * @param seed null: the run's first
 * @param out a new or empty folder; null: {@code export/FORMAT} in the run's folder, in place of
 *     what was exported there before
 */
public record Export(
        ExportFormat format, @Nullable String variant, @Nullable Long seed, @Nullable Path out) {
    /**
     * Writes it, whole or not at all, and returns its folder. Metrics are exported for all variants
     * and seeds, models for one.
     *
     * @param data gives the run's data; asked for only if the format needs it
     * @throws dev.sluice.experiments.UsageException if the run has no such variant or seed, or no
     *     model that can be exported
     * @throws dev.sluice.training.RunException if the weights are missing or of another model, or
     *     {@code out} is not empty
     * @throws java.io.UncheckedIOException if the system refuses
     */
    public Path of(RunView run, Supplier<ImageData> data) {
        Path own = run.folder().resolve("export").resolve(format.toString());
        try (WholeFolder folder =
                out == null ? WholeFolder.replace(own) : WholeFolder.create(out)) {
            write(run, data, folder.path());
            return folder.publish();
        }
    }

    private void write(RunView run, Supplier<ImageData> data, Path to) {
        switch (format) {
            case CSV -> CsvFiles.write(run, to);
            case TENSORBOARD -> EventFiles.write(run, to);
            default -> {
                try (TrainedModel model = TrainedModel.open(run, variant, seed)) {
                    switch (format) {
                        case SAFETENSORS -> WeightsFile.write(model, to);
                        case ONNX -> OnnxFiles.write(model, data.get(), to);
                        default -> Site.write(run, model, data.get(), to);
                    }
                }
            }
        }
    }
}
