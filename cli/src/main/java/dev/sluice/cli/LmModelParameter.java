package dev.sluice.cli;

import com.google.errorprone.annotations.MustBeClosed;
import dev.sluice.engine.DType;
import dev.sluice.engine.Engine;
import dev.sluice.experiments.UsageException;
import dev.sluice.experiments.language.TextModel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which language model a command looks at, and with what it computes. */
final class LmModelParameter {
    @Parameters(
            paramLabel = "MODEL",
            description = {
                "the folder of a run, or of a checkpoint as Hugging Face has it",
                "(config.json, model.safetensors); nothing is downloaded"
            })
    private Path model = Path.of("");

    @Option(
            names = "--tokenizer",
            paramLabel = "DIR|FILE",
            description = "tokenizer.json or its folder (default: that of the model)")
    private @Nullable Path tokenizer;

    @Mixin private ComputeOptions compute = new ComputeOptions();

    Path path() {
        return model;
    }

    /** The tokenizer that was named; null: none. */
    @Nullable Path tokenizer() {
        return tokenizer;
    }

    /** Loads it. */
    @MustBeClosed
    TextModel open() {
        compute.checkDevice();
        Engine.setThreads(ComputeOptions.threads(compute.threads()));
        DType dtype =
                switch (ComputeOptions.dtype(compute.dtype())) {
                    case "f32" -> DType.F32;
                    case "f64" -> DType.F64;
                    default ->
                            throw new UsageException(
                                    "dtype: this computes in f32 or f64, found '"
                                            + compute.dtype()
                                            + "'");
                };
        return TextModel.open(model, tokenizer, dtype);
    }
}
