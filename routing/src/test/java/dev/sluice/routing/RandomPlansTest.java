package dev.sluice.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.Parameter;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class RandomPlansTest {
    /**
     * Of numbers about 1 in f32. A norm over two units gives 1 and -1 whatever comes in, but for
     * rounding: then the bits that change are others with every draw.
     */
    private static final double ROUNDING = 1e-6;

    private static IsolationReport check(
            Chain model, RoutePlan<LabelledVectors> plan, LabelledVectors batch, int trials) {
        return new IsolationVerifier<>(model, plan, model::loss, LabelledVectors::perturb)
                .check(batch, Rng.of(5), trials);
    }

    @Property(tries = 1000)
    void a_clean_plan_raises_no_alarm(@ForAll long seed) {
        RandomPlans random = new RandomPlans(Rng.of(seed));
        try (TensorScope scope = TensorScope.open();
                Chain model = random.model()) {
            IsolationReport report = check(model, random.plan(), random.batch(), 2);
            assertEquals(List.of(), report.violations(), report::toString);
        }
    }

    @Test
    void changes_of_the_size_of_rounding_are_not_held_against_the_verifier() {
        try (TensorScope scope = TensorScope.open()) {
            assertTrue(lostRoute(764831) >= 0);
        }
    }

    /** Without one of its routes a plan leaks just where the class's own points contribute. */
    @Property(tries = 200)
    void a_plan_that_lost_a_route_is_caught_just_where_it_leaks(@ForAll long seed) {
        try (TensorScope scope = TensorScope.open()) {
            assertTrue(lostRoute(seed) >= 0);
        }
    }

    @Test
    void plans_that_lost_a_route_do_leak() {
        int leaks = 0;
        for (int seed = 0; seed < 50; seed++) {
            try (TensorScope scope = TensorScope.open()) {
                leaks += lostRoute(seed) > 0 ? 1 : 0;
            }
        }
        assertTrue(leaks > 25, "leaking mutations among 50: " + leaks);
    }

    /** Checks what is found against what leaks; returns the number of leaks. */
    private static int lostRoute(long seed) {
        Rng rng = Rng.of(seed);
        RandomPlans random = new RandomPlans(rng);
        try (Chain model = random.model()) {
            RoutePlan<LabelledVectors> plan = random.plan();
            LabelledVectors batch = random.batch();
            List<Route<LabelledVectors>> fewer = new ArrayList<>(plan.routes());
            fewer.remove(rng.nextInt(fewer.size()));
            RoutePlan<LabelledVectors> lost = new RoutePlan<>(fewer, List.of(), plan.claims());
            IsolationReport report =
                    new IsolationVerifier<>(model, lost, model::loss, LabelledVectors::replace)
                            .check(batch, Rng.of(5), 1);
            Set<String> found = new TreeSet<>();
            Set<String> alarms = new TreeSet<>();
            for (Violation v : report.violations()) {
                String place = v.sentence().substring(0, v.sentence().indexOf(':'));
                v.units().forEach(u -> found.add(place + " " + v.parameter() + " " + u));
                if (v.change() > ROUNDING) {
                    v.units().forEach(u -> alarms.add(place + " " + v.parameter() + " " + u));
                }
            }
            Map<String, Double> leaks = leaks(model, lost, batch);
            assertTrue(leaks.keySet().containsAll(alarms), () -> leaks + " but found " + alarms);
            Set<String> clear = new TreeSet<>();
            leaks.forEach((place, change) -> addIf(change > 1e-5, clear, place));
            assertTrue(found.containsAll(clear), () -> clear + " but found " + found);
            return clear.size();
        }
    }

    private static void addIf(boolean wanted, Set<String> places, String place) {
        if (wanted) {
            places.add(place);
        }
    }

    /** By how much what the class's own points contribute to claimed regions depends on them. */
    private static Map<String, Double> leaks(
            Chain model, RoutePlan<LabelledVectors> plan, LabelledVectors batch) {
        Map<String, Double> leaks = new TreeMap<>();
        for (int i = 0; i < plan.claims().size(); i++) {
            Claim<LabelledVectors> claim = plan.claims().get(i);
            boolean[] own = new boolean[batch.size()];
            for (int row = 0; row < own.length; row++) {
                own[row] = batch.label(row) == RandomPlans.CLASSES.indexOf(claim.nothingFrom());
            }
            LabelledVectors other = LabelledVectors.replace(batch, own, Rng.of(5));
            Map<String, double[]> before = contributions(model, plan, batch, own);
            Map<String, double[]> after = contributions(model, plan, other, own);
            String place = "claims[" + i + "] ";
            claim.region()
                    .elements(model)
                    .forEach(
                            (p, elements) -> {
                                double[] a = Objects.requireNonNull(before.get(p.name()));
                                double[] b = Objects.requireNonNull(after.get(p.name()));
                                for (int e = 0; e < elements.length; e++) {
                                    if (elements[e] && a[e] != b[e]) {
                                        String unit = p.name() + " " + unit(claim, p, e);
                                        leaks.merge(place + unit, Math.abs(b[e] - a[e]), Math::max);
                                    }
                                }
                            });
        }
        return leaks;
    }

    /** The gradient of the loss of some points alone. */
    private static Map<String, double[]> contributions(
            Chain model, RoutePlan<LabelledVectors> plan, LabelledVectors batch, boolean[] own) {
        double[] chosen = new double[own.length];
        for (int i = 0; i < own.length; i++) {
            chosen[i] = own[i] ? 1 : 0;
        }
        try (Router router = Router.open(model, plan, batch)) {
            Tensor y = model.forward(batch.x()).square();
            Tensor rows = Tensor.of(chosen, own.length, 1).gt(0.5);
            y.where(rows, Tensor.zeros(y.dtype())).mean().backward();
        }
        Map<String, double[]> gradients = new TreeMap<>();
        for (Parameter p : model.parameters().values()) {
            Tensor g = p.grad();
            double[] none = new double[(int) p.value().count()];
            gradients.put(p.name(), g == null ? none : g.toDoubles());
        }
        model.clearGradients();
        return gradients;
    }

    private static int unit(Claim<LabelledVectors> claim, Parameter p, int element) {
        String axis = claim.region().slices().get(0).axis();
        int columns = p.axes().size() < 2 ? 1 : (int) p.value().size(1);
        boolean rows = axis == null || p.axis(axis) == 0;
        return rows ? element / columns : element % columns;
    }
}
