package dev.sluice.experiments.routedvae;

import dev.sluice.data.BatchStream;
import dev.sluice.engine.AdamW;
import dev.sluice.engine.Optimizer;
import dev.sluice.engine.ParameterGroup;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.experiments.LabelledImages;
import dev.sluice.experiments.RoutedStep;
import dev.sluice.experiments.RoutedTask;
import dev.sluice.experiments.TrialRequest;
import dev.sluice.models.VariationalAutoencoder;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.plan.PlanFiles;
import dev.sluice.training.TrialState;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Trains one routed VAE. */
class RoutedVaeTask implements RoutedTask<LabelledImages> {
    private final TrialRequest request;
    private final RoutedVaeSettings settings;
    private final Supplier<ImageClassifier> classifier;
    private final VaeImages train;
    private final VariationalAutoencoder model;
    private final RoutedVaeLoss loss;
    private final Optimizer optimizer;
    private BatchStream stream;
    private Rng noise;
    private Rng augmenting;

    /**
     * A training at its beginning.
     *
     * @param classifier reads the images that the traversals make; asked for once, at the end
     */
    RoutedVaeTask(TrialRequest request, Supplier<ImageClassifier> classifier) {
        this.request = request;
        this.classifier = classifier;
        settings = RoutedVaeSettings.of(request.settings());
        train = new VaeImages(request.training(settings.images()), request.dtype());
        var sizes = settings.sizes(train.pixels(), VaeImages.classes(request.images()));
        try (TensorScope scope = TensorScope.open()) {
            model =
                    new VariationalAutoencoder(
                            sizes,
                            settings.parametrisation(),
                            settings.activation(),
                            settings.schedules().detailShare().to(),
                            request.dtype(),
                            Rng.of(request.seed(), "weights"));
            raise("mean.bias", settings.meanBias());
            raise("spread.bias", settings.spreadBias());
        }
        loss = new RoutedVaeLoss(model, settings.reconstruction());
        optimizer =
                new Optimizer(
                        AdamW.standard(),
                        settings.schedules().rate(),
                        List.of(
                                ParameterGroup.of(model.parameters().values())
                                        .withWeightDecay(settings.weightDecay())));
        stream = BatchStream.of(train.size(), settings.batch(), Rng.of(request.seed(), "order"));
        noise = Rng.of(request.seed(), "noise");
        augmenting = Rng.of(request.seed(), "augmentation");
    }

    private void raise(String bias, double by) {
        Tensor value = model.state().get(bias);
        if (value != null) {
            value.copyFrom(value.detach().add(by));
        }
    }

    @Override
    public VariationalAutoencoder model() {
        return model;
    }

    @Override
    public Optimizer optimizer() {
        return optimizer;
    }

    @Override
    public long steps() {
        return (long) settings.epochs() * stream.batchesPerEpoch();
    }

    @Override
    public int verifyEvery() {
        return settings.verifyEvery();
    }

    /** {@inheritDoc} Where the divergence has no weight nothing comes back to route. */
    @Override
    public RoutePlan<LabelledImages> plan(long done) {
        if (!settings.routed()) {
            return RoutePlan.of();
        }
        RoutedVaeSchedules schedules = settings.schedules();
        boolean pulled = schedules.kl().at(done, steps()) != 0;
        return RoutedVaePlan.of(
                new RoutedVaePlan.Shares(
                        schedules.ownUnits().at(done, steps()),
                        schedules.otherUnits().at(done, steps()),
                        schedules.otherColumns().at(done, steps()),
                        pulled ? settings.ownDivergence() : 1),
                model.sizes());
    }

    @Override
    public boolean changes() {
        return settings.schedules().move();
    }

    private String written(long done) {
        return PlanFiles.write(plan(done));
    }

    @Override
    public Set<String> terms() {
        return RoutedVaeLoss.TERMS;
    }

    @Override
    public RoutedStep<LabelledImages> next(long done) {
        int[] rows = stream.next();
        return next(done, zeta(rows, noise), batch(rows, augmenting));
    }

    /** The next step with noise and images of the caller's. */
    RoutedStep<LabelledImages> next(long done, Tensor zeta, LabelledImages images) {
        RoutedVaeSchedules schedules = settings.schedules();
        int perEpoch = stream.batchesPerEpoch();
        optimizer.setLearningRate(schedules.learningRate(done, steps(), perEpoch));
        return step(images, zeta, done);
    }

    @Override
    public RoutedStep<LabelledImages> sample(long done, Rng draws, int most) {
        int[] all = BatchStream.of(train.size(), settings.batch(), draws).next();
        int[] rows = Arrays.copyOf(all, Math.min(all.length, most));
        Tensor zeta = zeta(rows, draws);
        return step(batch(rows, draws), zeta, done);
    }

    private RoutedStep<LabelledImages> step(LabelledImages images, Tensor zeta, long done) {
        double klWeight = settings.schedules().kl().at(done, steps());
        double detailShare = settings.schedules().detailShare().at(done, steps());
        return new RoutedStep<>(
                images,
                plan(done),
                batch -> {
                    RoutedVaeLoss.Result result =
                            loss.of(batch.images(), zeta, klWeight, detailShare);
                    return new RoutedStep.Pass(
                            result.terms(),
                            () -> RoutedVaeScalars.of(result, batch.labels(), model.sizes()));
                });
    }

    private Tensor zeta(int[] rows, Rng noise) {
        int latent = model.sizes().latent();
        return Tensor.normal(noise, settings.noise(), request.dtype(), rows.length, latent);
    }

    private LabelledImages batch(int[] rows, Rng augmenting) {
        Tensor x =
                settings.augmentation().none()
                        ? train.at(rows)
                        : train.at(rows, settings.augmentation(), augmenting);
        return new LabelledImages(x, train.labels(rows), rows);
    }

    /**
     * Replaces the images at {@code points} by noise, in half of the tries out of range; not so far
     * that the exponential in a spread overflows.
     */
    @Override
    public LabelledImages perturb(LabelledImages batch, boolean[] points, Rng rng) {
        double scale = rng.nextDouble() < 0.5 ? 1 : 4;
        return batch.withNoise(points, 0, scale, rng);
    }

    @Override
    public Map<String, Object> streams() {
        return Map.of(
                "stream", stream.state(), "noise", noise.state(), "augmenting", augmenting.state());
    }

    @Override
    public void restoreStreams(TrialState state) {
        stream = BatchStream.restore(state.value("stream", BatchStream.State.class));
        noise = Rng.restore(state.value("noise", long[].class));
        augmenting = Rng.restore(state.value("augmenting", long[].class));
    }

    private VaeImages test() {
        return new VaeImages(request.images().test(), request.dtype());
    }

    private RoutedVaeEvaluation evaluation() {
        return new RoutedVaeEvaluation(model, test(), request.seed());
    }

    @Override
    public Map<String, Double> evaluate() {
        return evaluation().metrics(classifier.get());
    }

    @Override
    public Map<String, Object> artefacts() {
        return new RoutedVaeArtefacts(model, test(), evaluation()).collect();
    }

    @Override
    public Map<String, String> weightsMetadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        if (settings.routed()) {
            String last = written(steps() - 1);
            metadata.put("plan", written(0));
            if (!last.equals(metadata.get("plan"))) {
                metadata.put("plan_of_last_step", last);
            }
        }
        metadata.put("regions", RoutedVaePlan.regions(model.sizes()));
        return metadata;
    }

    @Override
    public void close() {
        optimizer.close();
        model.close();
    }
}
