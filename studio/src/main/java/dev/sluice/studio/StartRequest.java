package dev.sluice.studio;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sluice.data.DataListing;
import dev.sluice.experiments.Catalogue;
import dev.sluice.experiments.Experiment;
import dev.sluice.experiments.RunRequest;
import dev.sluice.experiments.UsageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * What the form for a new run says; null is left to the command line's default.
 *
 * @param seeds how many, from 0
 * @param set values of settings, several of one separated by commas
 */
record StartRequest(
        @JsonProperty("experiment") @Nullable String experiment,
        @JsonProperty("preset") @Nullable String preset,
        @JsonProperty("variants") @Nullable List<String> variants,
        @JsonProperty("seeds") @Nullable Integer seeds,
        @JsonProperty("data") @Nullable String data,
        @JsonProperty("threads") @Nullable Integer threads,
        @JsonProperty("set") @Nullable Map<String, String> set) {
    private static final int MOST_SEEDS = 100;

    /**
     * The arguments of {@code sluice run}. Every value is joined to its option, so that none can be
     * taken for an option of its own.
     *
     * @throws UsageException for a name or value that does not fit
     */
    List<String> arguments(Map<String, String> environment) {
        Experiment found = Catalogue.experiment(experiment == null ? "" : experiment);
        check(found, environment);
        List<String> out = new ArrayList<>(List.of(found.name()));
        out.add("--preset=" + preset());
        if (variants != null && !variants.isEmpty()) {
            out.add("--variants=" + String.join(",", variants));
        }
        if (seeds != null) {
            out.add("--seeds=" + seeds);
        }
        if (data != null) {
            out.add("--data=" + data);
        }
        if (threads != null) {
            out.add("--threads=" + threads);
        }
        settings().forEach((key, value) -> out.add("--set=" + key + "=" + value));
        return out;
    }

    @Override
    public String preset() {
        return preset == null ? "quick" : preset;
    }

    private Map<String, String> settings() {
        return set == null ? Map.of() : set;
    }

    private void check(Experiment found, Map<String, String> environment) {
        int count = seeds == null ? 1 : seeds;
        if (count < 1 || count > MOST_SEEDS) {
            throw new UsageException("seeds: expected 1 to " + MOST_SEEDS + ", found " + count);
        }
        if (threads != null && (threads < 1 || threads > 1024)) {
            throw new UsageException("threads: expected 1 to 1024, found " + threads);
        }
        List<String> known =
                found.dataKind().list(environment).stream().map(DataListing::name).toList();
        if (data != null && !known.contains(data)) {
            throw new UsageException("data: expected one of " + known + ", found '" + data + "'");
        }
        List<String> names =
                variants == null || variants.isEmpty()
                        ? List.of(found.variants().get(0).name(), found.control())
                        : variants;
        Map<String, List<String>> sets = new LinkedHashMap<>();
        settings().forEach((k, v) -> sets.put(k, Arrays.asList(v.split(",", -1))));
        new RunRequest(
                        found.name(),
                        preset(),
                        names,
                        LongStream.range(0, count).boxed().toList(),
                        sets,
                        data == null ? found.dataKind().named(null, environment, line -> {}) : data,
                        1,
                        "f32",
                        1,
                        0)
                .points(found);
    }
}
