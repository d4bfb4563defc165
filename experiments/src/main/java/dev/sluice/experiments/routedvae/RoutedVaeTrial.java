package dev.sluice.experiments.routedvae;

import dev.sluice.data.BatchStream;
import dev.sluice.data.ImageSet;
import dev.sluice.engine.AdamW;
import dev.sluice.engine.Autocast;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Optimizer;
import dev.sluice.engine.ParameterGroup;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.experiments.PlanPicture;
import dev.sluice.experiments.TrialRequest;
import dev.sluice.experiments.Verification;
import dev.sluice.models.VariationalAutoencoder;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.Router;
import dev.sluice.routing.plan.PlanFiles;
import dev.sluice.training.Trial;
import dev.sluice.training.TrialState;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Trains one routed VAE. */
final class RoutedVaeTrial implements Trial {
    private static final int PICTURED = 32;

    private final TrialRequest request;
    private final RoutedVaeSettings settings;
    private final Supplier<ImageClassifier> classifier;
    private final VaeImages train;
    private final VariationalAutoencoder model;
    private final RoutedVaeLoss loss;
    private final Optimizer optimizer;
    private final RoutedVaeVerification verification;
    private BatchStream stream;
    private Rng noise;
    private Rng augmenting;
    private long done;
    private long examples;

