package dev.sluice.studio;

import dev.sluice.data.ImageData;
import dev.sluice.data.ImageSet;
import dev.sluice.engine.Layer;
import dev.sluice.engine.SafetensorsFile;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.Weights;
import dev.sluice.models.Exportable;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Trained models by run, the last few kept open. For one thread. */
final class RunModels {
    private static final int MOST_OPEN = 3;
    private static final int DIGITS = 1000;
    private static final int SIDE = 28;

    private final RunsFolder folder;
    private final RunData data;
    private final Map<String, Open> open = new LinkedHashMap<>(8, 0.75f, true);

    private record Open(long written, OpenModel opened) {}

    RunModels(RunsFolder folder, RunData data) {
        this.folder = folder;
        this.data = data;
    }

    /**
     * The model of one training.
     *
     * @throws RequestException if it has no weights yet, or its experiment has no code
     */
    OpenModel model(Training training) {
        Path weights =
                training.weights(folder)
                        .orElseThrow(
                                () ->
                                        RequestException.conflict(
                                                "run "
                                                        + training.run()
                                                        + " is not finished: it has no weights of "
                                                        + training.point().name()
                                                        + " yet"));
        long written = weights.toFile().lastModified();
        Open known = open.get(training.key());
        if (known != null && known.written == written) {
            return known.opened;
        }
        OpenModel opened = read(training, weights);
        Open old = open.put(training.key(), new Open(written, opened));
        if (old != null) {
            old.opened.close();
        }
        while (open.size() > MOST_OPEN) {
            String oldest = open.keySet().iterator().next();
            Optional.ofNullable(open.remove(oldest)).ifPresent(o -> o.opened.close());
        }
        return opened;
    }

    private OpenModel read(Training training, Path weights) {
        ImageSet digits =
                data.find(training.request())
                        .flatMap(d -> d instanceof ImageData i ? Optional.of(i) : Optional.empty())
                        .map(d -> d.test().first(Math.min(DIGITS, d.test().size())))
                        .orElse(new ImageSet(SIDE, SIDE, new byte[0], new byte[0]));
        try (TensorScope scope = TensorScope.open();
                SafetensorsFile file = SafetensorsFile.open(weights)) {
            Layer model =
                    training.experiment().model(training.point().settings(), Weights.read(file));
            if (!(model instanceof Exportable)) {
                throw noCode(training);
            }
            return OpenModel.of(model, digits);
        }
    }

    private static RequestException noCode(Training training) {
        return RequestException.of(
                422,
                "the experiment " + training.request().experiment() + " has no code to play with");
    }

    /** Frees every model. */
    void close() {
        open.values().forEach(o -> o.opened.close());
        open.clear();
    }
}
