package dev.sluice.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.AdamW;
import dev.sluice.engine.DType;
import dev.sluice.engine.Leave;
import dev.sluice.engine.Optimizer;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.ParameterGroup;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.routing.Violation.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** One step on the gradients of several batches, each under a router of its own. */
class AccumulationTest {
    private static final UpdateStep CAREFUL = (o, leave) -> o.step(leave);
    private static final UpdateStep CARELESS = (o, leave) -> o.step();
    private static final UpdateStep CLIPPED =
            (o, leave) -> {
                o.clipGradients(1e-3, leave);
                o.step(leave);
            };

    /** What a batch holds. */
    enum Data {
        LOW,
        HIGH,
        MIXED;

        LabelledVectors draw(Rng rng) {
            return switch (this) {
                case LOW -> LabelledVectors.random(rng, 4, 0, 1, 1);
                case HIGH -> LabelledVectors.random(rng, 4, 2, 3, 2);
                case MIXED -> LabelledVectors.random(rng, 4, 0, 3, 1);
            };
        }

        /** Whether a step on such a batch alone may touch this row of {@code l1}. */
        boolean touches(int row) {
            return switch (this) {
                case LOW -> row < 2;
                case HIGH -> row >= 3;
                case MIXED -> true;
            };
        }
    }

    /** Low data leave the rows 2-5, high data the rows 0-2: row 2 is left by both. */
    private static RoutePlan<LabelledVectors> plan() {
        return gate().leave(rows(2, 6), "low").leave(rows(0, 3), "high");
    }

    private static RoutePlan<LabelledVectors> gate() {
        return RoutePlan.of(
                Route.at(HookName.of("h1"))
                        .<LabelledVectors>by(
                                RoutingRule.label(
                                        Map.of("low", List.of(0, 1), "high", List.of(2, 3))))
                        .mask("low", Mask.range("d1", 0, 3))
                        .mask("high", Mask.range("d1", 3, 6)));
    }

    private static Region rows(int from, int to) {
        return Region.of("l1.*", "d1", from, to);
    }

    private record Training(Chain model, Optimizer optimizer) implements AutoCloseable {
        static Training of(Rng rng) {
            Chain model = new Chain(rng, false, 4, 6, 5);
            ParameterGroup group =
                    ParameterGroup.of(model.parameters().values()).withWeightDecay(0.1);
            Training t = new Training(model, new Optimizer(AdamW.standard(), 0.1, List.of(group)));
            t.step(List.of(Data.MIXED.draw(rng), Data.MIXED.draw(rng)));
            return t;
        }

        void step(List<LabelledVectors> batches) {
            List<Leave> leaves = new ArrayList<>();
            for (LabelledVectors batch : batches) {
                try (TensorScope scope = TensorScope.open();
                        Router router = Router.open(model, plan(), batch)) {
                    model.loss(batch).values().forEach(Tensor::backward);
                    router.finish();
                    leaves.add(router.leave());
                }
            }
            assertTrue(optimizer.step(Leave.common(leaves)));
            optimizer.clearGradients();
        }

        /** Weight, moments and counts of a parameter, with a value for every element. */
        Map<String, Tensor> of(Parameter p) {
            Map<String, Tensor> all = new LinkedHashMap<>();
            all.put("weight", p.value().detach().copy());
            optimizer
                    .state()
                    .forEach(
                            (key, t) -> {
                                if (key.endsWith("/" + p.name())) {
                                    Tensor zeros = Tensor.zeros(DType.F64, p.value().shape());
                                    all.put(key, zeros.add(t.to(DType.F64)));
                                }
                            });
            return all;
        }

        IsolationReport check(
                RoutePlan<LabelledVectors> plan, List<LabelledVectors> batches, UpdateStep step) {
            return new IsolationVerifier<>(model, plan, model::loss, LabelledVectors::perturb)
                    .checkAccumulatedUpdate(batches, optimizer, step, Rng.of(4));
        }

        @Override
        public void close() {
            optimizer.close();
            model.close();
        }
    }

    private static List<LabelledVectors> draw(Rng rng, Data... kinds) {
        List<LabelledVectors> batches = new ArrayList<>();
        for (Data kind : kinds) {
            batches.add(kind.draw(rng));
        }
        return batches;
    }

