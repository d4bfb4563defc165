package dev.sluice.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.experiments.DataKind;
import dev.sluice.experiments.Experiment;
import dev.sluice.experiments.RunRequest;
import dev.sluice.experiments.Setting;
import dev.sluice.experiments.UsageException;
import dev.sluice.experiments.Variant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
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
     * @param say hears which data was chosen where none was named, and which variants keep a
     *     setting of their own
     * @throws UsageException for a name or value that does not fit
     */
    RunRequest request(Experiment found, Consumer<String> say) {
        Map<String, List<String>> sets = sets();
        List<String> generator = sets.remove("data.seed");
        for (Setting setting : found.settings()) {
            sets.computeIfPresent(
                    setting.key(), (key, values) -> values.stream().map(setting::inFull).toList());
        }
        DataKind kind = found.dataKind();
        List<String> chosen = new ArrayList<>();
        String source = kind.named(data, System.getenv(), chosen::add);
        RunRequest request =
                new RunRequest(
                        found.name(),
                        preset == null ? "quick" : preset,
                        variants(found),
                        seedList(),
                        sets,
                        source,
                        kind.seed(source, generator),
                        ComputeOptions.dtype(dtype),
                        ComputeOptions.threads(threads),
                        checkpointSteps());
        request.points(found);
        chosen.forEach(say);
        request.keptByVariants(found).ifPresent(say);
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
        if (variants == null || variants.isEmpty()) {
            return Stream.of(found.variants().get(0).name(), found.control()).distinct().toList();
        }
        return variants.equals(List.of("all"))
                ? found.variants().stream().map(Variant::name).toList()
                : variants;
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
