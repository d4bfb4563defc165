package dev.sluice.routing;

import dev.sluice.engine.Layer;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.routing.UpdateRun.Snapshot;
import dev.sluice.routing.Violation.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;

/** Tries on batches what a plan promises of an optimiser step. */
final class UpdateTrials<B> {
    private final Layer model;
    private final RoutePlan<B> plan;
    private final Perturbation<B> perturbation;
    private final List<B> batches;
    private final UpdateRun<B> runs;
    private final List<Violation> violations = new ArrayList<>();
    private final List<String> untried = new ArrayList<>();

    UpdateTrials(
            Layer model,
            RoutePlan<B> plan,
            Perturbation<B> perturbation,
            List<B> batches,
            UpdateRun<B> runs) {
        this.model = model;
        this.plan = plan;
        this.perturbation = perturbation;
        this.batches = List.copyOf(batches);
        this.runs = runs;
    }

    /** A region that must not notice a class; {@code place} is where the plan says so. */
    private record Promise<B>(
            String place, Region region, DataClass<B> dataClass, boolean holdsWhenMixed) {}

    /** One parameter of a promise. */
    private record Part<B>(Promise<B> promise, Parameter parameter, Tensor mask) {
        Optional<Difference> differ(
                Snapshot a, Snapshot b, BiFunction<Snapshot, Parameter, Tensor> what) {
            return Difference.within(
                    parameter, mask, what.apply(a, parameter), what.apply(b, parameter));
        }

        /** Where weights or moments differ. */
        Optional<Difference> moved(Snapshot a, Snapshot b) {
            Optional<Difference> all = differ(a, b, Snapshot::weight);
            for (String key : b.moments(parameter)) {
                Optional<Difference> d = differ(a, b, (s, p) -> s.moment(key, p));
                all = all.isEmpty() ? d : d.isEmpty() ? all : Optional.of(all.get().and(d.get()));
            }
            return all;
        }

        boolean zero(Tensor t) {
            Tensor zeros = Tensor.zeros(t.dtype(), t.shape());
            return Difference.within(parameter, mask, zeros, t.add(0.0)).isEmpty();
        }
    }

    IsolationReport run(Rng rng) {
        List<Promise<B>> promises = promises();
        int claims = promises.size() + untried.size();
        if (!promises.isEmpty()) {
            Snapshot after = runs.run(batches);
            promises.forEach(promise -> attempt(promise, after, rng));
        }
        return new IsolationReport(claims, violations, untried);
    }

    private void attempt(Promise<B> promise, Snapshot after, Rng rng) {
        List<Points> points = batches.stream().map(promise.dataClass()::points).toList();
        boolean some = points.stream().anyMatch(p -> p.count() > 0);
        boolean alone = points.stream().allMatch(p -> p.count() > 0 && p.count() == p.total());
        if (!after.finite()) {
            untried.add(promise.place() + ": a gradient is not finite, the step is void");
        } else if (alone) {
            parts(promise).forEach(part -> alone(part, after));
        } else if (some && promise.holdsWhenMixed()) {
            Snapshot other = runs.run(perturbed(points, rng));
            if (other.finite()) {
                parts(promise).forEach(part -> mixed(part, after, other));
            } else {
                untried.add(promise.place() + ": other data made a gradient that is not finite");
            }
        } else {
            String name = promise.dataClass().name();
            untried.add(promise.place() + ": the step is not all of " + name);
        }
    }

    private List<B> perturbed(List<Points> points, Rng rng) {
        List<B> other = new ArrayList<>();
        for (int i = 0; i < batches.size(); i++) {
            B batch = batches.get(i);
            boolean concerned = points.get(i).count() > 0;
            other.add(concerned ? perturbation.perturb(batch, points.get(i).array(), rng) : batch);
        }
        return other;
    }

