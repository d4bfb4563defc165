package dev.sluice.cli;

import dev.sluice.data.DataChoice;
import dev.sluice.data.Datasets;
import dev.sluice.data.GeneratedDigits;
import dev.sluice.experiments.UsageException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The data of a run as its manifest names it: alike from whatever folder the run is looked at. */
final class DataSource {
    private DataSource() {}

    /**
     * The name of a data set, or a folder with its path in full.
     *
     * @param given null: what the digit experiments use by default; {@code say} hears what that is
     */
    static String named(@Nullable String given, Consumer<String> say) {
        Datasets datasets = Datasets.of(System.getenv());
        if (given == null) {
            DataChoice choice = datasets.digitsByDefault();
            say.accept(choice.line());
            return choice.name();
        }
        boolean name = datasets.list().stream().anyMatch(set -> set.name().equals(given));
        return name ? given : absolute(given);
    }

    private static String absolute(String given) {
        try {
            Path path = Path.of(given);
            return path.getNameCount() > 1 || Files.exists(path)
                    ? path.toAbsolutePath().normalize().toString()
                    : given;
        } catch (InvalidPathException e) {
            return given;
        }
    }

    /**
     * The seed of the generator.
     *
     * @param values what was set; null: the standard seed
     * @throws UsageException if it is not one whole number, or {@code source} is not generated
     */
    static long seed(String source, @Nullable List<String> values) {
        if (values == null) {
            return GeneratedDigits.SEED;
        }
        if (values.size() != 1 || !values.get(0).matches("\\d{1,18}")) {
            throw new UsageException(
                    "setting data.seed: expected one whole number, found " + values);
        }
        if (!source.equals(Datasets.GENERATED)) {
            throw new UsageException(
                    "setting data.seed: expected --data generated, whose seed it is, found data '"
                            + source
                            + "'");
        }
        return Long.parseLong(values.get(0));
    }
}
