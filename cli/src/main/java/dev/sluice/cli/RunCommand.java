package dev.sluice.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.sluice.experiments.Catalogue;
import dev.sluice.experiments.Experiment;
import dev.sluice.experiments.RunRequest;
import dev.sluice.experiments.UsageException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice run}. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Run an experiment and write a run folder with report.html.",
            "Without --variant: the headline variant and its control, so that the difference shows."
        },
        footer = {
            "",
            "Examples:",
            "  sluice run split-digits",
            "  sluice run split-digits --data mnist --variants all --seeds 5",
            "  sluice run split-digits --set l1=1e-3,3e-3,1e-2 --seeds 3",
            "",
            "Stop with Ctrl-C; `sluice resume RUN` goes on to the same bytes."
        })
final class RunCommand implements Callable<Integer> {
    @Parameters(paramLabel = "EXPERIMENT", description = "see `sluice list experiments`")
    private String experiment = "";

    @Option(
            names = "--preset",
            paramLabel = "smoke|quick|paper",
            description = "size of the run (default: quick)")
    private @Nullable String preset;

    @Option(names = "--variant", paramLabel = "NAME", description = "one variant")
    private @Nullable String variant;

    @Option(
            names = "--variants",
            split = ",",
            paramLabel = "A,B|all",
            description = "several variants side by side")
    private List<String> variants = new ArrayList<>();

    @Option(names = "--seed", paramLabel = "N", description = "one seed (default: 0)")
    private @Nullable Long seed;

    @Option(names = "--seeds", paramLabel = "N", description = "the seeds 0 to N-1")
    private @Nullable Integer seeds;

    @Option(
            names = "--data",
            paramLabel = "NAME|DIR",
            description = "data set or folder of IDX files; see `sluice list data`")
    private @Nullable String data;

    @Option(
            names = "--config",
            paramLabel = "FILE.yaml",
            description = "read preset, variants, seeds, data and set from a file")
    private @Nullable Path config;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE[,VALUE...]",
            description = {
                "a setting; several values run as a sweep; see `sluice list settings`.",
                "What a variant fixes itself stays: alone it refuses another value, among others"
                        + " it runs once, unswept."
            })
    private Map<String, String> set = new LinkedHashMap<>();

    @Option(names = "--out", paramLabel = "DIR", description = "the run folder itself")
    private @Nullable Path out;

    @Option(
            names = "--checkpoint-every",
            paramLabel = "STEPS",
            description = "steps between checkpoints (default: about every minute)")
    private @Nullable Long checkpointEvery;

    @Mixin private ComputeOptions compute = new ComputeOptions();

    @Mixin private OutputOptions output = new OutputOptions();

    @SuppressWarnings("NullAway.Init") // set by picocli
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Experiment found = Catalogue.experiment(experiment);
        compute.checkDevice();
        RunConfig said = options();
        RunConfig all = config == null ? said : said.over(RunConfigFile.read(config, experiment));
        RunRequest request = all.request(found, output::say);
        return RunSession.start(
                request, out, output, spec.commandLine().getParseResult().originalArgs());
    }

    private RunConfig options() {
        if (variant != null && !variants.isEmpty()) {
            throw new UsageException("give --variant or --variants, not both");
        }
        Map<String, JsonNode> sets = new LinkedHashMap<>();
        set.forEach((key, value) -> sets.put(key, TextNode.valueOf(value)));
        List<String> names = variant == null ? variants : List.of(variant);
        return new RunConfig(
                experiment,
                preset,
                names.isEmpty() ? null : names,
                seed,
                seeds,
                data,
                sets,
                compute.dtype(),
                compute.threads(),
                checkpointEvery);
    }
}
