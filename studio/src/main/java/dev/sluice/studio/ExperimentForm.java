package dev.sluice.studio;

import dev.sluice.data.DataListing;
import dev.sluice.experiments.Catalogue;
import dev.sluice.experiments.Experiment;
import dev.sluice.experiments.Metric;
import dev.sluice.experiments.Setting;
import dev.sluice.experiments.Variant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An experiment as the form for a new run shows it, made from what the experiment declares.
 *
 * @param presets the value of every setting, by preset
 * @param usual the data that is used where none is named
 */
record ExperimentForm(
        String name,
        String description,
        String control,
        Map<String, Map<String, String>> presets,
        List<Setting> settings,
        List<Variant> variants,
        List<Metric> metrics,
        List<Data> data,
        String usual) {
    private static final List<String> PRESETS = List.of("smoke", "quick", "paper");

    /** A data set by name, and whether it can be used without a network. */
    record Data(String name, String description, boolean here) {}

    /** Everything that a new run can be made of. */
    record All(List<ExperimentForm> experiments, int cores) {}

    static All all(Map<String, String> environment) {
        return new All(
                Catalogue.experiments().stream().map(e -> of(e, environment)).toList(),
                Runtime.getRuntime().availableProcessors());
    }

    private static Data data(DataListing listing) {
        return new Data(listing.name(), listing.description(), listing.here());
    }

    private static ExperimentForm of(Experiment e, Map<String, String> environment) {
        Map<String, Map<String, String>> presets = new LinkedHashMap<>();
        PRESETS.forEach(p -> presets.put(p, e.preset(p)));
        return new ExperimentForm(
                e.name(),
                e.description(),
                e.control(),
                presets,
                e.settings(),
                e.variants(),
                e.metrics(),
                e.dataKind().list(environment).stream().map(ExperimentForm::data).toList(),
                e.dataKind().named(null, environment, line -> {}));
    }
}
