package dev.sluice.cli;

import dev.sluice.data.DataChoice;
import dev.sluice.data.Datasets;
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
            "Routed and unrouted steps take turns; beside them stands the machine's speed at",
            "matrix products, measured in the same process."
        },
        footer = {
            "",
            "Examples:",
            "  sluice bench split-digits",
            "  sluice bench split-digits --dtype bf16 --threads 2 --json"
        })
final class BenchCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "split-digits")
    private String name = "";

    @Option(
            names = "--dtype",
            paramLabel = "f32|bf16|f64",
            description = "number type (default: f32)")
    private @Nullable String dtype;

    @Option(names = "--threads", paramLabel = "N", description = "threads (default: all cores)")
    private @Nullable Integer threads;

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

    @Option(names = "--json", description = "print one JSON document")
    private boolean json;

    @Mixin private QuietOption output = new QuietOption();

    @Override
    public Integer call() {
        Benchmark benchmark = Benchmark.named(name);
        String type = RunConfig.dtype(dtype);
        int count = RunConfig.threads(threads);
        if (steps < 1 || steps > 1_000_000) {
            throw new UsageException("steps: expected 1 to 1000000, found " + steps);
        }
        Datasets datasets = Datasets.of(System.getenv());
        if (data == null) {
            DataChoice choice = datasets.digitsByDefault();
            output.say(choice.line());
            data = choice.name();
        }
        output.say("timing " + steps + " steps with and without routing, after a warm-up");
        BenchResult result =
                benchmark.run(datasets.open(data, output.downloads()), type, count, steps, set);
        if (json) {
            JsonOutput.print(result);
        } else {
            System.out.print(result.text());
        }
        return ExitCodes.OK;
    }
}