    @Property(tries = 200)
    void an_element_keeps_every_byte_unless_a_batch_may_touch_it(
            @ForAll long seed, @ForAll @Size(min = 1, max = 4) List<Data> kinds) {
        Rng rng = Rng.of(seed);
        try (TensorScope scope = TensorScope.open();
                Training t = Training.of(rng)) {
            for (Parameter p : t.model().parameters().values()) {
                assertEquals(
                        List.of("weight", "m/" + p.name(), "v/" + p.name(), "step/" + p.name()),
                        List.copyOf(t.of(p).keySet()));
            }
            Parameter weight = Objects.requireNonNull(t.model().parameters().get("l1.weight"));
            Parameter bias = Objects.requireNonNull(t.model().parameters().get("l1.bias"));
            Map<Parameter, Map<String, Tensor>> before = new LinkedHashMap<>();
            List.of(weight, bias).forEach(p -> before.put(p, t.of(p)));
            t.step(draw(rng, kinds.toArray(Data[]::new)));
            before.forEach(
                    (p, old) -> {
                        Map<String, Tensor> now = t.of(p);
                        old.forEach(
                                (key, value) -> {
                                    Tensor other = Objects.requireNonNull(now.get(key));
                                    for (int row = 0; row < 6; row++) {
                                        int r = row;
                                        boolean touched =
                                                kinds.stream().anyMatch(k -> k.touches(r));
                                        assertEquals(
                                                !touched,
                                                value.narrow(0, row, 1)
                                                        .sameBits(other.narrow(0, row, 1)),
                                                key + " of row " + row + " after " + kinds);
                                    }
                                });
                    });
        }
    }

    @Test
    void a_step_on_batches_of_one_route_leaves_its_region() {
        try (TensorScope scope = TensorScope.open();
                Training t = Training.of(Rng.of(1))) {
            List<LabelledVectors> high = draw(Rng.of(2), Data.HIGH, Data.HIGH, Data.HIGH);
            RoutePlan<LabelledVectors> plan =
                    gate().leave(rows(0, 3), "high").claim(Claim.of(rows(0, 3), "high"));
            IsolationReport report = t.check(plan, high, CLIPPED);
            assertEquals(List.of(), report.violations());
            assertEquals(List.of(), report.untried());
            assertEquals(2, report.claims());
            assertTrue(
                    t.check(plan, high, CARELESS).violations().stream()
                            .anyMatch(v -> v.kind() == Kind.STALE_MOMENT));
        }
    }

    @Test
    void a_step_on_batches_of_two_routes_is_mixed() {
        try (TensorScope scope = TensorScope.open();
                Training t = Training.of(Rng.of(1))) {
            List<LabelledVectors> both = draw(Rng.of(2), Data.LOW, Data.HIGH);
            IsolationReport left = t.check(plan(), both, CAREFUL);
            assertEquals(2, left.untried().size(), left::toString);
            RoutePlan<LabelledVectors> claimed = gate().claim(Claim.of(rows(0, 3), "high"));
            IsolationReport careful = t.check(claimed, both, CAREFUL);
            assertEquals(List.of(), careful.violations());
            assertEquals(List.of(), careful.untried());
            IsolationReport clipped = t.check(claimed, both, CLIPPED);
            assertTrue(!clipped.violations().isEmpty());
            clipped.violations().forEach(v -> assertEquals(Kind.CLIPPING, v.kind()));
            RoutePlan<LabelledVectors> open = gate().claim(Claim.of(rows(0, 4), "high"));
            assertEquals(
                    List.of(List.of(3), List.of(3)),
                    t.check(open, both, CAREFUL).violations().stream()
                            .map(Violation::units)
                            .toList());
        }
    }

    @Test
    void a_void_step_tries_nothing_and_the_report_says_so() {
        try (TensorScope scope = TensorScope.open();
                Training t = Training.of(Rng.of(1))) {
            List<LabelledVectors> batches = draw(Rng.of(2), Data.HIGH, Data.HIGH);
            Tensor nan = Tensor.full(Double.NaN, DType.F32, 3, 4);
            batches.set(1, new LabelledVectors(nan, List.of(2, 3, 2)));
            IsolationReport report = t.check(plan(), batches, CAREFUL);
            assertEquals(2, report.untried().size());
            assertTrue(report.untried().get(0).contains("void"), report::toString);
            assertThrows(IllegalArgumentException.class, () -> t.check(plan(), List.of(), CAREFUL));
        }
    }
}