    private List<Promise<B>> promises() {
        List<Promise<B>> promises = new ArrayList<>();
        for (int i = 0; i < plan.updates().size(); i++) {
            LeaveRule rule = plan.updates().get(i);
            DataClass<B> on = DataClass.of(plan, rule.on());
            promises.add(new Promise<>("updates[" + i + "]", rule.region(), on, false));
        }
        for (int i = 0; i < plan.claims().size(); i++) {
            Claim<B> claim = plan.claims().get(i);
            String place = "claims[" + i + "]";
            if (claim.through().isEmpty()) {
                DataClass<B> from = DataClass.of(plan, claim);
                promises.add(new Promise<>(place, claim.region(), from, true));
            } else {
                untried.add(place + ": speaks of some loss terms, a step follows them all");
            }
        }
        return promises;
    }

    private List<Part<B>> parts(Promise<B> promise) {
        List<Part<B>> parts = new ArrayList<>();
        promise.region().masks(model).forEach((p, mask) -> parts.add(new Part<>(promise, p, mask)));
        return parts;
    }

    /** Nothing but the class is in the batch: every byte must stay. */
    private void alone(Part<B> part, Snapshot after) {
        Snapshot before = runs.start();
        Optional<Difference> moved = part.moved(before, after);
        if (moved.isPresent()) {
            why(part, moved.get(), after);
        } else {
            part.differ(before, after, Snapshot::steps)
                    .ifPresent(d -> add(Kind.STEP_COUNT, part, d, "the optimiser counted a step"));
        }
    }

    private void why(Part<B> part, Difference moved, Snapshot after) {
        Parameter p = part.parameter();
        Snapshot before = runs.start();
        if (!part.zero(after.raw(p))) {
            add(Kind.GRADIENT, part, moved, "its gradient is not zero");
            return;
        }
        boolean stale = before.moments(p).stream().anyMatch(k -> !part.zero(before.moment(k, p)));
        if (stale) {
            String text = "its gradient is zero, its momentum is not; let the optimiser leave it";
            add(Kind.STALE_MOMENT, part, moved, text);
        }
        Optional<Difference> decayed =
                part.differ(before, runs.runWithoutMomentum(batches), Snapshot::weight);
        decayed.ifPresent(
                d ->
                        add(
                                Kind.DECAY,
                                part,
                                d,
                                "weight decay shrinks it without any gradient; let the optimiser"
                                        + " leave it"));
        if (!stale && decayed.isEmpty()) {
            add(Kind.GRADIENT, part, moved, "the step moves it without gradient or momentum");
        }
    }

    /** Other data are in the batch too: the step must not depend on the class's data. */
    private void mixed(Part<B> part, Snapshot after, Snapshot other) {
        Optional<Difference> moved = part.moved(after, other);
        if (moved.isEmpty()) {
            return;
        }
        if (part.differ(after, other, Snapshot::raw).isPresent()) {
            add(Kind.GRADIENT, part, moved.get(), "its gradient depends on them");
        } else if (part.differ(after, other, Snapshot::used).isPresent()) {
            add(
                    Kind.CLIPPING,
                    part,
                    moved.get(),
                    "clipping scales its gradient by the norm of all gradients, theirs included");
        } else {
            add(Kind.GRADIENT, part, moved.get(), "the step itself depends on them");
        }
    }

    private void add(Kind kind, Part<B> part, Difference d, String cause) {
        Parameter p = part.parameter();
        String axis = LeakCause.axis(part.promise().region(), p);
        List<Integer> units = axis.isEmpty() ? List.of() : d.units(p.axis(axis));
        String sentence =
                part.promise().place()
                        + ": a step with the data of "
                        + part.promise().dataClass().name()
                        + " changes "
                        + (kind == Kind.STEP_COUNT ? "the step count of " : "")
                        + LeakCause.place(p, axis, units)
                        + String.format(Locale.ROOT, " by up to %.3g: ", d.largest())
                        + cause;
        violations.add(new Violation(kind, p.name(), axis, units, d.largest(), sentence));
    }
}
