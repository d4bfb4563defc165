package dev.sluice.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.data.DataChoice;
import dev.sluice.data.Datasets;
import dev.sluice.data.GeneratedDigits;
import dev.sluice.experiments.Experiment;
import dev.sluice.experiments.RunRequest;
import dev.sluice.experiments.UsageException;
import dev.sluice.experiments.Variant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** What was said about a run, on the command line or in a file; null is left to a default. */
record RunConfig(
        @JsonProperty("experiment") @Nullable String experiment,
        @JsonProperty("preset") @Nullable String preset,
        @JsonProperty("variants") @Nullable List<String> variants,
        @JsonProperty("seed") @Nullable Long seed,
        @JsonProperty("seeds") @Nullable Integer seeds,
        @JsonProperty("data") @Nullable String data,
        @JsonProperty("set") @Nullable Map<String, JsonNode> set,
        @JsonProperty("dtype") @Nullable String dtype,
        @JsonProperty("threads") @Nullable Integer threads,
        @JsonProperty("checkpoint_every") @Nullable Long checkpointEvery) {
    private static final List<String> DTYPES = List.of("f32", "bf16", "f64");

    /** This laid over {@code below}: what is null here is taken from there. */
    RunConfig over(RunConfig below) {
        Map<String, JsonNode> sets = new LinkedHashMap<>();
        if (below.set != null) {
            sets.putAll(below.set);
        }
        if (set != null) {
            sets.putAll(set);
        }
        boolean seeded = seed != null || seeds != null;
        return new RunConfig(
                first(experiment, below.experiment),
                first(preset, below.preset),
                first(variants, below.variants),
                seeded ? seed : below.seed,
                seeded ? seeds : below.seeds,
                first(data, below.data),
                sets,
                first(dtype, below.dtype),
                first(threads, below.threads),
                first(checkpointEvery, below.checkpointEvery));
    }

    private static <T> @Nullable T first(@Nullable T here, @Nullable T below) {
        return here == null ? below : here;
    }

    /**
     * The run in full, checked.
     *
     * @param say hears which data was chosen where none was named
     * @throws UsageException for a name or value that does not fit
     */
    RunRequest request(Experiment found, Consumer<String> say) {
        Map<String, List<String>> sets = sets();
        long dataSeed = dataSeed(sets.remove("data.seed"));
        RunRequest request =
                new RunRequest(
                        found.name(),
                        preset == null ? "quick" : preset,
                        variants(found),
                        seedList(),
                        sets,
                        data == null ? defaultData(say) : data,
                        dataSeed,
                        dtype(dtype),
                        threads(threads),
                        checkpointSteps());
        request.points(found);
        return request;
    }

    private Map<String, List<String>> sets() {
        Map<String, List<String>> sets = new LinkedHashMap<>();
        if (set != null) {
            set.forEach(
                    (key, value) -> {
                        List<String> values = new ArrayList<>();
                        if (value.isArray()) {
                            value.forEach(v -> values.add(v.asText()));
                        } else {
                            values.addAll(Arrays.asList(value.asText().split(",", -1)));
                        }
                        sets.put(key, values);
                    });
        }
        return sets;
    }

    private List<String> variants(Experiment found) {
        if (variants != null && variants.contains("all")) {
            return found.variants().stream().map(Variant::name).toList();
        }
        LinkedHashSet<String> names = new LinkedHashSet<>();
        if (variants == null || variants.isEmpty()) {
            names.add(found.variants().get(0).name());
            names.add(found.control());
        } else {
            names.addAll(variants);
        }
        return List.copyOf(names);
    }

    private List<Long> seedList() {
        if (seed != null && seeds != null) {
            throw new UsageException("give one seed or a number of seeds, not both");
        }
        if (seed != null) {
            return List.of(seed);
        }
        int count = seeds == null ? 1 : seeds;
        if (count < 1) {
            throw new UsageException("seeds: expected at least 1, found " + count);
        }
        return LongStream.range(0, count).boxed().toList();
    }

    private static String defaultData(Consumer<String> say) {
        DataChoice choice = Datasets.of(System.getenv()).digitsByDefault();
        say.accept(choice.line());
        return choice.name();
    }

    private static long dataSeed(@Nullable List<String> values) {
        if (values == null) {
            return GeneratedDigits.SEED;
        }
        if (values.size() != 1 || !values.get(0).matches("\\d{1,18}")) {
            throw new UsageException(
                    "setting data.seed: expected one whole number, found " + values);
        }
        return Long.parseLong(values.get(0));
    }

    static String dtype(@Nullable String name) {
        String dtype = name == null ? "f32" : name;
        if (!DTYPES.contains(dtype)) {
            throw new UsageException("dtype: expected f32, bf16 or f64, found '" + dtype + "'");
        }
        return dtype;
    }

    static int threads(@Nullable Integer given) {
        int threads = given == null ? Runtime.getRuntime().availableProcessors() : given;
        if (threads < 1 || threads > 1024) {
            throw new UsageException("threads: expected 1 to 1024, found " + threads);
        }
        return threads;
    }

    private long checkpointSteps() {
        if (checkpointEvery == null) {
            return 0;
        }
        if (checkpointEvery < 1) {
            throw new UsageException(
                    "checkpoint-every: expected at least 1, found " + checkpointEvery);
        }
        return checkpointEvery;
    }
}
