package dev.sluice.routing;

import dev.sluice.engine.Layer;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.routing.GradientPass.Gradients;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Perturbs each class of a batch and looks which gradients of each term notice. */
final class ReachTrials<B> {
    private static final int TRIALS = 2;

    private final Layer model;
    private final RoutePlan<B> plan;
    private final Perturbation<B> perturbation;
    private final B batch;
    private final GradientPass<B> pass;
    private final List<Map<Parameter, Tensor>> regions = new ArrayList<>();

    ReachTrials(
            Layer model,
            RoutePlan<B> plan,
            Perturbation<B> perturbation,
            B batch,
            GradientPass<B> pass) {
        this.model = model;
        this.plan = plan;
        this.perturbation = perturbation;
        this.batch = batch;
        this.pass = pass;
        plan.claims().forEach(c -> regions.add(c.region().masks(model)));
    }

    Reach run(Rng rng) {
        List<Reach.Path> paths = new ArrayList<>();
        Map<String, Gradients> before = new LinkedHashMap<>();
        for (String term : pass.run(batch, Set.of(), List.of()).values().keySet()) {
            before.put(term, pass.run(batch, Set.of(term), model.parameters().values()));
        }
        for (DataClass<B> from : classes()) {
            before.forEach((term, gradients) -> paths.addAll(paths(from, term, gradients, rng)));
        }
        return new Reach(paths);
    }

    /** Every name that the plan's routes give masks to or can give. */
    private List<DataClass<B>> classes() {
        Set<String> names = new LinkedHashSet<>();
        for (Route<B> route : plan.routes()) {
            names.addAll(route.masks().keySet());
            names.addAll(route.rule().routes());
        }
        List<DataClass<B>> classes = new ArrayList<>();
        names.forEach(name -> classes.add(DataClass.of(plan, name)));
        return classes;
    }

    private List<Reach.Path> paths(DataClass<B> from, String term, Gradients before, Rng rng) {
        Points points = from.points(batch);
        Map<Parameter, Difference> reached = new LinkedHashMap<>();
        for (int t = 0; t < TRIALS && points.count() > 0; t++) {
            try (TensorScope scope = TensorScope.open()) {
                B other = perturbation.perturb(batch, points.array(), rng);
                if (!from.points(other).equals(points)) {
                    throw new IllegalArgumentException(
                            "the perturbation changed which data points are " + from.name());
                }
                Gradients after = pass.run(other, Set.of(term), model.parameters().values());
                for (Parameter p : model.parameters().values()) {
                    Difference.between(p, before.of(p), after.of(p))
                            .ifPresent(d -> reached.merge(p, d, Difference::and));
                }
            }
        }
        List<Reach.Path> paths = new ArrayList<>();
        reached.forEach((p, d) -> paths.add(path(from.name(), term, p, d)));
        return paths;
    }

    private Reach.Path path(String from, String term, Parameter p, Difference d) {
        Map<String, List<Integer>> units = new LinkedHashMap<>();
        Map<String, List<Integer>> closed = new LinkedHashMap<>();
        for (int axis = 0; axis < p.axes().size(); axis++) {
            String name = p.axes().get(axis);
            List<Integer> changed = d.units(axis);
            units.put(name, changed);
            Set<Integer> shut = closed(from, name, (int) p.value().size(axis));
            List<Integer> through = changed.stream().filter(shut::contains).toList();
            if (!through.isEmpty()) {
                closed.put(name, through);
            }
        }
        return new Reach.Path(
                from, term, p.name(), units, closed, claimed(from, term, p, d), d.largest());
    }

    /** The units that some route's mask is zero for. */
    private Set<Integer> closed(String from, String axis, int size) {
        Set<Integer> closed = new LinkedHashSet<>();
        for (Route<B> route : plan.routes()) {
            Mask mask = route.masks().get(from);
            if (mask != null && mask.axis().equals(axis)) {
                float[] weights = mask.weights(size);
                for (int i = 0; i < size; i++) {
                    if (route.weight().apply(weights[i], GradientPass.FULL_FORCE) == 0) {
                        closed.add(i);
                    }
                }
            }
        }
        return closed;
    }

    private boolean claimed(String from, String term, Parameter p, Difference d) {
        for (int i = 0; i < regions.size(); i++) {
            Claim<B> claim = plan.claims().get(i);
            boolean speaks = claim.through().isEmpty() || claim.through().contains(term);
            Tensor mask = regions.get(i).get(p);
            if (speaks && claim.nothingFrom().equals(from) && mask != null && d.touches(mask)) {
                return true;
            }
        }
        return false;
    }
}
