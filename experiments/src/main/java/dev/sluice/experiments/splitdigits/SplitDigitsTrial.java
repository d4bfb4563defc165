package dev.sluice.experiments.splitdigits;

import dev.sluice.data.BatchStream;
import dev.sluice.data.ImageSet;
import dev.sluice.engine.Adam;
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
import dev.sluice.experiments.splitdigits.SplitDigitsSettings.Routing;
import dev.sluice.models.SplitAutoencoder;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.Router;
import dev.sluice.routing.RoutingRule;
import dev.sluice.routing.plan.PlanFiles;
import dev.sluice.training.Trial;
import dev.sluice.training.TrialState;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** Trains one split autoencoder (experiments of section 4.1; Adam with L2, constant rate). */
final class SplitDigitsTrial implements Trial {
    private static final int PICTURED = 32;

    private final TrialRequest request;
    private final BiFunction<RoutePlan<DigitBatch>, SplitDigitsSettings, RoutePlan<DigitBatch>>
            other;
    private final SplitDigitsSettings settings;
    private final ImageSet train;
    private final boolean[] highGroup;
    private final Tensor images;
    private final SplitAutoencoder model;
    private final SplitDigitsLoss loss;
    private final Optimizer optimizer;
    private final SplitDigitsVerification verification;
    private final boolean pure;
    private BatchStream stream;
    private Rng joining;
    private long done;
    private long examples;
    private long voidSteps;

    SplitDigitsTrial(TrialRequest request) {
        this(request, (plan, settings) -> plan);
    }

