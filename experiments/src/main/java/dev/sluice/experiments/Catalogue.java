package dev.sluice.experiments;

import dev.sluice.engine.Names;
import dev.sluice.models.NamedModel;
import java.util.List;
import java.util.ServiceLoader;

/** The experiments and models on the class path: Sluice's own and those of other jars. */
public final class Catalogue {
    private Catalogue() {}

    /** Every experiment, by name. */
    public static List<Experiment> experiments() {
        return ServiceLoader.load(Experiment.class).stream()
                .map(ServiceLoader.Provider::get)
                .sorted((a, b) -> a.name().compareTo(b.name()))
                .toList();
    }

    /**
     * The experiment of this name.
     *
     * @throws UsageException if there is none, with the nearest names
     */
    public static Experiment experiment(String name) {
        return experiments().stream()
                .filter(e -> e.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new UsageException(
                                        Names.unknown(
                                                "experiment",
                                                name,
                                                experiments().stream()
                                                        .map(Experiment::name)
                                                        .toList())));
    }

    /**
     * The variant of this name.
     *
     * @throws UsageException if the experiment has none, with the nearest names
     */
    public static Variant variant(Experiment experiment, String name) {
        return experiment.variants().stream()
                .filter(v -> v.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new UsageException(
                                        Names.unknown(
                                                "variant",
                                                name,
                                                experiment.variants().stream()
                                                        .map(Variant::name)
                                                        .toList())));
    }

    /** Every model that has a name, by it. */
    public static List<NamedModel> models() {
        return ServiceLoader.load(NamedModel.class).stream()
                .map(ServiceLoader.Provider::get)
                .sorted((a, b) -> a.name().compareTo(b.name()))
                .toList();
    }

    /**
     * The model of this name.
     *
     * @throws UsageException if there is none, with the nearest names
     */
    public static NamedModel model(String name) {
        List<String> known = models().stream().map(NamedModel::name).toList();
        return models().stream()
                .filter(m -> m.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new UsageException(Names.unknown("model", name, known)));
    }
}
