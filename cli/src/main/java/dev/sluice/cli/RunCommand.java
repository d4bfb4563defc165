package dev.sluice.cli;

import dev.sluice.data.DataChoice;
import dev.sluice.data.Datasets;
import dev.sluice.experiments.Catalogue;
import dev.sluice.experiments.Experiment;
import dev.sluice.experiments.RunRequest;
import dev.sluice.experiments.UsageException;
import dev.sluice.experiments.Variant;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice run}. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
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
            defaultValue = "quick",
            paramLabel = "smoke|quick|paper",
            description = "size of the run (default: ${DEFAULT-VALUE})")
    private String preset = "quick";

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
            description = "a setting; several values run as a sweep; see `sluice list settings`")
    private Map<String, String> set = new LinkedHashMap<>();

    @Option(names = "--out", paramLabel = "DIR", description = "the run folder itself")
    private @Nullable Path out;

    @Option(names = "--threads", paramLabel = "N", description = "threads (default: all cores)")
    private @Nullable Integer threads;

    @Option(
            names = "--dtype",
            paramLabel = "f32|bf16|f64",
            description = "number type (default: f32)")
    private @Nullable String dtype;

    @Option(
            names = "--device",
            defaultValue = "cpu",
            paramLabel = "cpu|cuda:N",
            description = "where to compute (default: cpu)")
    private String device = "cpu";

    @Option(
            names = "--checkpoint-every",
            paramLabel = "STEPS",
            description = "steps between checkpoints (default: about every minute)")
    private @Nullable Long checkpointEvery;

    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
        Experiment found = Catalogue.experiment(experiment);
        RunConfig file = config == null ? RunConfig.EMPTY : RunConfig.read(config);
        Devices.check(device);
        Map<String, List<String>> sets = new LinkedHashMap<>(file.set());
        set.forEach((key, value) -> sets.put(key, List.of(value.split(",", -1))));
        long dataSeed = dataSeed(sets.remove("data.seed"));
        RunRequest request =
                new RunRequest(
                        found.name(),
                        file.preset(preset),
                        variants(found, file),
                        seeds(file),
                        sets,
                        data(file),
                        dataSeed,
                        dtype(),
                        threads(),
                        checkpointEvery());
        request.points(found);
        return RunSession.start(request, out, output, spec.commandLine().getParseResult().originalArgs());
    }

    @picocli.CommandLine.Spec private picocli.CommandLine.Model.CommandSpec spec;

    private List<String> variants(Experiment found, RunConfig file) {
        LinkedHashSet<String> names = new LinkedHashSet<>(variants.isEmpty() ? file.variants() : variants);
        if (variant != null) {
            if (!variants.isEmpty()) {
                throw new UsageException("give --variant or --variants, not both");
            }
            names = new LinkedHashSet<>(List.of(variant));
        }
        if (names.contains("all")) {
            return found.variants().stream().map(Variant::name).toList();
        }
        if (names.isEmpty()) {
            names.add(found.variants().get(0).name());
            names.add(found.control());
        }
        return List.copyOf(names);
    }

    private List<Long> seeds(RunConfig file) {
        if (seed != null && seeds != null) {
            throw new UsageException("give --seed or --seeds, not both");
        }
        if (seed != null) {
            return List.of(seed);
        }
        Integer count = seeds == null ? file.seeds() : seeds;
        if (count != null && count < 1) {
            throw new UsageException("--seeds: expected at least 1, found " + count);
        }
        return LongStream.range(0, count == null ? 1 : count).boxed().toList();
    }

    private String data(RunConfig file) {
        String named = data == null ? file.data() : data;
        if (named != null) {
            return named;
        }
        DataChoice choice = Datasets.of(System.getenv()).digitsByDefault();
        output.say(choice.line());
        return choice.name();
    }

    private static long dataSeed(@Nullable List<String> values) {
        if (values == null) {
            return dev.sluice.data.GeneratedDigits.SEED;
        }
        if (values.size() != 1 || !values.get(0).matches("\\d{1,18}")) {
            throw new UsageException("setting data.seed: expected one whole number, found " + values);
        }
        return Long.parseLong(values.get(0));
    }

    private String dtype() {
        String d = dtype == null ? "f32" : dtype;
        if (!List.of("f32", "bf16", "f64").contains(d)) {
            throw new UsageException("--dtype: expected f32, bf16 or f64, found '" + d + "'");
        }
        return d;
    }

    private int threads() {
        int n = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
        if (n < 1 || n > 1024) {
            throw new UsageException("--threads: expected 1 to 1024, found " + n);
        }
        return n;
    }

    private long checkpointEvery() {
        if (checkpointEvery == null) {
            return 0;
        }
        if (checkpointEvery < 1) {
            throw new UsageException("--checkpoint-every: expected at least 1, found " + checkpointEvery);
        }
        return checkpointEvery;
    }
}
