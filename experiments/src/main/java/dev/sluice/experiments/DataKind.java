package dev.sluice.experiments;

import dev.sluice.data.DataListing;
import dev.sluice.data.GeneratedDigits;
import dev.sluice.data.ProgressListener;
import dev.sluice.data.TrainingData;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What kind of data an experiment is trained on, and how what a user names is found. An environment
 * is that of the process: it says where data lie.
 */
public interface DataKind {
    /** Images of digits, and what has their form. */
    static DataKind images() {
        return new ImageKind();
    }

    /**
     * The data as a manifest names them: alike from whatever folder the run is looked at.
     *
     * @param given null: what is used by default; {@code say} hears what that is
     */
    String named(@Nullable String given, Map<String, String> environment, Consumer<String> say);

    /** Whether a name means data that Sluice makes up, which have a seed. */
    boolean generated(String name);

    /**
     * The seed of generated data.
     *
     * @param values what was set; null: the standard seed
     * @throws UsageException if it is not one whole number, or {@code name} is not generated
     */
    default long seed(String name, @Nullable List<String> values) {
        if (values == null) {
            return GeneratedDigits.SEED;
        }
        if (values.size() != 1 || !values.get(0).matches("\\d{1,18}")) {
            throw new UsageException(
                    "setting data.seed: expected one whole number, found " + values);
        }
        if (!generated(name)) {
            throw new UsageException(
                    "setting data.seed: expected --data generated, whose seed it is, found data '"
                            + name
                            + "'");
        }
        return Long.parseLong(values.get(0));
    }

    /**
     * The data of a run.
     *
     * @param listener hears of downloads and of what takes long
     * @throws dev.sluice.data.DataException if files are missing or damaged
     * @throws dev.sluice.data.UnknownDataException if there are none of that name
     * @throws dev.sluice.data.UnavailableException if they are not here and cannot be fetched
     */
    TrainingData open(
            RunRequest request, Map<String, String> environment, ProgressListener listener);

    /** The data that can be named. */
    List<DataListing> list(Map<String, String> environment);

    /**
     * Reads all of some data and tells what was found, in lines for a terminal; empty if what is
     * named is of another kind.
     *
     * @throws dev.sluice.data.DataException if files are missing or damaged, or other than
     *     published
     * @throws dev.sluice.data.UnknownDataException if there are none of that name
     * @throws dev.sluice.data.UnavailableException if they are not here
     */
    default Optional<String> check(String name, Map<String, String> environment) {
        return Optional.empty();
    }

    /** What reports say of data that Sluice made up. */
    String madeUp();
}
