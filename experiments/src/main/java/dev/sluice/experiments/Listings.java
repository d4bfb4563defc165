package dev.sluice.experiments;

import dev.sluice.data.DataListing;
import dev.sluice.data.GeneratedDigits;
import dev.sluice.engine.DType;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Rng;
import dev.sluice.engine.TensorScope;
import dev.sluice.models.NamedModel;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What there is to run, to set and to read off, as text for a terminal. */
public final class Listings {
    private static final List<String> PRESETS = List.of("smoke", "quick", "paper");

    private Listings() {}

    /** The experiments. */
    public static String experiments() {
        Columns table = new Columns("experiment", "what it is");
        Catalogue.experiments().forEach(e -> table.row(e.name(), e.description()));
        return table.text();
    }

    /** An experiment's variants, the headline and its control marked. */
    public static String variants(Experiment experiment) {
        Columns table = new Columns("variant", "what makes it different");
        String headline = experiment.variants().get(0).name();
        for (Variant v : experiment.variants()) {
            String mark =
                    v.name().equals(headline)
                            ? "headline: "
                            : v.name().equals(experiment.control()) ? "control: " : "";
            boolean said = v.description().startsWith("the control:");
            table.row(v.name(), (said ? "" : mark) + v.description());
        }
        return table.text();
    }

    /** An experiment's settings with their values in each preset. */
    public static String settings(Experiment experiment) {
        List<Map<String, String>> presets = PRESETS.stream().map(experiment::preset).toList();
        Columns table =
                new Columns("setting", PRESETS.get(0), PRESETS.get(1), PRESETS.get(2), "meaning");
        for (Setting s : experiment.settings()) {
            table.row(
                    s.key(),
                    presets.get(0).getOrDefault(s.key(), ""),
                    presets.get(1).getOrDefault(s.key(), ""),
                    presets.get(2).getOrDefault(s.key(), ""),
                    s.description() + kind(s));
        }
        String seed = Long.toString(GeneratedDigits.SEED);
        table.row("data.seed", seed, seed, seed, "of data that Sluice makes up (whole number)");
        return table.text();
    }

    private static String kind(Setting s) {
        return switch (s.kind()) {
            case INTEGER -> " (whole number, " + String.join(" to ", s.range()) + ")";
            case REAL -> " (number, " + String.join(" to ", s.range()) + ")";
            case CHOICE -> " (" + String.join(", ", s.range()) + ")";
            case TEXT, PLACE -> "";
        };
    }

    /** The metrics that an experiment reports. */
    public static String metrics(Experiment experiment) {
        Columns table = new Columns("metric", "unit and meaning");
        experiment.metrics().forEach(m -> table.row(m.name(), m.unit() + "; " + m.description()));
        return table.text();
    }

    /** The models that have a name. */
    public static String models() {
        Columns table = new Columns("model", "what it is");
        Catalogue.models().forEach(m -> table.row(m.name(), m.description()));
        return table.text();
    }

    /** A model's hook points and parameters with the names and sizes of their axes. */
    public static String hooks(NamedModel named) {
        Columns hooks = new Columns("hook point", "axes");
        Columns parameters = new Columns("parameter", "shape", "axes");
        try (TensorScope scope = TensorScope.open();
                Layer model = named.open(DType.F32, Rng.of(0, "weights"))) {
            model.hooks().forEach((name, h) -> hooks.row(name, String.join(", ", h.axes())));
            model.parameters()
                    .forEach(
                            (name, p) ->
                                    parameters.row(
                                            name,
                                            Arrays.stream(p.value().shape())
                                                    .mapToObj(Long::toString)
                                                    .collect(Collectors.joining(" x ")),
                                            String.join(", ", p.axes())));
        }
        return named.description() + "\n\n" + hooks.text() + "\n" + parameters.text();
    }

    /** The data sets of every experiment, and where they lie. */
    public static String data(Map<String, String> environment) {
        Map<DataListing, String> uses = new LinkedHashMap<>();
        for (Experiment e : Catalogue.experiments()) {
            for (DataListing d : e.dataKind().list(environment)) {
                uses.merge(d, e.name(), (a, b) -> a + ", " + b);
            }
        }
        Columns table = new Columns("data", "here", "for", "what it is");
        uses.forEach(
                (d, experiments) -> {
                    String where = d.folder().map(f -> "; in " + f).orElse("");
                    String get = d.here() ? "" : "; `sluice data get " + d.name() + "` fetches it";
                    String here = d.here() ? "yes" : "no";
                    table.row(d.name(), here, experiments, d.description() + where + get);
                });
        return table.text() + "\nFolders and files of your own: --data PATH.\n";
    }
}
