package dev.sluice.experiments;

import dev.sluice.engine.GradMode;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Leave;
import dev.sluice.engine.Optimizer;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.experiments.RoutedStep.Part;
import dev.sluice.routing.Batch;
import dev.sluice.routing.Claim;
import dev.sluice.routing.IsolationReport;
import dev.sluice.routing.IsolationVerifier;
import dev.sluice.routing.Reach;
import dev.sluice.routing.RoutePlan;
import dev.sluice.training.Trial;
import dev.sluice.training.TrialState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A training that routes gradients: each step a forward and backward pass under a plan and a step
 * of the optimiser, and every n steps a verification of what the plan claims. Steps without a
 * finite gradient change nothing; they are counted, and logged as {@code void_steps}.
 *
 * @param <B> what a step is trained on
 */
public final class RoutedTrial<B extends Batch> implements Trial {
    private static final int TRIALS = 3;
    private static final int PICTURED = 100;

    private final TrialRequest request;
    private final RoutedTask<B> task;
    private final StepGradients<B> gradients;
    private long done;
    private long examples;
    private long voidSteps;
    private long checked;
    private long violations;

    /**
     * A trial at its beginning, which owns {@code task}.
     *
     * @throws dev.sluice.routing.RoutingException if the plan does not fit the model
     */
    public RoutedTrial(TrialRequest request, RoutedTask<B> task) {
        this.request = request;
        this.task = task;
        gradients = new StepGradients<>(request.bf16());
        try {
            for (AtStep<Long> end : ends()) {
                RoutePlan<B> plan = task.plan(end.found());
                if (!plan.routes().isEmpty()) {
                    plan.check(task.model(), task.terms()).orThrow();
                }
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    @Override
    public long steps() {
        return task.steps();
    }

    @Override
    public long done() {
        return done;
    }

    @Override
    public long examples() {
        return examples;
    }

    @Override
    public Map<String, Double> step(boolean log) {
        try (TensorScope scope = TensorScope.open()) {
            RoutedStep<B> next = task.next(done);
            if (task.verifyEvery() > 0
                    && done % task.verifyEvery() == 0
                    && !next.plan().claims().isEmpty()) {
                checked++;
                violations += most(next);
            }
            Map<String, Double> scalars = new LinkedHashMap<>(train(next, log));
            done++;
            examples += next.batch().size();
            scalars.putAll(task.observe(done));
            return scalars;
        }
    }

    /** The violations of the part that has most: their number does not depend on that of parts. */
    private int most(RoutedStep<B> step) {
        return step.computed(task.model()).stream()
                .mapToInt(part -> check(part, step.plan(), done, 1).violations().size())
                .max()
                .orElseThrow();
    }

    private Map<String, Double> train(RoutedStep<B> step, boolean log) {
        Optimizer optimizer = task.optimizer();
        try {
            StepGradients.Result result = gradients.compute(task.model(), step, done, log);
            Leave leave = result.leave();
            double norm = task.clipNorm() > 0 ? optimizer.clipGradients(task.clipNorm(), leave) : 0;
            voidSteps += optimizer.step(leave) ? 0 : 1;
            return log ? scalars(result, norm) : Map.of();
        } finally {
            gradients.clear(task.model(), step);
        }
    }

    private Map<String, Double> scalars(StepGradients.Result result, double norm) {
        Map<String, Double> scalars = new LinkedHashMap<>(result.scalars());
        if (voidSteps > 0) {
            scalars.put("void_steps", (double) voidSteps);
        }
        if (task.clipNorm() > 0) {
            scalars.put("gradient_norm", norm);
        }
        return scalars;
    }

    /** Tries every claim of {@code plan}; draws do not touch the training's. */
    private IsolationReport check(Part<B> part, RoutePlan<B> plan, long number, int trials) {
        return verifier(part, plan)
                .check(part.batch(), Rng.of(request.seed(), "verification-" + number), trials);
    }

    private IsolationVerifier<B> verifier(Part<B> part, RoutePlan<B> plan) {
        return new IsolationVerifier<>(
                part.model(), plan, b -> part.forward().apply(b).terms(), task);
    }

    /**
     * Tries the plan on a batch drawn for that alone, through each term of the loss, those that the
     * claims leave out as well.
     *
     * @param weights the weights to try it with; null: as they are
     * @return one for each of the plans that stand for all
     * @throws dev.sluice.engine.TensorException if the weights are of another model
     */
    public List<AtStep<Verification>> verify(@Nullable Map<String, Tensor> weights) {
        return each(
                weights,
                "verification",
                Integer.MAX_VALUE,
                step ->
                        Verification.of(
                                step.plan(),
                                terms(step),
                                plan -> check(step.whole(task.model()), plan, 0, TRIALS)));
    }

    /**
     * What the plan does to a few examples: the masks that they get.
     *
     * @param weights as for {@link #verify}
     * @return as {@link #verify}
     * @throws dev.sluice.engine.TensorException if the weights are of another model
     */
    public List<AtStep<PlanPicture>> pictures(@Nullable Map<String, Tensor> weights) {
        return each(
                weights,
                "picture",
                PICTURED,
                step -> PlanPicture.of(task.model(), step.plan(), task.terms(), step.batch()));
    }

    /**
     * Which parameters each class of the pictured examples touches, found by trying.
     *
     * @param weights as for {@link #verify}
     * @return as {@link #verify}
     * @throws dev.sluice.engine.TensorException if the weights are of another model
     */
    public List<AtStep<Reach>> reach(@Nullable Map<String, Tensor> weights) {
        return each(
                weights,
                "picture",
                PICTURED,
                step ->
                        step.plan().routes().isEmpty()
                                ? new Reach(List.of())
                                : verifier(step.whole(task.model()), step.plan())
                                        .explain(step.batch(), Rng.of(request.seed(), "reach")));
    }

    /** Asks about the first step, and about the last one where it is another. */
    private <T> List<AtStep<T>> each(
            @Nullable Map<String, Tensor> weights,
            String purpose,
            int most,
            Function<RoutedStep<B>, T> question) {
        if (weights != null) {
            task.model().load(weights);
        }
        List<AtStep<T>> found = new ArrayList<>();
        for (AtStep<Long> end : ends()) {
            try (TensorScope scope = TensorScope.open()) {
                Rng draws = Rng.of(request.seed(), purpose);
                RoutedStep<B> step = task.sample(end.found(), draws, most);
                found.add(new AtStep<>(end.step(), end.number(), question.apply(step)));
            }
        }
        return found;
    }

    /** The steps done before those whose plans stand for all. */
    private List<AtStep<Long>> ends() {
        return task.changes()
                ? List.of(
                        new AtStep<>(AtStep.FIRST, 1, 0L),
                        new AtStep<>(AtStep.LAST, task.steps(), task.steps() - 1))
                : List.of(new AtStep<>(AtStep.EVERY, 1, 0L));
    }

    /** The terms that the loss has on this step. */
    private Set<String> terms(RoutedStep<B> step) {
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.off()) {
            return Set.copyOf(step.forward().apply(step.batch()).terms().keySet());
        }
    }

    @Override
    public TrialState save() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        task.model().state().forEach((name, t) -> tensors.put("model/" + name, t));
        task.optimizer().state().forEach((name, t) -> tensors.put("optimizer/" + name, t));
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("done", done);
        values.put("examples", examples);
        values.put("void_steps", voidSteps);
        values.put("verified", List.of(checked, violations));
        values.putAll(new TreeMap<>(task.streams()));
        return new TrialState(tensors, values);
    }

    @Override
    public void restore(TrialState state) {
        task.model().load(state.part("model/"));
        task.optimizer().load(state.part("optimizer/"));
        done = state.number("done");
        examples = state.number("examples");
        voidSteps = state.number("void_steps");
        long[] verified = state.value("verified", long[].class);
        checked = verified[0];
        violations = verified[1];
        task.restoreStreams(state);
    }

    @Override
    public Map<String, Double> evaluate() {
        return task.evaluate();
    }

    @Override
    public Isolation isolation() {
        Set<Claim<B>> claims = new HashSet<>();
        ends().forEach(end -> claims.addAll(task.plan(end.found()).claims()));
        return new Isolation(claims.size(), checked, violations);
    }

    @Override
    public Map<String, Object> artefacts() {
        return task.artefacts();
    }

    @Override
    public void publish(Path folder) {
        task.publish(folder);
    }

    @Override
    public Layer model() {
        return task.model();
    }

    @Override
    public Map<String, String> weightsMetadata() {
        return task.weightsMetadata();
    }

    @Override
    public void close() {
        gradients.close();
        task.close();
    }
}
