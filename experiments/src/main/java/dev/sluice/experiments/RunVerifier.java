package dev.sluice.experiments;

import dev.sluice.data.TrainingData;
import dev.sluice.engine.DType;
import dev.sluice.engine.Engine;
import dev.sluice.engine.SafetensorsFile;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorException;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.Weights;
import dev.sluice.experiments.RunRequest.Point;
import dev.sluice.training.RunException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tries the claims of every variant and seed of a run: of a finished one with the weights it ended
 * with, of one that is only described with those it would start with.
 */
public final class RunVerifier {
    private final RunRequest request;
    private final TrainingData data;

    /** What was found for one training of the run. */
    public record Result(String variant, long seed, List<AtStep<Verification>> verifications) {
        /** Copies the list. */
        public Result {
            verifications = List.copyOf(verifications);
        }

        /** Whether a claimed region leaks. */
        public boolean leaks() {
            return verifications.stream().anyMatch(v -> !v.found().report().violations().isEmpty());
        }

        /** Lines for a terminal. */
        public String text() {
            StringBuilder text = new StringBuilder();
            if (verifications.size() > 1) {
                text.append(variant).append(" seed ").append(seed);
                text.append(
                        ": settings change plan or loss while it trains; both ends are tried\n");
            }
            for (AtStep<Verification> v : verifications) {
                text.append(variant).append(" seed ").append(seed).append(v.in()).append('\n');
                text.append(v.found().text());
            }
            return text.toString();
        }
    }

    /** A verifier of the trainings that {@code request} consists of, on its data. */
    public RunVerifier(RunRequest request, TrainingData data) {
        this.request = request;
        this.data = data;
    }

    /** Tries them as they would start. */
    public List<Result> fresh() {
        return all(null);
    }

    /**
     * Tries them as they ended.
     *
     * @throws RunException if the run's weights are missing or of another model
     */
    public List<Result> finished(RunView run) {
        return all(run);
    }

    private List<Result> all(@Nullable RunView run) {
        Engine.setThreads(request.threads());
        Experiment experiment = Catalogue.experiment(request.experiment());
        List<Result> results = new ArrayList<>();
        for (Point point : request.points(experiment)) {
            for (long seed : request.seeds()) {
                Path weights = run == null ? null : run.weights(point.name(), seed);
                results.add(new Result(point.name(), seed, one(experiment, point, seed, weights)));
            }
        }
        return results;
    }

    private List<AtStep<Verification>> one(
            Experiment experiment, Point point, long seed, @Nullable Path weights) {
        DType dtype = request.dtype().equals("f64") ? DType.F64 : DType.F32;
        boolean bf16 = request.dtype().equals("bf16");
        TrialRequest trial =
                new TrialRequest(point.name(), point.settings(), seed, data, dtype, bf16);
        if (weights == null) {
            return experiment.verify(trial, null);
        }
        if (!Files.exists(weights)) {
            throw new RunException(weights, "file", "the weights of the run", "no such file");
        }
        try (TensorScope scope = TensorScope.open();
                SafetensorsFile file = SafetensorsFile.open(weights)) {
            Map<String, Tensor> read = Weights.read(file);
            try {
                return experiment.verify(trial, read);
            } catch (TensorException e) {
                throw new RunException(
                        weights, "content", "weights of " + point.name(), "" + e.getMessage());
            }
        }
    }
}
