package dev.sluice.studio;

import dev.sluice.data.ImageSet;
import dev.sluice.engine.DType;
import dev.sluice.engine.SafetensorsFile;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.Weights;
import dev.sluice.experiments.AtStep;
import dev.sluice.experiments.Experiment;
import dev.sluice.experiments.PlanPicture;
import dev.sluice.experiments.TrialRequest;
import io.javalin.Javalin;
import io.javalin.http.Context;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the rules page asks: what the plan of a training does, whether its claims hold, and what
 * each class touches. The first is quick; the others are tried on a desk of their own, so that
 * nobody waits for them who did not ask.
 */
final class RulesApi {
    private static final int MOST_KEPT = 32;

    private final RunsFolder folder;
    private final ModelDesk desk;
    private final ModelDesk trials;
    private final RunData data;
    private final Map<String, byte[]> kept =
            Collections.synchronizedMap(
                    new LinkedHashMap<>() {
                        @Override
                        protected boolean removeEldestEntry(Map.Entry<String, byte[]> eldest) {
                            return size() > MOST_KEPT;
                        }
                    });

    RulesApi(RunsFolder folder, ModelDesk desk, ModelDesk trials, RunData data) {
        this.folder = folder;
        this.desk = desk;
        this.trials = trials;
        this.data = data;
    }

    /**
     * A plan as its page shows it.
     *
     * @param trained whether it was tried with the run's final weights, or with fresh ones
     * @param images the examples of the picture, by number
     */
    record Shown(
            String experiment,
            List<String> variants,
            List<Long> seeds,
            String variant,
            long seed,
            boolean trained,
            List<AtStep<PlanPicture>> pictures,
            int height,
            int width,
            Map<Long, Image> images) {}

    /** A training image, one byte a pixel. */
    @SuppressWarnings("ArrayRecordComponent") // only ever written out
    record Image(int label, byte[] pixels) {}

    void register(Javalin app) {
        app.get("/api/runs/{run}/rules", ctx -> answer(ctx, desk, "rules", this::picture));
        app.get(
                "/api/runs/{run}/verification",
                ctx ->
                        answer(
                                ctx,
                                trials,
                                "verification",
                                t -> t.experiment.verify(t.trial, t.weights)));
        app.get(
                "/api/runs/{run}/reach",
                ctx -> answer(ctx, trials, "reach", t -> t.experiment.reach(t.trial, t.weights)));
    }

    /** A training with what it can be tried with. */
    private record Tried(
            Training training,
            Experiment experiment,
            TrialRequest trial,
            @Nullable Map<String, Tensor> weights) {}

    /** Answers with what is found out about a training, or was found before. */
    private void answer(
            Context ctx, ModelDesk where, String question, Function<Tried, Object> finding) {
        Training t = Training.of(folder, ctx);
        Path weights = t.weights(folder).orElse(null);
        long written = weights == null ? 0 : weights.toFile().lastModified();
        String key = question + "\n" + t.key() + "\n" + written;
        ctx.contentType("application/json; charset=utf-8");
        byte[] known = kept.get(key);
        ctx.result(known != null ? known : where.ask(() -> known(key, t, weights, finding)));
    }

    private byte[] known(
            String key, Training t, @Nullable Path weights, Function<Tried, Object> finding) {
        byte[] known = kept.get(key);
        if (known == null) {
            known = Json.bytes(found(t, weights, finding));
            kept.put(key, known);
        }
        return known;
    }

    private Object found(Training t, @Nullable Path weights, Function<Tried, Object> finding) {
        DType dtype = t.request().dtype().equals("f64") ? DType.F64 : DType.F32;
        TrialRequest trial =
                new TrialRequest(
                        t.point().name(),
                        t.point().settings(),
                        t.seed(),
                        data.require(t.request()),
                        dtype,
                        false);
        try (TensorScope scope = TensorScope.open()) {
            Map<String, Tensor> read = weights == null ? null : read(weights);
            return finding.apply(new Tried(t, t.experiment(), trial, read));
        }
    }

    private Object picture(Tried tried) {
        Training t = tried.training;
        List<AtStep<PlanPicture>> pictures = tried.experiment.pictures(tried.trial, tried.weights);
        if (pictures.isEmpty()) {
            throw RequestException.of(
                    422,
                    "the experiment " + t.request().experiment() + " draws no picture of its plan");
        }
        ImageSet train = tried.trial.images().train();
        return new Shown(
                t.request().experiment(),
                t.variants(),
                t.request().seeds(),
                t.point().name(),
                t.seed(),
                tried.weights != null,
                pictures,
                train.height(),
                train.width(),
                images(pictures, train));
    }

    private static Map<String, Tensor> read(Path weights) {
        try (SafetensorsFile file = SafetensorsFile.open(weights)) {
            return Weights.read(file);
        }
    }

    private static Map<Long, Image> images(List<AtStep<PlanPicture>> pictures, ImageSet train) {
        int pixels = train.height() * train.width();
        Map<Long, Image> images = new LinkedHashMap<>();
        pictures.stream()
                .flatMap(picture -> picture.found().routes().stream())
                .flatMap(place -> place.examples().stream())
                .forEach(
                        e -> {
                            int i = (int) e.example();
                            byte[] one =
                                    Arrays.copyOfRange(
                                            train.images(), i * pixels, (i + 1) * pixels);
                            images.put(e.example(), new Image(train.label(i), one));
                        });
        return images;
    }
}
