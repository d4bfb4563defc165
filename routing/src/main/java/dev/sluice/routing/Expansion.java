package dev.sluice.routing;

import dev.sluice.engine.Layer;
import dev.sluice.engine.Names;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Surgery: appends units to named axes of a model, in every parameter that has the axis. Use it to
 * give one class of data a part of the network of its own, which {@link #contraction} takes away
 * again (Expand, Route, Ablate; arXiv 2410.04332, section 4.2.2). The weights of the original keep
 * their bits and their unit numbers; new entries are zero, or what a freshly made wider model has
 * there, times a coefficient.
 *
 * <pre>{@code
 * Expansion wider = Expansion.of("d_mlp", 64).fresh("blocks.0.**", 1);
 * Transformer expanded = new Transformer(config.wider("d_mlp", 64), dtype, rng);
 * expanded.load(wider.state(model, expanded));
 * }</pre>
 *
 * <p>What is appended to an axis over which the model normalises, or that sets the scale of
 * attention, may change what the model computes even where it is zero; the model says so
 * beforehand. Immutable.
 */
public final class Expansion {
    /** Entries this near to zero were never trained. */
    private static final double UNTRAINED = 1e-8;

    private final Map<String, Integer> added;
    private final List<Fresh> fresh;

    /** New entries of some parameters are a fresh model's times a coefficient. */
    private record Fresh(HookName parameters, double coefficient) {}

    private Expansion(Map<String, Integer> added, List<Fresh> fresh) {
        this.added = added;
        this.fresh = List.copyOf(fresh);
    }

    /**
     * Appends {@code units} to an axis; new entries are zero until {@link #fresh} says otherwise.
     */
    public static Expansion of(String axis, int units) {
        return new Expansion(Map.of(), List.of()).and(axis, units);
    }

    /** Appends units to another axis, too. */
    public Expansion and(String axis, int units) {
        if (units < 1) {
            throw new IllegalArgumentException(
                    "expansion of " + axis + ": expected at least one unit, found " + units);
        }
        Map<String, Integer> more = new TreeMap<>(added);
        more.put(axis, units);
        return new Expansion(more, fresh);
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

    /** The units of an axis that had {@code size}. */
    public int size(String axis, int size) {
        return size + added.getOrDefault(axis, 0);
    }

    /**
     * The weights of the wider model, by parameter; copies, in the caller's scope.
     *
     * @param wider freshly made, with the same parameters; it is not changed
     * @throws IllegalArgumentException naming every parameter whose shapes do not fit
     */
    public Map<String, Tensor> state(Layer original, Layer wider) {
        check(original, wider);
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
        new Expansion(Map.of(), List.of()).check(expanded, fresh);
        axes(expanded);
        Map<String, Tensor> state = new LinkedHashMap<>();
        expanded.parameters()
                .forEach((name, p) -> state.put(name, begun(p, parameter(fresh, name).value())));
        return state;
    }

    private Tensor begun(Parameter p, Tensor fresh) {
        Tensor value = p.value().detach();
        if (coefficient(p.name()) == 0 || p.axes().stream().noneMatch(added::containsKey)) {
            return value.copy();
        }
        Tensor isNew = Tensor.ones(value.dtype(), value.shape());
        corner(isNew, original(p)).zeroInPlace();
        Tensor untrained = value.abs().gt(UNTRAINED).logicalNot().to(value.dtype());
        return scaled(p.name(), fresh).where(isNew.mul(untrained).gt(0.5), value);
    }

    /** The shape of a parameter of an expanded model before it was. */
    private long[] original(Parameter p) {
        long[] shape = p.value().shape();
        for (int i = 0; i < shape.length; i++) {
            shape[i] = before(p.axes().get(i), (int) shape[i]);
        }
        return shape;
    }

    /**
     * The way back: cuts what this expansion appended.
     *
     * @param expanded the wider model
     * @throws IllegalArgumentException if an axis has not more units than were appended, or is not
     *     there
     */
    public Contraction contraction(Layer expanded) {
        Contraction cut = null;
        for (Map.Entry<String, Integer> axis : axes(expanded).entrySet()) {
            int to = axis.getValue();
            int from = to - added.getOrDefault(axis.getKey(), 0);
            cut =
                    cut == null
                            ? Contraction.of(axis.getKey(), from, to)
                            : cut.and(axis.getKey(), from, to);
        }
        if (cut == null) {
            throw new IllegalArgumentException("expansion: nothing was appended");
        }
        return cut;
    }

    /**
     * A mask that tells new units from those of the original.
     *
     * @param axes one, or several that stand side by side at a hook point, in their order there
     * @param sizes of those axes in the expanded model
     * @param onNew weight of a unit that was appended along any of the axes
     * @param onOriginal weight of the others
     */
    public Mask mask(List<String> axes, int[] sizes, double onNew, double onOriginal) {
        int last = axes.size() - 1;
        int rows = 1;
        for (int i = 0; i < last; i++) {
            rows = Math.multiplyExact(rows, sizes[i]);
        }
        Mask mask = Mask.all(String.join("*", axes), onNew);
        for (int row = 0; row < rows; row++) {
            int first = row * sizes[last];
            if (original(row, axes, sizes)) {
                mask = mask.with(first, first + before(axes.get(last), sizes[last]), onOriginal);
            }
        }
        return mask;
    }

    /** Whether a row, counted over all axes but the last, is one of the original. */
    private boolean original(int row, List<String> axes, int[] sizes) {
        int rest = row;
        for (int i = axes.size() - 2; i >= 0; i--) {
            if (rest % sizes[i] >= before(axes.get(i), sizes[i])) {
                return false;
            }
            rest /= sizes[i];
        }
        return true;
    }

    /** The units that an axis of the expanded model had before. */
    private int before(String axis, int size) {
        int before = size - added.getOrDefault(axis, 0);
        if (before < 1) {
            throw new IllegalArgumentException(
                    "expansion: an axis "
                            + axis
                            + " of "
                            + size
                            + " units has not more than were appended");
        }
        return before;
    }

    /** The size of every axis that was appended to, in the expanded model. */
    private Map<String, Integer> axes(Layer expanded) {
        Map<String, Integer> sizes = new TreeMap<>();
        TreeSet<String> known = new TreeSet<>();
        for (Parameter p : expanded.parameters().values()) {
            known.addAll(p.axes());
            original(p);
            for (int i = 0; i < p.axes().size(); i++) {
                if (added.containsKey(p.axes().get(i))) {
                    sizes.put(p.axes().get(i), (int) p.value().size(i));
                }
            }
        }
        for (String axis : added.keySet()) {
            if (!known.contains(axis)) {
                throw new IllegalArgumentException(Names.unknown("axis", axis, known));
            }
        }
        return sizes;
    }

    private void check(Layer original, Layer wider) {
        List<String> wrong = new ArrayList<>();
        TreeSet<String> known = new TreeSet<>();
        TreeSet<String> names = new TreeSet<>(original.parameters().keySet());
        names.addAll(wider.parameters().keySet());
        for (String name : names) {
            Parameter before = original.parameters().get(name);
            Parameter after = wider.parameters().get(name);
            if (before == null || after == null) {
                wrong.add(name + " is in one of the models alone");
                continue;
            }
            known.addAll(before.axes());
            long[] expected = before.value().shape();
            for (int i = 0; i < expected.length; i++) {
                expected[i] += added.getOrDefault(before.axes().get(i), 0);
            }
            if (!Arrays.equals(expected, after.value().shape())
                    || before.value().dtype() != after.value().dtype()) {
                wrong.add(
                        name
                                + ": expected "
                                + Arrays.toString(expected)
                                + " "
                                + before.value().dtype()
                                + ", found "
                                + after.value());
            }
        }
        added.keySet().stream()
                .filter(axis -> !known.contains(axis))
                .forEach(axis -> wrong.add(Names.unknown("axis", axis, known)));
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
