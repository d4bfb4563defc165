package dev.sluice.cli;

import dev.sluice.engine.DType;
import dev.sluice.engine.Engine;
import dev.sluice.experiments.UsageException;
import dev.sluice.experiments.language.ModelTrace;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sluice trace}. */
@Command(
        name = "trace",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Write all that a language model computes on given tokens.",
            "logits, loss, hook/NAME for every hook point, and grad/NAME for every",
            "parameter under its Hugging Face name. The model reads all columns but",
            "the last; at padding there is 0. Compare with other programs in f64."
        },
        footer = {
            "",
            "Examples:",
            "  sluice trace --model gpt2 --tokens tokens.json --out trace.safetensors",
            "  sluice trace --model m --tokens t.json --plan p.yaml --dtype f64 --out o"
        })
final class TraceCommand implements Callable<Integer> {
    @Option(
            names = "--model",
            required = true,
            paramLabel = "DIR",
            description = "config.json and model.safetensors, or shards of it")
    private Path model = Path.of("");

    @Option(
            names = "--tokens",
            required = true,
            paramLabel = "FILE.json",
            description = "{\"input_ids\": [[...]], \"attention_mask\": [[...]]}")
    private Path tokens = Path.of("");

    @Option(
            names = "--plan",
            paramLabel = "PLAN.yaml",
            description = "routes in force during the pass (default: none)")
    private @Nullable Path plan;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description = "safetensors file to write, in place of what was there")
    private Path out = Path.of("");

    @Mixin private ComputeOptions compute = new ComputeOptions();

    @Mixin private QuietOption output = new QuietOption();

    @Override
    public Integer call() {
        OutputFile.require("--out", out);
        compute.checkDevice();
        DType dtype = dtype();
        Engine.setThreads(ComputeOptions.threads(compute.threads()));
        new ModelTrace(model, tokens, plan, dtype, output::say).write(out);
        System.out.println(out);
        return ExitCodes.OK;
    }

    private DType dtype() {
        return switch (ComputeOptions.dtype(compute.dtype())) {
            case "f32" -> DType.F32;
            case "f64" -> DType.F64;
            default ->
                    throw new UsageException(
                            "dtype: trace computes in f32 or f64, found '" + compute.dtype() + "'");
        };
    }
}