    /** With a plan in place of the experiment's own. */
    SplitDigitsTrial(
            TrialRequest request,
            BiFunction<RoutePlan<DigitBatch>, SplitDigitsSettings, RoutePlan<DigitBatch>> other) {
        this.request = request;
        this.other = other;
        settings = SplitDigitsSettings.of(request.settings());
        ImageSet all = request.data().train();
        int wanted = settings.images() == 0 ? all.size() : Math.min(settings.images(), all.size());
        train = all.first(wanted);
        highGroup = Groups.high(train, settings.routing());
        pure = settings.routingShare() == 1 && settings.routing() != Routing.HIGH_HALF_ON_ALL;
        images = loadImages();
        int pixels = train.height() * train.width();
        try (TensorScope scope = TensorScope.open()) {
            model =
                    new SplitAutoencoder(
                            settings.sizes(pixels),
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
        stream = BatchStream.of(wanted, settings.batch(), Rng.of(request.seed(), "order"));
        joining = Rng.of(request.seed(), "routing-share");
        verification = new SplitDigitsVerification(model, loss, request.seed());
        if (settings.routing() != Routing.NONE) {
            plan(byGroup()).check(model, SplitDigitsVerification.TERMS).orThrow();
        }
    }

    private Tensor loadImages() {
        try (TensorScope scope = TensorScope.open()) {
            return SplitDigitsEvaluation.images(train, 0, train.size(), request.dtype()).retain();
        }
    }

    private RoutingRule<? super DigitBatch> byGroup() {
        return settings.routing() == Routing.HASH
                ? SplitDigitsPlan.byGroup(highGroup)
                : SplitDigitsPlan.byDigit();
    }

    private RoutePlan<DigitBatch> plan(RoutingRule<? super DigitBatch> rule) {
        return other.apply(SplitDigitsPlan.of(settings, rule, pure), settings);
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

    /** Images of one step, what each of them counts, and the plan for them. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Prepared(
            int[] rows, int[] labels, ImageWeights weights, RoutePlan<DigitBatch> plan) {}

    private Prepared prepare(int[] rows, Rng joining) {
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
        return new Prepared(
                rows,
                labels,
                weights,
                plan(pure ? byGroup() : SplitDigitsPlan.byShare(weights.highShare(inHigh))));
    }

    private DigitBatch batch(Prepared p) {
        Tensor x = images.select(0, Tensor.of(p.rows, p.rows.length));
        return new DigitBatch(x, p.labels, p.rows);
    }

    /** Tries the plan with the weights as they are, on a batch drawn for that alone. */
    Verification verify() {
        Rng draws = Rng.of(request.seed(), "verification");
        int[] rows = BatchStream.of(train.size(), settings.batch(), draws).next();
        Prepared drawn = prepare(rows, draws);
        try (TensorScope scope = TensorScope.open()) {
            return verification.explore(drawn.plan, batch(drawn), drawn.weights);
        }
    }

    /** What the plan does to a few images, with the weights as they are. */
    PlanPicture picture() {
        Rng draws = Rng.of(request.seed(), "picture");
        int[] all = BatchStream.of(train.size(), settings.batch(), draws).next();
        Prepared drawn = prepare(Arrays.copyOf(all, Math.min(all.length, PICTURED)), draws);
        try (TensorScope scope = TensorScope.open()) {
            return verification.picture(drawn.plan, batch(drawn), drawn.weights);
        }
    }

    @Override
    public Map<String, Double> step(boolean log) {
        Prepared next = prepare(stream.next(), joining);
        Map<String, Double> scalars;
        try (TensorScope scope = TensorScope.open()) {
            DigitBatch batch = batch(next);
            if (!next.plan.claims().isEmpty()
                    && settings.verifyEvery() > 0
                    && done % settings.verifyEvery() == 0) {
                verification.count(verification.check(next.plan, batch, next.weights, done, 1));
            }
            scalars = train(next.plan, batch, next.weights, log);
        }
        done++;
        examples += next.rows.length;
        return scalars;
    }

    private Map<String, Double> train(
            RoutePlan<DigitBatch> plan, DigitBatch batch, ImageWeights weights, boolean log) {
        Map<String, Double> scalars = new LinkedHashMap<>();
        try (Router router = Router.open(model, plan, batch, done)) {
            Map<String, Tensor> terms = terms(batch, weights);
            Tensor total = terms.values().stream().reduce(Tensor::add).orElseThrow();
            total.backward();
            router.finish();
            voidSteps += optimizer.step(router.leave()) ? 0 : 1;
            if (log) {
                scalars.put("loss", total.item());
                terms.forEach((name, term) -> scalars.put("loss." + name, term.item()));
                if (voidSteps > 0) {
                    scalars.put("void_steps", (double) voidSteps);
                }
            }
        } finally {
            model.clearGradients();
        }
        return scalars;
    }

    private Map<String, Tensor> terms(DigitBatch batch, ImageWeights weights) {
        if (!request.bf16()) {
            return loss.terms(batch, weights);
        }
        try (Autocast cast = Autocast.bf16()) {
            return loss.terms(batch, weights);
        }
    }

    @Override
    public TrialState save() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        model.state().forEach((name, t) -> tensors.put("model/" + name, t));
        optimizer.state().forEach((name, t) -> tensors.put("optimizer/" + name, t));
        BatchStream.State s = stream.state();
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("done", done);
        values.put("examples", examples);
        values.put("void_steps", voidSteps);
        values.put("stream", s);
        values.put("joining", joining.state());
        values.put("verified", List.of(verification.checked(), verification.violations()));
        return new TrialState(tensors, values);
    }

    @Override
    public void restore(TrialState state) {
        model.load(state.part("model/"));
        optimizer.load(state.part("optimizer/"));
        done = state.number("done");
        examples = state.number("examples");
        voidSteps = state.number("void_steps");
        stream = BatchStream.restore(state.value("stream", BatchStream.State.class));
        joining = Rng.restore(state.value("joining", long[].class));
        long[] verified = state.value("verified", long[].class);
        verification.restore(verified[0], verified[1]);
    }

    @Override
    public Map<String, Double> evaluate() {
        return SplitDigitsEvaluation.metrics(
                model,
                request.data().test(),
                SplitDigitsEvaluation.meanImage(train),
                request.dtype());
    }

    @Override
    public Isolation isolation() {
        return new Isolation(
                plan(byGroup()).claims().size(), verification.checked(), verification.violations());
    }

    @Override
    public Map<String, Object> artefacts() {
        return new SplitDigitsArtefacts(model, request.data().test(), request.dtype()).collect();
    }

    @Override
    public Layer model() {
        return model;
    }

    /** Rules by hash or by share have no form in a plan file: the settings tell of them. */
    @Override
    public Map<String, String> weightsMetadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        if (pure && settings.routing() != Routing.HASH) {
            metadata.put("plan", PlanFiles.write(plan(byGroup())));
        }
        if (settings.routing() != Routing.NONE) {
            int half = settings.code() / 2;
            metadata.put(
                    "regions",
                    "{\"low\":"
                            + region(0, half)
                            + ",\"high\":"
                            + region(half, settings.code())
                            + "}");
        }
        return metadata;
    }

    private static String region(int from, int to) {
        return "{\"parameters\":\""
                + SplitDigitsPlan.CODE_WEIGHT
                + "\",\"axis\":\"latent\",\"units\":\""
                + from
                + "-"
                + (to - 1)
                + "\"}";
    }

    @Override
    public void close() {
        optimizer.close();
        model.close();
        images.close();
    }
}
