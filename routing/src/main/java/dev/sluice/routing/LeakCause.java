package dev.sluice.routing;

import dev.sluice.engine.DType;
import dev.sluice.engine.Parameter;
import dev.sluice.routing.Region.Slice;
import dev.sluice.routing.Violation.Kind;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/** Finds out why a region got gradient from a class, and says so. */
final class LeakCause<B> {
    private final RoutePlan<B> plan;
    private final B batch;

    LeakCause(RoutePlan<B> plan, B batch) {
        this.plan = plan;
        this.batch = batch;
    }

    private record Cause(Kind kind, String text) {}

    /**
     * @param mislabelled how many points that the plan's rule puts elsewhere make the leak alone
     */
    Violation of(ClaimTrials.Tried<B> tried, Difference leak, int mislabelled) {
        Claim<B> claim = tried.claim();
        String axis = axis(claim.region(), leak.parameter());
        List<Integer> units = axis.isEmpty() ? List.of() : leak.units(leak.parameter().axis(axis));
        Cause cause;
        if (mislabelled > 0) {
            cause =
                    new Cause(
                            Kind.WRONG_LABEL,
                            "the plan's rule gives "
                                    + mislabelled
                                    + " of "
                                    + tried.points().count()
                                    + " data points of "
                                    + claim.nothingFrom()
                                    + " another route");
        } else if (!Double.isFinite(leak.largest())) {
            cause =
                    new Cause(
                            Kind.OVERFLOW,
                            "its values overflow on the way, and zero times infinity is not zero");
        } else {
            cause = byRoutes(claim, leak.parameter(), axis, units, tried.points());
        }
        String sentence =
                tried.place()
                        + ": the gradient of "
                        + place(leak.parameter(), axis, units)
                        + " changes by up to "
                        + String.format(Locale.ROOT, "%.3g", leak.largest())
                        + " with the data of "
                        + claim.nothingFrom()
                        + (claim.through().isEmpty() ? "" : " through " + claim.through())
                        + ": "
                        + cause.text();
        return new Violation(
                cause.kind(), leak.parameter().name(), axis, units, leak.largest(), sentence);
    }

    private Cause byRoutes(
            Claim<B> claim, Parameter p, String axis, List<Integer> units, Points points) {
        Set<String> otherAxes = new LinkedHashSet<>();
        boolean wrongAxis = !whole(claim.region(), p) && !routedAlong(axis);
        String past = "no route masks what reaches it";
        for (int i = 0; i < plan.routes().size(); i++) {
            Route<B> route = plan.routes().get(i);
            boolean parameter = route.mechanism() == Mechanism.PARAMETER;
            Set<String> axes = maskedAxes(route, p);
            if (!axes.contains(axis)) {
                otherAxes.addAll(axes);
                wrongAxis |= parameter && !axes.isEmpty();
            } else if (!closes(route, p, axis, units, points)) {
                return new Cause(
                        Kind.OPEN_MASK,
                        "the masks of routes[" + i + "] let " + claim.nothingFrom() + " through");
            } else if (parameter) {
                return new Cause(
                        Kind.SECOND_USE,
                        "routes["
                                + i
                                + "] masks it where its layer reads it, but something else reads"
                                + " it too (tied weights?)");
            } else {
                past = "no route masks it, and what reaches it comes past routes[" + i + "]";
            }
        }
        return wrongAxis && !otherAxes.isEmpty()
                ? new Cause(
                        Kind.WRONG_AXIS,
                        "routes mask along "
                                + String.join(", ", otherAxes)
                                + ", the claim is along "
                                + axis)
                : new Cause(Kind.UNMASKED, past);
    }

    private static boolean whole(Region region, Parameter p) {
        return region.slices().stream()
                .anyMatch(s -> s.axis() == null && s.parameters().matches(p.name()));
    }

    /** The axes along which a route masks what reaches a parameter. */
    private Set<String> maskedAxes(Route<B> route, Parameter p) {
        Set<String> axes = new LinkedHashSet<>();
        route.masks().values().forEach(m -> axes.add(m.axis()));
        if (route.mechanism() != Mechanism.PARAMETER) {
            return axes;
        }
        axes.retainAll(p.axes());
        return route.at().matches(p.name()) ? axes : Set.of();
    }

    private boolean routedAlong(String axis) {
        return plan.routes().stream()
                .anyMatch(r -> r.masks().values().stream().anyMatch(m -> m.axis().equals(axis)));
    }

    /** Whether a route's mask is zero for these units at these points. */
    private boolean closes(
            Route<B> route, Parameter p, String axis, List<Integer> units, Points points) {
        int size = axis.isEmpty() ? 0 : (int) p.value().size(p.axis(axis));
        Assignment assignment = route.rule().assign(batch);
        if (size == 0 || assignment.points() != points.total()) {
            return false;
        }
        MaskTable table = new MaskTable(route, size, GradientPass.FULL_FORCE);
        double[] masks = table.of(assignment, DType.F64).toDoubles();
        for (int i = 0; i < points.total(); i++) {
            for (int unit : units) {
                if (points.has(i) && (unit >= size || masks[i * size + unit] != 0)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The axis that a region's units count along in a parameter. */
    static String axis(Region region, Parameter p) {
        for (Slice slice : region.slices()) {
            if (slice.parameters().matches(p.name()) && slice.axis() != null) {
                return Objects.requireNonNull(slice.axis());
            }
        }
        return p.axes().isEmpty() ? "" : p.axes().get(0);
    }

    /** "encoder.out.weight, latent 0-15, 17,". */
    static String place(Parameter p, String axis, List<Integer> units) {
        return p.name() + (units.isEmpty() ? "" : ", " + Units.text(axis, units) + ",");
    }
}
