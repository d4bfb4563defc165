package dev.sluice.experiments.splitdigits;

import dev.sluice.data.BatchStream;
import dev.sluice.data.ImageSet;
import dev.sluice.engine.Adam;
import dev.sluice.engine.Optimizer;
import dev.sluice.engine.ParameterGroup;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.experiments.LabelledImages;
import dev.sluice.experiments.RoutedStep;
import dev.sluice.experiments.RoutedTask;
import dev.sluice.experiments.RoutedTrial;
import dev.sluice.experiments.TrialRequest;
import dev.sluice.experiments.splitdigits.SplitDigitsSettings.Routing;
import dev.sluice.models.SplitAutoencoder;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.RoutingRule;
import dev.sluice.routing.plan.PlanFiles;
import dev.sluice.training.TrialState;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/** Trains one split autoencoder (experiments of section 4.1; Adam with L2, constant rate). */
final class SplitDigitsTask implements RoutedTask<LabelledImages> {
    /** Another plan in place of the experiment's own. */
    interface OtherPlan
            extends BiFunction<
                    RoutePlan<LabelledImages>, SplitDigitsSettings, RoutePlan<LabelledImages>> {}

    private final TrialRequest request;
    private final SplitDigitsSettings settings;
    private final ImageSet train;
    private final boolean[] highGroup;
    private final boolean pure;
    private final OtherPlan other;
    private final RoutePlan<LabelledImages> plan;
    private final Tensor images;
    private final SplitAutoencoder model;
    private final SplitDigitsLoss loss;
    private final Optimizer optimizer;
    private BatchStream stream;
    private Rng joining;

    private SplitDigitsTask(TrialRequest request, OtherPlan other) {
        this.request = request;
        this.other = other;
        settings = SplitDigitsSettings.of(request.settings());
        train = request.training(settings.images());
        highGroup = Groups.high(train, settings.routing());
        pure = settings.routingShare() == 1 && settings.routing() != Routing.HIGH_HALF_ON_ALL;
        plan =
                plan(
                        settings.routing() == Routing.HASH
                                ? SplitDigitsPlan.byGroup(highGroup)
                                : SplitDigitsPlan.byDigit());
        try (TensorScope scope = TensorScope.open()) {
            images = SplitDigitsEvaluation.images(train, 0, train.size(), request.dtype()).retain();
            model =
                    new SplitAutoencoder(
                            settings.sizes(train.height() * train.width()),
                            request.dtype(),
                            Rng.of(request.seed(), "weights"));
        }
        loss = new SplitDigitsLoss(model, settings);
        optimizer =
                new Optimizer(
                        Adam.standard(),
                        settings.learningRate(),
                        List.of(
                                ParameterGroup.of(model.parameters().values())
                                        .withWeightDecay(settings.weightDecay())));
        stream = BatchStream.of(train.size(), settings.batch(), Rng.of(request.seed(), "order"));
        joining = Rng.of(request.seed(), "routing-share");
    }

    /** A trial at its beginning. */
    static RoutedTrial<LabelledImages> open(TrialRequest request) {
        return open(request, (plan, settings) -> plan);
    }

    /** The same with another plan. */
    static RoutedTrial<LabelledImages> open(TrialRequest request, OtherPlan other) {
        return new RoutedTrial<>(request, new SplitDigitsTask(request, other));
    }

    private RoutePlan<LabelledImages> plan(RoutingRule<? super LabelledImages> rule) {
        return other.apply(SplitDigitsPlan.of(settings, rule, pure), settings);
    }

    @Override
    public SplitAutoencoder model() {
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

    @Override
    public RoutePlan<LabelledImages> plan(long done) {
        return plan;
    }

    @Override
    public boolean changes() {
        return false;
    }

    @Override
    public Set<String> terms() {
        return SplitDigitsLoss.TERMS;
    }

    @Override
    public RoutedStep<LabelledImages> next(long done) {
        return step(stream.next(), joining);
    }

    @Override
    public RoutedStep<LabelledImages> sample(long done, Rng draws, int most) {
        int[] rows = BatchStream.of(train.size(), settings.batch(), draws).next();
        return step(Arrays.copyOf(rows, Math.min(rows.length, most)), draws);
    }

    private RoutedStep<LabelledImages> step(int[] rows, Rng joining) {
        boolean[] inHigh = new boolean[rows.length];
        boolean[] joins = new boolean[rows.length];
        int[] labels = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            labels[i] = train.label(rows[i]);
            inHigh[i] = highGroup[rows[i]];
            joins[i] =
                    settings.routingShare() < 1 && joining.nextDouble() >= settings.routingShare();
        }
        ImageWeights weights = ImageWeights.of(settings, labels, inHigh, joins);
        Tensor x = images.select(0, Tensor.of(rows, rows.length));
        return new RoutedStep<>(
                new LabelledImages(x, labels, rows),
                pure ? plan : plan(SplitDigitsPlan.byShare(weights.highShare(inHigh))),
                batch -> RoutedStep.Pass.of(loss.terms(batch, weights)));
    }

    @Override
    public LabelledImages perturb(LabelledImages batch, boolean[] points, Rng rng) {
        return otherPixels(batch, points, rng);
    }

    /** Replaces the images at {@code points} by noise, in half of the tries far out of range. */
    static LabelledImages otherPixels(LabelledImages batch, boolean[] points, Rng rng) {
        double scale = rng.nextDouble() < 0.5 ? 1 : 100;
        return batch.withNoise(points, -scale, scale, rng);
    }

    @Override
    public Map<String, Object> streams() {
        return Map.of("stream", stream.state(), "joining", joining.state());
    }

    @Override
    public void restoreStreams(TrialState state) {
        stream = BatchStream.restore(state.value("stream", BatchStream.State.class));
        joining = Rng.restore(state.value("joining", long[].class));
    }

    @Override
    public Map<String, Double> evaluate() {
        return SplitDigitsEvaluation.metrics(
                model,
                request.images().test(),
                SplitDigitsEvaluation.meanImage(train),
                request.dtype());
    }

    @Override
    public Map<String, Object> artefacts() {
        return new SplitDigitsArtefacts(model, request.images().test(), request.dtype()).collect();
    }

    /** Rules by hash or by share have no form in a plan file: the settings tell of them. */
    @Override
    public Map<String, String> weightsMetadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        if (pure && settings.routing() != Routing.HASH) {
            metadata.put("plan", PlanFiles.write(plan));
        }
        if (settings.routing() != Routing.NONE) {
            metadata.put("regions", SplitDigitsPlan.regions(settings));
        }
        return metadata;
    }

    @Override
    public void close() {
        optimizer.close();
        model.close();
        images.close();
    }
}
