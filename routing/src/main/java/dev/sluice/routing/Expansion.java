package dev.sluice.routing;

import dev.sluice.engine.AxisUse;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Surgery: appends units to named axes of a model, in every parameter that has the axis. Use it to
 * give one class of data a part of the network of its own, which {@link #contraction} takes away
 * again (Expand, Route, Ablate; arXiv 2410.04332, section 4.2.2). The weights of the original keep
 * their bits and their unit numbers; new entries are zero, or what a freshly made wider model has
 * there, times a coefficient.
 *
 * <pre>{@code
 * Expansion wider = Expansion.of("d_mlp", 64).fresh("blocks.0.**", 1);
 * Transformer expanded = new Transformer(model.config().resized(wider::size), 0.02, 0.01, dtype, rng);
 * wider.check(model, expanded).orThrow();
 * expanded.load(wider.state(model, expanded));
 * }</pre>
 *
 * <p>What is appended to an axis over which the model takes a mean, or that makes the scores of
 * attention, may change what the model computes: {@link #check} says so beforehand. For the routes
 * of an expanded model see {@link ExpandedRoutes}. Immutable.
 */
public final class Expansion {
    /** Entries this near to zero were never trained. */
    private static final double UNTRAINED = 1e-8;

    private final AppendedUnits added;
    private final List<Fresh> fresh;

    /** New entries of some parameters are a fresh model's times a coefficient. */
    private record Fresh(HookName parameters, double coefficient) {}

    private Expansion(AppendedUnits added, List<Fresh> fresh) {
        this.added = added;
        this.fresh = List.copyOf(fresh);
    }

    /** Appends nothing yet. */
    public static Expansion none() {
        return new Expansion(new AppendedUnits(List.of()), List.of());
    }

    /**
     * Appends {@code units} to an axis; new entries are zero until {@link #fresh} says otherwise.
     */
    public static Expansion of(String axis, int units) {
        return none().and(axis, units);
    }

    /** Appends units to another axis, too. */
    public Expansion and(String axis, int units) {
        return and(axis, units, "**");
    }

    /**
     * Appends units to an axis in some parameters alone, for a model whose layers may differ in
     * size.
     *
     * @param parameters a name or glob that takes in all that must agree in the size of the axis,
     *     such as {@code blocks.0.**}
     */
    public Expansion and(String axis, int units, String parameters) {
        return new Expansion(
                added.and(new AppendedUnits.Part(HookName.of(parameters), axis, units)), fresh);
    }

    /**
     * Gives new entries of parameters the value of the fresh model times a coefficient; where
     * several name a parameter, the last counts.
     *
     * @param parameters a name or glob, such as {@code blocks.0.**}
     */
    public Expansion fresh(String parameters, double coefficient) {
        if (!Double.isFinite(coefficient)) {
            throw new IllegalArgumentException(
                    "expansion: expected a finite coefficient, found " + coefficient);
        }
        List<Fresh> more = new ArrayList<>(fresh);
        more.add(new Fresh(HookName.of(parameters), coefficient));
        return new Expansion(added, more);
    }

    /**
     * Appends to axes that others share in groups what keeps the groups' size, such as key-value
     * heads for more heads of queries; where units were appended to them already, those stand.
     *
     * @param original the model to be expanded, which says what is shared
     * @throws IllegalArgumentException if no whole number of units keeps it
     */
    public Expansion inProportion(Layer original) {
        Expansion all = this;
        for (AxisUse use : original.axisUses()) {
            if (use instanceof AxisUse.Groups groups) {
                all = all.inProportion(original, groups);
            }
        }
        return all;
    }

    private Expansion inProportion(Layer original, AxisUse.Groups groups) {
        Parameter many = Nearest.parameter(original, groups.place(), groups.axis());
        Parameter few = Nearest.parameter(original, groups.place(), groups.shared());
        int more = added.of(many.name(), groups.axis());
        if (more == 0 || added.of(few.name(), groups.shared()) > 0) {
            return this;
        }
        long size = many.value().size(many.axis(groups.axis()));
        long units = more * few.value().size(few.axis(groups.shared()));
        if (units % size != 0) {
            throw new IllegalArgumentException(
                    "expansion: no number of units of "
                            + groups.shared()
                            + " goes with "
                            + more
                            + " more of "
                            + groups.axis()
                            + " at "
                            + groups.place()
                            + ": expected a multiple of "
                            + size / few.value().size(few.axis(groups.shared())));
        }
        return and(groups.shared(), (int) (units / size), groups.place() + ".**");
    }

    /**
     * The units in the wider model of an axis that had {@code size}.
     *
     * @param parameter one that has the axis
     */
    public int size(String parameter, String axis, int size) {
        return size + added.of(parameter, axis);
    }

    /**
     * What this expansion cannot keep of what the model computes, before it is made.
     *
     * @param wider freshly made, with the same parameters; it is not changed
     * @throws IllegalArgumentException naming every parameter whose shapes do not fit
     */
    public ExpansionReport check(Layer original, Layer wider) {
        checkShapes(original, wider);
        return new ExpansionCheck(original, wider, this::coefficient).report();
    }

    /**
     * The weights of the wider model, by parameter; copies, in the caller's scope.
     *
     * @param wider freshly made, with the same parameters; it is not changed
     * @throws IllegalArgumentException naming every parameter whose shapes do not fit
     */
    public Map<String, Tensor> state(Layer original, Layer wider) {
        checkShapes(original, wider);
        Map<String, Tensor> state = new LinkedHashMap<>();
        original.parameters()
                .forEach((name, p) -> state.put(name, around(p, parameter(wider, name).value())));
        return state;
    }

    private Tensor around(Parameter original, Tensor fresh) {
        Tensor value = original.value().detach();
        if (Arrays.equals(value.shape(), fresh.shape())) {
            return value.copy();
        }
        Tensor all = scaled(original.name(), fresh);
        corner(all, value.shape()).copyFrom(value);
        return all;
    }

    /** What new entries of a parameter are: a tensor of our own. */
    private Tensor scaled(String name, Tensor fresh) {
        double coefficient = coefficient(name);
        return coefficient == 0
                ? Tensor.zeros(fresh.dtype(), fresh.shape())
                : fresh.detach().copy().mul(coefficient);
    }

    private double coefficient(String name) {
        double last = 0;
        for (Fresh rule : fresh) {
            last = rule.parameters.matches(name) ? rule.coefficient : last;
        }
        return last;
    }

    /** The entries of the original within a wider tensor. */
    private static Tensor corner(Tensor wider, long[] shape) {
        Tensor view = wider;
        for (int axis = 0; axis < shape.length; axis++) {
            view = view.narrow(axis, 0, shape[axis]);
        }
        return view;
    }

    /**
     * Starts new entries that were zero so far, in an expanded model: those of parameters that
     * {@link #fresh} names become the fresh model's times the coefficient, every other entry keeps
     * its bits. Use it to give the new part more layers later.
     *
     * @param expanded by this expansion, whatever it named fresh then
     * @param fresh of the same shapes; it is not changed
     * @throws IllegalArgumentException if the shapes differ, or an axis has not more units than
     *     were appended
     */
    public Map<String, Tensor> extended(Layer expanded, Layer fresh) {
        none().checkShapes(expanded, fresh);
        checkAxes(expanded);
        Map<String, Tensor> state = new LinkedHashMap<>();
        expanded.parameters()
                .forEach((name, p) -> state.put(name, begun(p, parameter(fresh, name).value())));
        return state;
    }

    private Tensor begun(Parameter p, Tensor fresh) {
        Tensor value = p.value().detach();
        if (coefficient(p.name()) == 0 || !added.any(p)) {
            return value.copy();
        }
        Tensor isNew = Tensor.ones(value.dtype(), value.shape());
        corner(isNew, added.before(p)).zeroInPlace();
        Tensor untrained = value.abs().gt(UNTRAINED).logicalNot().to(value.dtype());
        return scaled(p.name(), fresh).where(isNew.mul(untrained).gt(0.5), value);
    }

    /**
     * The way back: cuts what this expansion appended.
     *
     * @param expanded the wider model
     * @throws IllegalArgumentException if an axis has not more units than were appended, or is not
     *     there
     */
    public Contraction contraction(Layer expanded) {
        checkAxes(expanded);
        return added.cut(expanded);
    }

    /** How many units it appends where. */
    AppendedUnits added() {
        return added;
    }

    private void checkAxes(Layer expanded) {
        List<String> missing = added.missing(expanded);
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException("expansion: " + String.join("; ", missing));
        }
        expanded.parameters().values().forEach(added::before);
    }

    private void checkShapes(Layer original, Layer wider) {
        List<String> wrong = added.misfits(original, wider);
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException("expansion: " + String.join("; ", wrong));
        }
    }

    private static Parameter parameter(Layer model, String name) {
        Parameter p = model.parameters().get(name);
        if (p == null) {
            throw new IllegalArgumentException("expansion: there is no parameter " + name);
        }
        return p;
    }
}
