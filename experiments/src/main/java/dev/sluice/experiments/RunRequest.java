package dev.sluice.experiments;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a run consists of. It is written to the manifest in full, so that a resumed run is the same
 * run.
 *
 * @param sets values of settings; several values of a key are a sweep
 * @param data name of a data set, or a folder
 * @param dataSeed seed of generated data
 * @param dtype {@code f32}, {@code f64} or {@code bf16}
 * @param threads of the computation
 * @param checkpointEvery steps between checkpoints; 0: about every minute
 */
public record RunRequest(
        String experiment,
        String preset,
        List<String> variants,
        List<Long> seeds,
        Map<String, List<String>> sets,
        String data,
        long dataSeed,
        String dtype,
        int threads,
        long checkpointEvery) {
    /**
     * One variant at one point of a sweep.
     *
     * @param name the variant, or {@code VARIANT@key=value,…}
     */
    public record Point(String name, Variant variant, Settings settings) {}

    /**
     * Every variant at every point, checked. A setting that a variant fixes stays as it is in that
     * variant, which so runs once in a sweep of that setting alone.
     *
     * @throws UsageException if a name or value does not fit, is there twice, or sets what the only
     *     variant fixes
     */
    public List<Point> points(Experiment experiment) {
        checkOnce(experiment);
        List<Point> points = new ArrayList<>();
        for (String name : variants) {
            Variant variant = Catalogue.variant(experiment, name);
            if (variants.size() == 1) {
                refuseFixed(variant);
            }
            for (Map<String, String> set : combinations(variant)) {
                Settings settings =
                        Settings.of(
                                experiment.settings(),
                                experiment.preset(preset),
                                set,
                                variant.settings());
                experiment.check(settings);
                points.add(new Point(name + label(set), variant, settings));
            }
        }
        return points;
    }

    /**
     * The settings of this run that some of its variants keep at a value of their own, in words;
     * empty if every variant takes all of them.
     */
    public Optional<String> keptByVariants(Experiment experiment) {
        List<String> kept = new ArrayList<>();
        sets.forEach(
                (key, values) -> {
                    for (String name : variants) {
                        String own = Catalogue.variant(experiment, name).settings().get(key);
                        if (own != null && !values.equals(List.of(own))) {
                            kept.add(name + " keeps " + key + "=" + own);
                        }
                    }
                });
        return kept.isEmpty()
                ? Optional.empty()
                : Optional.of("set by the variant itself: " + String.join(", ", kept));
    }

    private void refuseFixed(Variant variant) {
        sets.forEach(
                (key, values) -> {
                    String own = variant.settings().get(key);
                    if (own != null && !values.equals(List.of(own))) {
                        throw new UsageException(
                                "setting "
                                        + key
                                        + ": the variant "
                                        + variant.name()
                                        + " is fixed at "
                                        + key
                                        + "="
                                        + own
                                        + ", found "
                                        + String.join(",", values));
                    }
                });
    }

    private void checkOnce(Experiment experiment) {
        twice(variants).ifPresent(name -> refuseTwice("variants", name));
        Map<String, Setting> declared = new HashMap<>();
        experiment.settings().forEach(s -> declared.put(s.key(), s));
        sets.forEach(
                (key, values) -> {
                    Setting setting = declared.get(key);
                    if (setting != null) {
                        values.forEach(setting::check);
                        twice(values.stream().map(setting::meaning).toList())
                                .ifPresent(value -> refuseTwice("setting " + key, value));
                    }
                });
    }

    private static void refuseTwice(String what, String value) {
        throw new UsageException(what + ": expected each value once, found '" + value + "' twice");
    }

    private static Optional<String> twice(List<String> values) {
        Set<String> seen = new HashSet<>();
        return values.stream().filter(v -> !seen.add(v)).findFirst();
    }

    private String label(Map<String, String> set) {
        String swept =
                set.entrySet().stream()
                        .filter(e -> sets.getOrDefault(e.getKey(), List.of()).size() > 1)
                        .map(e -> e.getKey() + "=" + e.getValue())
                        .collect(Collectors.joining(","));
        return swept.isEmpty() ? "" : "@" + swept.replace('/', '_');
    }

    private List<Map<String, String>> combinations(Variant variant) {
        List<Map<String, String>> all = new ArrayList<>();
        all.add(new LinkedHashMap<>());
        sets.forEach(
                (key, values) -> {
                    if (variant.settings().containsKey(key)) {
                        return;
                    }
                    List<Map<String, String>> more = new ArrayList<>();
                    for (Map<String, String> before : all) {
                        for (String value : values) {
                            Map<String, String> next = new LinkedHashMap<>(before);
                            next.put(key, value);
                            more.add(next);
                        }
                    }
                    all.clear();
                    all.addAll(more);
                });
        return all;
    }
}
