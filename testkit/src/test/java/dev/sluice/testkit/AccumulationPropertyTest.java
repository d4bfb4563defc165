package dev.sluice.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.DType;
import dev.sluice.engine.Leave;
import dev.sluice.engine.Optimizer;
import dev.sluice.engine.ParameterGroup;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Sgd;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.testing.NoNativeLeaks;
import dev.sluice.routing.Mechanism;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.Router;
import dev.sluice.testkit.DrawnRoute.Choice;
import dev.sluice.testkit.DrawnRoute.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/** Gradients accumulated over batches, each under a router of its own, against the oracle. */
@AddLifecycleHook(NoNativeLeaks.class)
final class AccumulationPropertyTest {
    private static final double RELATIVE = 1e-12;
    private static final double ABSOLUTE = 1e-14;

    @Property(tries = 200)
    void oneStepOnSeveralBatchesFollowsTheSumOfTheirOracles(
            @ForAll TinyTasks kind,
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 4) int batches,
            @ForAll Weights weights) {
        Rng rng = Rng.of(seed);
        try (TensorScope scope = TensorScope.open()) {
            TinyTask first = kind.draw(DType.F64, rng);
            try (var model = first.model();
                    Optimizer optimizer =
                            new Optimizer(
                                    Sgd.plain(),
                                    1,
                                    List.of(ParameterGroup.of(model.parameters().values())))) {
                Map<String, Tensor> expected = new LinkedHashMap<>();
                model.state().forEach((name, w) -> expected.put(name, w.detach().copy()));
                List<Leave> leaves = new ArrayList<>();
                for (int i = 0; i < batches; i++) {
                    TinyTask task = i == 0 ? first : more(first, rng);
                    DrawnRoute drawn = draw(task, weights, rng);
                    oracle(task, drawn).forEach((n, g) -> expected.merge(n, g, Tensor::sub));
                    leaves.add(accumulate(task, drawn));
                }
                assertTrue(optimizer.step(Leave.common(leaves)));
                expected.forEach(
                        (n, w) -> close(n, w, Objects.requireNonNull(model.state().get(n))));
            }
        }
    }

    /** Other data, and another number of them, for the same network. */
    private static TinyTask more(TinyTask task, Rng rng) {
        long n = 1L + rng.nextInt(4);
        if (task instanceof MlpTask mlp) {
            return new MlpTask(
                    mlp.model(),
                    Tensor.normal(rng, 1, DType.F64, rows(mlp.x(), n)).requireGrad(),
                    Tensor.normal(rng, 1, DType.F64, rows(mlp.target(), n)));
        }
        TokensTask tokens = (TokensTask) task;
        long length = tokens.ids().size(1);
        int vocabulary = (int) tokens.model().forward(tokens.ids(), tokens.mix()).size(-1);
        return new TokensTask(
                tokens.model(),
                indices(rng, vocabulary, n, length),
                tokens.mix(),
                indices(rng, vocabulary, n, length));
    }

    private static Tensor indices(Rng rng, int below, long n, long length) {
        long[] indices = new long[(int) (n * length)];
        Arrays.setAll(indices, i -> rng.nextInt(below));
        return Tensor.of(indices, n, length);
    }

    private static long[] rows(Tensor like, long n) {
        long[] shape = like.shape();
        shape[0] = n;
        return shape;
    }

    private static DrawnRoute draw(TinyTask task, Weights weights, Rng rng) {
        Mechanism mechanism = Mechanism.values()[rng.nextInt(3)];
        Choice choice = new Choice(mechanism, weights, rng.nextInt(2) == 0, false);
        boolean parameter = mechanism == Mechanism.PARAMETER;
        List<String> names =
                List.copyOf(
                        parameter
                                ? task.model().parameters().keySet()
                                : task.model().hooks().keySet());
        String at = names.get(rng.nextInt(names.size()));
        return DrawnRoute.at(task, choice, at, 0, 0, rng);
    }

    private static Map<String, Tensor> oracle(TinyTask task, DrawnRoute drawn) {
        return RoutingOracle.gradients(
                task.pointwise(),
                task.model().state(),
                task.pointCount(),
                List.of(drawn.meaning()));
    }

    private static Leave accumulate(TinyTask task, DrawnRoute drawn) {
        try (TensorScope scope = TensorScope.open();
                Router router = Router.open(task.model(), RoutePlan.of(drawn.route()), "batch")) {
            task.loss(task.output()).backward();
            router.finish();
            return router.leave();
        }
    }

    private static void close(String name, Tensor expected, Tensor found) {
        double bound = RELATIVE * expected.abs().max().item() + ABSOLUTE;
        double error = expected.sub(found.detach()).abs().max().item();
        assertTrue(error <= bound, () -> name + " is off by " + error + ", allowed " + bound);
    }
}