    /**
     * A trial at its beginning.
     *
     * @param classifier reads the images that the traversals make; asked for once, at the end
     */
    RoutedVaeTrial(TrialRequest request, Supplier<ImageClassifier> classifier) {
        this.request = request;
        this.classifier = classifier;
        settings = RoutedVaeSettings.of(request.settings());
        ImageSet all = request.data().train();
        int wanted = settings.images() == 0 ? all.size() : Math.min(settings.images(), all.size());
        train = new VaeImages(wanted == all.size() ? all : all.first(wanted), request.dtype());
        int pixels = all.height() * all.width();
        var sizes = settings.sizes(pixels, VaeImages.classes(request.data()));
        try (TensorScope scope = TensorScope.open()) {
            model =
                    new VariationalAutoencoder(
                            sizes,
                            settings.parametrisation(),
                            settings.activation(),
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
        stream = BatchStream.of(wanted, settings.batch(), Rng.of(request.seed(), "order"));
        noise = Rng.of(request.seed(), "noise");
        augmenting = Rng.of(request.seed(), "augmentation");
        verification = new RoutedVaeVerification(model, loss, request.seed());
        if (settings.routed()) {
            lastPlan().check(model, RoutedVaeLoss.TERMS).orThrow();
        }
    }

    private void raise(String bias, double by) {
        Tensor value = model.state().get(bias);
        if (value != null) {
            value.copyFrom(value.detach().add(by));
        }
    }

    private RoutePlan<VaeBatch> plan(double otherUnits) {
        return RoutedVaePlan.of(
                settings.routed(), otherUnits, settings.otherColumns(), model.sizes());
    }

    /** The plan that the training ends with. */
    private RoutePlan<VaeBatch> lastPlan() {
        return plan(settings.schedules().otherUnits().to());
    }

    @Override
    public long steps() {
        return (long) settings.epochs() * stream.batchesPerEpoch();
    }

    @Override
    public long done() {
        return done;
    }

    @Override
    public long examples() {
        return examples;
    }

    private VaeBatch batch(int[] rows, Rng noise, Rng augmenting) {
        Tensor zeta =
                Tensor.normal(
                        noise,
                        settings.noise(),
                        request.dtype(),
                        rows.length,
                        model.sizes().latent());
        Tensor x =
                settings.augmentation().none()
                        ? train.at(rows)
                        : train.at(rows, settings.augmentation(), augmenting);
        return new VaeBatch(x, train.labels(rows), rows, zeta);
    }

    /** Tries the plan with the weights as they are, on a batch drawn for that alone. */
    Verification verify() {
        Rng draws = Rng.of(request.seed(), "verification");
        int[] rows = BatchStream.of(train.size(), settings.batch(), draws).next();
        try (TensorScope scope = TensorScope.open()) {
            return verification.explore(lastPlan(), batch(rows, draws, draws));
        }
    }

    /** What the plan does to a few images, with the weights as they are. */
    PlanPicture picture() {
        Rng draws = Rng.of(request.seed(), "picture");
        int[] all = BatchStream.of(train.size(), settings.batch(), draws).next();
        int[] rows = Arrays.copyOf(all, Math.min(all.length, PICTURED));
        try (TensorScope scope = TensorScope.open()) {
            return verification.picture(lastPlan(), batch(rows, draws, draws));
        }
    }

    @Override
    public Map<String, Double> step(boolean log) {
        try (TensorScope scope = TensorScope.open()) {
            return step(batch(stream.next(), noise, augmenting), log);
        }
    }

    /** A step on a batch of the caller's. */
    Map<String, Double> step(VaeBatch batch, boolean log) {
        RoutedVaeSchedules schedules = settings.schedules();
        double klWeight = schedules.kl().at(done, stream.batchesPerEpoch());
        RoutePlan<VaeBatch> plan = plan(schedules.otherUnits().at(done, stream.batchesPerEpoch()));
        if (!plan.claims().isEmpty()
                && settings.verifyEvery() > 0
                && done % settings.verifyEvery() == 0) {
            verification.check(plan, batch, klWeight, done);
        }
        optimizer.setLearningRate(schedules.learningRate(done, steps(), stream.batchesPerEpoch()));
        Map<String, Double> scalars = train(plan, batch, klWeight, log);
        done++;
        examples += batch.size();
        return scalars;
    }

    private Map<String, Double> train(
            RoutePlan<VaeBatch> plan, VaeBatch batch, double klWeight, boolean log) {
        try (Router router = Router.open(model, plan, batch, done)) {
            RoutedVaeLoss.Result result = result(batch, klWeight);
            Tensor total = result.terms().values().stream().reduce(Tensor::add).orElseThrow();
            total.backward();
            router.finish();
            optimizer.step(router.leave());
            return log ? RoutedVaeScalars.of(result, total, batch, model.sizes()) : Map.of();
        } finally {
            model.clearGradients();
        }
    }

    private RoutedVaeLoss.Result result(VaeBatch batch, double klWeight) {
        if (!request.bf16()) {
            return loss.of(batch, klWeight);
        }
        try (Autocast cast = Autocast.bf16()) {
            return loss.of(batch, klWeight);
        }
    }

    @Override
    public TrialState save() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        model.state().forEach((name, t) -> tensors.put("model/" + name, t));
        optimizer.state().forEach((name, t) -> tensors.put("optimizer/" + name, t));
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("done", done);
        values.put("examples", examples);
        values.put("stream", stream.state());
        values.put("noise", noise.state());
        values.put("augmenting", augmenting.state());
        values.put("verified", List.of(verification.checked(), verification.violations()));
        return new TrialState(tensors, values);
    }

    @Override
    public void restore(TrialState state) {
        model.load(state.part("model/"));
        optimizer.load(state.part("optimizer/"));
        done = state.number("done");
        examples = state.number("examples");
        stream = BatchStream.restore(state.value("stream", BatchStream.State.class));
        noise = Rng.restore(state.value("noise", long[].class));
        augmenting = Rng.restore(state.value("augmenting", long[].class));
        long[] verified = state.value("verified", long[].class);
        verification.restore(verified[0], verified[1]);
    }

    private RoutedVaeEvaluation evaluation() {
        return new RoutedVaeEvaluation(
                model, new VaeImages(request.data().test(), request.dtype()), request.seed());
    }

    @Override
    public Map<String, Double> evaluate() {
        return evaluation().metrics(classifier.get());
    }

    @Override
    public Isolation isolation() {
        return new Isolation(
                lastPlan().claims().size(), verification.checked(), verification.violations());
    }

    @Override
    public Map<String, Object> artefacts() {
        return new RoutedVaeArtefacts(
                        model, new VaeImages(request.data().test(), request.dtype()), evaluation())
                .collect();
    }

    @Override
    public Layer model() {
        return model;
    }

    @Override
    public Map<String, String> weightsMetadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        if (settings.routed()) {
            metadata.put("plan", PlanFiles.write(lastPlan()));
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
