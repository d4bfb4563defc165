package dev.sluice.routing;

import dev.sluice.engine.Layer;
import dev.sluice.engine.Names;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.Tensor;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Surgery: takes units of named axes out of a model for good, from every parameter that has the
 * axis. Use it to ship a model without a region. What remains are the weights of a plain model with
 * smaller axes, and it computes what the whole model computes while {@link Ablation#units} replaces
 * the activations of those units by zero: the bits of each kept weight are as they were, and sums
 * lack terms that were zero.
 *
 * <pre>{@code
 * Contraction cut = Contraction.of("latent", 16, 32).and("latent_high", 0, 16);
 * SplitAutoencoder smaller = new SplitAutoencoder(sizesWithoutTheHighHalf, dtype, rng);
 * smaller.load(cut.state(model));
 * }</pre>
 *
 * <p>Units are those of the whole model, whatever was cut before. An axis that is a copy of a part
 * of another under a name of its own is cut under that name. Immutable.
 */
public final class Contraction {
    private final List<Cut> cuts;

    /** Units of one axis, wherever it is in some parameters. */
    private record Cut(HookName parameters, String axis, int from, int to) {
        Cut {
            if (from < 0 || to <= from) {
                throw new IllegalArgumentException(
                        "contraction of "
                                + axis
                                + ": expected 0 <= from < to, found "
                                + from
                                + " and "
                                + to);
            }
        }

        void check(Parameter p) {
            int at = p.axis(axis);
            if (at >= 0 && to > p.value().size(at)) {
                throw new IllegalArgumentException(
                        "contraction: parameter "
                                + p.name()
                                + " has "
                                + p.value().size(at)
                                + " units of "
                                + axis
                                + ", unit "
                                + (to - 1)
                                + " is to be cut");
            }
        }
    }

    private Contraction(List<Cut> cuts) {
        this.cuts = List.copyOf(cuts);
    }

    /** Cuts nothing yet. */
    public static Contraction none() {
        return new Contraction(List.of());
    }

    /** Cuts the units {@code from} to {@code to} (exclusive) of an axis. */
    public static Contraction of(String axis, int from, int to) {
        return none().and(axis, from, to);
    }

    /**
     * Cuts the units that a region names, also from parameters that it does not name.
     *
     * @throws IllegalArgumentException if a slice of it is a whole parameter, which has no units
     */
    public static Contraction of(Region region) {
        Contraction all = none();
        for (Region.Slice slice : region.slices()) {
            String axis = slice.axis();
            if (axis == null) {
                throw new IllegalArgumentException(
                        "contraction: expected units of an axis, found the whole of "
                                + slice.parameters());
            }
            all = all.and(axis, slice.from(), slice.to());
        }
        return all;
    }

    /** Cuts more units. */
    public Contraction and(String axis, int from, int to) {
        return and(axis, from, to, "**");
    }

    /**
     * Cuts units of an axis in some parameters alone, and in the masks and regions of plans that
     * lie there.
     *
     * @param parameters a name or glob that takes in all that must agree in the size of the axis,
     *     such as {@code blocks.0.**}
     */
    public Contraction and(String axis, int from, int to, String parameters) {
        List<Cut> more = new ArrayList<>(cuts);
        more.add(new Cut(HookName.of(parameters), axis, from, to));
        return new Contraction(more);
    }

    /**
     * The units of an axis that are cut at a parameter or hook point.
     *
     * @param at a name, or a glob that a cut takes in as a whole or not at all
     */
    private BitSet gone(String at, String axis) {
        BitSet gone = new BitSet();
        for (Cut cut : cuts) {
            if (!cut.axis.equals(axis)) {
                continue;
            }
            if (cut.parameters.matches(at)) {
                gone.set(cut.from, cut.to);
            } else if (cut.parameters.overlaps(HookName.of(at))) {
                throw new IllegalArgumentException(
                        "contraction: "
                                + at
                                + " takes in places where units of "
                                + axis
                                + " are cut ("
                                + cut.parameters
                                + ") and others; expected names apart for both");
            }
        }
        return gone;
    }

    /**
     * The weights that remain, by parameter; copies, in the caller's scope.
     *
     * @throws IllegalArgumentException if no parameter has an axis, or one has fewer units than are
     *     to be cut
     */
    public Map<String, Tensor> state(Layer model) {
        check(model);
        Map<String, Tensor> state = new LinkedHashMap<>();
        model.parameters().forEach((name, p) -> state.put(name, kept(p)));
        return state;
    }

    private Tensor kept(Parameter p) {
        Tensor value = p.value().detach().copy();
        for (int i = 0; i < p.axes().size(); i++) {
            BitSet gone = gone(p.name(), p.axes().get(i));
            if (!gone.isEmpty()) {
                int[] left =
                        IntStream.range(0, (int) value.size(i)).filter(u -> !gone.get(u)).toArray();
                value = value.select(i, Tensor.of(left, left.length));
            }
        }
        return value;
    }

    private void check(Layer model) {
        for (Cut cut : cuts) {
            List<Parameter> meant =
                    model.parameters().values().stream()
                            .filter(p -> cut.parameters.matches(p.name()))
                            .toList();
            if (meant.isEmpty()) {
                throw new IllegalArgumentException(
                        Names.unknown(
                                "parameter",
                                cut.parameters.pattern(),
                                model.parameters().keySet()));
            }
            TreeSet<String> known = new TreeSet<>();
            meant.forEach(p -> known.addAll(p.axes()));
            if (!known.contains(cut.axis)) {
                throw new IllegalArgumentException(Names.unknown("axis", cut.axis, known));
            }
            meant.forEach(cut::check);
        }
    }

    /**
     * How many units an axis of {@code size} units has left.
     *
     * @param parameter one that has the axis
     */
    public int size(String parameter, String axis, int size) {
        return place(parameter, axis, size);
    }

    /**
     * Where a unit, or the end of a range of units, is afterwards: the kept units before it.
     *
     * @param at a parameter or hook point, or a glob over them
     * @throws IllegalArgumentException if units are counted along several axes, and one is cut, or
     *     a glob takes in places that are cut and others
     */
    int place(String at, String axis, int unit) {
        UnitAxes units = UnitAxes.of(axis);
        if (units.count() > 1 && units.names().stream().anyMatch(a -> !gone(at, a).isEmpty())) {
            throw new IllegalArgumentException(
                    "contraction: a mask along "
                            + axis
                            + " at "
                            + at
                            + " cannot follow; expected masks along one axis");
        }
        return unit - gone(at, axis).get(0, unit).cardinality();
    }

    /**
     * A plan for what remains: masks and regions keep the units that are left, under their new
     * numbers; claims and updates whose whole region was cut are gone.
     *
     * @throws IllegalArgumentException if a mask or region is along several axes of which one is
     *     cut, or its glob takes in places that are cut and others
     */
    public <B> RoutePlan<B> plan(RoutePlan<B> plan) {
        List<Route<B>> routes = plan.routes().stream().map(this::route).toList();
        List<LeaveRule> updates = new ArrayList<>();
        for (LeaveRule rule : plan.updates()) {
            Region left = region(rule.region());
            if (!left.slices().isEmpty()) {
                updates.add(new LeaveRule(left, rule.on()));
            }
        }
        List<Claim<B>> claims = new ArrayList<>();
        for (Claim<B> claim : plan.claims()) {
            Region left = region(claim.region());
            if (!left.slices().isEmpty()) {
                claims.add(new Claim<>(left, claim.nothingFrom(), claim.through(), claim.truth()));
            }
        }
        return new RoutePlan<>(routes, updates, claims);
    }

    private <B> Route<B> route(Route<B> route) {
        Map<String, Mask> masks = new LinkedHashMap<>();
        route.masks()
                .forEach((name, mask) -> masks.put(name, mask.after(route.at().pattern(), this)));
        return new Route<>(route.at(), route.mechanism(), route.rule(), masks, route.weight());
    }

    /** What is left of a region, under the new numbers; without slices if nothing is. */
    public Region region(Region region) {
        List<Region.Slice> left = new ArrayList<>();
        for (Region.Slice slice : region.slices()) {
            String axis = slice.axis();
            String at = slice.parameters().pattern();
            if (axis == null) {
                left.add(slice);
                continue;
            }
            int from = place(at, axis, slice.from());
            int to = place(at, axis, slice.to());
            if (from < to) {
                left.add(new Region.Slice(slice.parameters(), axis, from, to));
            }
        }
        return new Region(left);
    }
}
