package dev.sluice.cli;

import dev.sluice.data.ImageData;
import dev.sluice.data.TrainingData;
import dev.sluice.experiments.Reports;
import dev.sluice.experiments.RunView;
import dev.sluice.experiments.UsageException;
import dev.sluice.export.Export;
import dev.sluice.export.ExportFormat;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice export}. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Write a finished run in the form of another tool.",
            "onnx: encoder, decoders and whole model; safetensors: weights with regions;",
            "site: a folder for any web host on which the model runs in the browser;",
            "csv, tensorboard: metrics and logged steps of all variants and seeds.",
            "Of a language model: csv and tensorboard; its folder holds a checkpoint that",
            "Hugging Face's libraries read."
        },
        footer = {
            "",
            "Examples:",
            "  sluice export runs/routed-vae-20260101-120000-3f2a --format site",
            "  sluice export runs/a --format onnx --variant no-routing --out there"
        })
final class ExportCommand implements Callable<Integer> {
    @Parameters(paramLabel = "RUN", description = "a run folder")
    private Path run = Path.of("");

    @Option(
            names = "--format",
            required = true,
            paramLabel = "FORMAT",
            description = "onnx, safetensors, site, csv or tensorboard")
    private String format = "";

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "a new or empty folder (default: RUN/export/FORMAT)")
    private @Nullable Path out;

    @Option(
            names = "--variant",
            paramLabel = "NAME",
            description = "whose model (default: the headline, else the first)")
    private @Nullable String variant;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "which seed's model (default: the first)")
    private @Nullable Long seed;

    @Mixin private QuietOption output = new QuietOption();

    private ImageData images(RunView view) {
        TrainingData data = RunSession.sameData(view.request(), view.manifest(), run, output);
        if (data instanceof ImageData images) {
            return images;
        }
        throw new UsageException("export: expected a run on images, found " + data.name());
    }

    @Override
    public Integer call() {
        ExportFormat chosen = ExportFormat.of(format);
        RunView view = RunView.read(run);
        Path folder = new Export(chosen, variant, seed, out).of(view, () -> images(view));
        if (chosen == ExportFormat.ONNX && out == null) {
            Reports.write(view);
        }
        System.out.println(folder);
        return ExitCodes.OK;
    }
}
