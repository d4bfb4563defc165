package dev.sluice.studio;

import dev.sluice.data.Datasets;
import dev.sluice.data.ImageData;
import dev.sluice.data.ProgressListener;
import dev.sluice.data.UnavailableException;
import dev.sluice.experiments.RunRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The images that runs were trained on, the last set kept. Never downloads. */
final class RunData {
    private final Datasets datasets;
    private String lastKey = "";
    private @Nullable ImageData last;

    RunData(Datasets datasets) {
        this.datasets = datasets;
    }

    /** The data of a run, if they lie on this machine. */
    synchronized Optional<ImageData> find(RunRequest request) {
        boolean away =
                datasets.list().stream()
                        .anyMatch(d -> d.name().equals(request.data()) && !d.here());
        if (away) {
            return Optional.empty();
        }
        String key = request.data() + "@" + request.dataSeed();
        ImageData known = last;
        if (known == null || !key.equals(lastKey)) {
            known = datasets.open(request.data(), request.dataSeed(), ProgressListener.silent());
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
    ImageData require(RunRequest request) {
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
