package dev.sluice.experiments;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
     * Every variant at every point, checked.
     *
     * @throws UsageException if a name or value does not fit
     */
    public List<Point> points(Experiment experiment) {
        List<Point> points = new ArrayList<>();
        for (String name : variants) {
            Variant variant = Catalogue.variant(experiment, name);
            for (Map<String, String> set : combinations()) {
                StringBuilder label = new StringBuilder(name);
                set.forEach(
                        (key, value) -> {
                            if (sets.getOrDefault(key, List.of()).size() > 1) {
                                label.append(label.indexOf("@") < 0 ? '@' : ',')
                                        .append(key)
                                        .append('=')
                                        .append(value);
                            }
                        });
                Settings settings =
                        Settings.of(
                                experiment.settings(),
                                experiment.preset(preset),
                                variant.settings(),
                                set);
                experiment.check(settings);
                points.add(new Point(label.toString(), variant, settings));
            }
        }
        return points;
    }

    private List<Map<String, String>> combinations() {
        List<Map<String, String>> all = new ArrayList<>();
        all.add(new LinkedHashMap<>());
        sets.forEach(
                (key, values) -> {
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

    /** Whether several values of a setting are tried. */
    public boolean sweep() {
        return sets.values().stream().anyMatch(v -> v.size() > 1);
    }
}
