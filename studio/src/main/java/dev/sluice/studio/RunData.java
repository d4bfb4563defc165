package dev.sluice.studio;

import dev.sluice.data.ProgressListener;
import dev.sluice.data.TrainingData;
import dev.sluice.data.UnavailableException;
import dev.sluice.experiments.Catalogue;
import dev.sluice.experiments.DataKind;
import dev.sluice.experiments.RunRequest;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The data that runs were trained on, the last set kept. Never downloads. */
final class RunData {
    private final Map<String, String> environment;
    private String lastKey = "";
    private @Nullable TrainingData last;

    RunData(Map<String, String> environment) {
        this.environment = environment;
    }

    /** The data of a run, if they lie on this machine. */
    synchronized Optional<TrainingData> find(RunRequest request) {
        DataKind kind = Catalogue.experiment(request.experiment()).dataKind();
        boolean away =
                kind.list(environment).stream()
                        .anyMatch(d -> d.name().equals(request.data()) && !d.here());
        if (away) {
            return Optional.empty();
        }
        String key = kind.getClass().getName() + "\n" + request.data() + "@" + request.dataSeed();
        TrainingData known = last;
        if (known == null || !key.equals(lastKey)) {
            known = kind.open(request, environment, ProgressListener.silent());
            last = known;
            lastKey = key;
        }
        return Optional.of(known);
    }

    /**
     * The data of a run.
     *
     * @throws UnavailableException if they do not lie on this machine
     */
    TrainingData require(RunRequest request) {
        return find(request)
                .orElseThrow(
                        () ->
                                new UnavailableException(
                                        "the data '"
                                                + request.data()
                                                + "' are not on this machine; `sluice data get "
                                                + request.data()
                                                + "` fetches them"));
    }
}
