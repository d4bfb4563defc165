package dev.sluice.cli;

import dev.sluice.data.TrainingData;
import dev.sluice.experiments.BenchResult;
import dev.sluice.experiments.Benchmark;
import dev.sluice.experiments.UsageException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice bench}. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Time a training step at the paper's sizes.",
            "Steps without routing and by each of its mechanisms take turns; beside them stands",
            "the machine's speed at matrix products, measured in the same process."
        },
        footer = {
            "",
            "Examples:",
            "  sluice bench split-digits",
            "  sluice bench split-digits --dtype bf16 --threads 2 --json",
            "  sluice bench routed-vae --steps 200",
            "  sluice bench lm --steps 10 --json",
            "  sluice bench split-digits --steps 3 --set batch=256 --set hidden=512x128"
        })
final class BenchCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "split-digits, routed-vae or lm")
    private String name = "";

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "timed steps of each kind (default: ${DEFAULT-VALUE})")
    private int steps = 20;

    @Option(
            names = "--data",
            paramLabel = "NAME|DIR",
            description = "data set (default: as for `sluice run`)")
    private @Nullable String data;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "another size than the paper's; see `sluice list settings`")
    private Map<String, String> set = new LinkedHashMap<>();

    @Mixin private ComputeOptions compute = new ComputeOptions();

    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
        Benchmark benchmark = Benchmark.named(name);
        compute.checkDevice();
        String dtype = ComputeOptions.dtype(compute.dtype());
        int threads = ComputeOptions.threads(compute.threads());
        if (steps < 1 || steps > 1_000_000) {
            throw new UsageException("steps: expected 1 to 1000000, found " + steps);
        }
        Benchmark.requireSpeed(dtype, threads);
        TrainingData found = benchmark.data(data, set, output::say, output.messages().downloads());
        output.say("timing " + steps + " steps of each kind in turns, after a warm-up");
        BenchResult result = benchmark.run(found, dtype, threads, steps, set);
        if (output.json()) {
            JsonOutput.print(result);
        } else {
            System.out.print(result.text());
        }
        return ExitCodes.OK;
    }
}
