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
import java.util.Objects;
import java.util.Set;

/** Tries all claims of a plan on one batch; claims with the same terms and class share passes. */
final class ClaimTrials<B> {
    private final RoutePlan<B> plan;
    private final Perturbation<B> perturbation;
    private final B batch;
    private final GradientPass<B> pass;
    private final LeakCause<B> causes;
    private final List<Tried<B>> claims = new ArrayList<>();
    private final Map<Set<String>, Gradients> baselines = new LinkedHashMap<>();
    private final List<String> untried = new ArrayList<>();

    /** A claim with its region and the data points of its class in the batch. */
    record Tried<B>(
            String place,
            Claim<B> claim,
            DataClass<B> dataClass,
            Points points,
            Map<Parameter, Tensor> region,
            Map<Parameter, Difference> leaks) {
        boolean sharesPass(Tried<B> other) {
            return claim.through().equals(other.claim.through()) && points.equals(other.points);
        }
    }

    ClaimTrials(
            Layer model,
            RoutePlan<B> plan,
            LossTerms<B> terms,
            Perturbation<B> perturbation,
            B batch) {
        this.plan = plan;
        this.perturbation = perturbation;
        this.batch = batch;
        pass = new GradientPass<>(model, plan, terms);
        causes = new LeakCause<>(plan, batch);
        for (int i = 0; i < plan.claims().size(); i++) {
            Claim<B> claim = plan.claims().get(i);
            DataClass<B> dataClass = DataClass.of(plan, claim);
            claims.add(
                    new Tried<>(
                            "claims[" + i + "]",
                            claim,
                            dataClass,
                            dataClass.points(batch),
                            claim.region().masks(model),
                            new LinkedHashMap<>()));
        }
    }

    IsolationReport run(Rng rng, int trials) {
        for (List<Tried<B>> group : groups()) {
            boolean moved = false;
            for (int t = 0; t < trials; t++) {
                moved |= tryOnce(group, rng);
            }
            if (!moved) {
                group.forEach(
                        c -> untried.add(c.place() + ": other data changed no term of the loss"));
            }
        }
        List<Violation> violations = new ArrayList<>();
        for (Tried<B> claim : claims) {
            for (Difference leak : claim.leaks().values()) {
                violations.add(explain(claim, leak, rng));
            }
        }
        return new IsolationReport(claims.size(), violations, untried);
    }

    private List<List<Tried<B>>> groups() {
        List<List<Tried<B>>> groups = new ArrayList<>();
        for (Tried<B> claim : claims) {
            if (claim.points().count() == 0) {
                untried.add(
                        claim.place()
                                + ": the batch holds no data of "
                                + claim.claim().nothingFrom());
                continue;
            }
            List<Tried<B>> group =
                    groups.stream()
                            .filter(g -> g.get(0).sharesPass(claim))
                            .findFirst()
                            .orElse(null);
            if (group == null) {
                group = new ArrayList<>();
                groups.add(group);
            }
            group.add(claim);
        }
        return groups;
    }

    /** Whether the perturbation changed the loss at all. */
    private boolean tryOnce(List<Tried<B>> group, Rng rng) {
        Set<String> through = group.get(0).claim().through();
        Gradients before = baseline(through);
        try (TensorScope scope = TensorScope.open()) {
            Gradients after = perturbed(group, group.get(0).points(), rng);
            for (Tried<B> claim : group) {
                claim.region()
                        .forEach(
                                (p, mask) ->
                                        Difference.within(p, mask, before.of(p), after.of(p))
                                                .ifPresent(
                                                        d ->
                                                                claim.leaks()
                                                                        .merge(
                                                                                p,
                                                                                d,
                                                                                Difference::and)));
            }
            return !before.values().equals(after.values());
        }
    }

    private Gradients baseline(Set<String> through) {
        return baselines.computeIfAbsent(through, t -> pass.run(batch, t, wanted(t)));
    }

    private Set<Parameter> wanted(Set<String> through) {
        Set<Parameter> wanted = new LinkedHashSet<>();
        claims.stream()
                .filter(c -> c.claim().through().equals(through))
                .forEach(c -> wanted.addAll(c.region().keySet()));
        return wanted;
    }

    private Gradients perturbed(List<Tried<B>> group, Points points, Rng rng) {
        B other = perturbation.perturb(batch, points.array(), rng);
        for (Tried<B> claim : group) {
            if (!claim.dataClass().points(other).equals(claim.points())) {
                throw new IllegalArgumentException(
                        claim.place()
                                + ": the perturbation changed which data points are "
                                + claim.claim().nothingFrom());
            }
        }
        Set<String> through = group.get(0).claim().through();
        return pass.run(other, through, wanted(through));
    }

    private Violation explain(Tried<B> claim, Difference leak, Rng rng) {
        requireRepeatable(claim);
        return causes.of(claim, leak, mislabelledAlone(claim, leak.parameter(), rng));
    }

    private void requireRepeatable(Tried<B> claim) {
        Set<String> through = claim.claim().through();
        Gradients before = baseline(through);
        try (TensorScope scope = TensorScope.open()) {
            Gradients again = pass.run(batch, through, wanted(through));
            for (Parameter p : claim.region().keySet()) {
                if (!before.of(p).sameBits(again.of(p))) {
                    throw new IllegalStateException(
                            "the loss terms gave another gradient of "
                                    + p.name()
                                    + " for the same batch; draw noise from a fixed seed");
                }
            }
        }
    }

    /**
     * The points of the class that the plan's own rule puts elsewhere, if they alone make the leak;
     * else 0.
     */
    private int mislabelledAlone(Tried<B> claim, Parameter p, Rng rng) {
        String name = claim.claim().nothingFrom();
        if (claim.claim().truth() == null || plan.ruleOf(name).isEmpty()) {
            return 0;
        }
        Points seen = DataClass.of(plan, name).points(batch);
        Points agreed = claim.points().and(seen);
        int mislabelled = claim.points().count() - agreed.count();
        if (mislabelled == 0 || agreed.count() == 0) {
            return mislabelled;
        }
        Tensor mask = Objects.requireNonNull(claim.region().get(p));
        try (TensorScope scope = TensorScope.open()) {
            Gradients after = perturbed(List.of(claim), agreed, rng);
            Tensor before = baseline(claim.claim().through()).of(p);
            return Difference.within(p, mask, before, after.of(p)).isEmpty() ? mislabelled : 0;
        }
    }
}
