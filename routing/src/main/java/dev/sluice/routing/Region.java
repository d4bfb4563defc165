package dev.sluice.routing;

import dev.sluice.engine.Layer;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A part of a model: whole parameters, or the units of a named axis of them. What is claimed,
 * ablated, left alone by the optimiser or cut out is a region.
 *
 * @param slices together they make the region
 */
public record Region(List<Slice> slices) {
    /** Copies the list. */
    public Region {
        slices = List.copyOf(slices);
    }

    /**
     * Parameters, or units of them.
     *
     * @param parameters a name or glob
     * @param axis the axis whose units are meant, or null for the whole parameter
     * @param from first unit
     * @param to unit after the last
     */
    public record Slice(HookName parameters, @Nullable String axis, int from, int to) {}

    /** Whole parameters. */
    public static Region of(String parameters) {
        return new Region(List.of(new Slice(HookName.of(parameters), null, 0, 0)));
    }

    /** The units {@code from} to {@code to} (exclusive) of an axis of the parameters. */
    public static Region of(String parameters, String axis, int from, int to) {
        return new Region(List.of(new Slice(HookName.of(parameters), axis, from, to)));
    }

    /** Both regions. */
    public Region and(Region other) {
        List<Slice> all = new ArrayList<>(slices);
        all.addAll(other.slices);
        return new Region(all);
    }

    /**
     * Which elements belong to the region: per parameter, in row-major order.
     *
     * @throws IllegalArgumentException if a slice matches no parameter or does not fit one
     */
    public Map<Parameter, boolean[]> elements(Layer model) {
        Map<Parameter, boolean[]> out = new LinkedHashMap<>();
        for (Slice slice : slices) {
            for (Parameter p : matched(model, slice)) {
                mark(out.computeIfAbsent(p, q -> new boolean[(int) q.value().count()]), p, slice);
            }
        }
        return out;
    }

    private static void mark(boolean[] elements, Parameter p, Slice slice) {
        long[] shape = p.value().shape();
        int axis = axis(p, slice);
        int[] units = units(p, slice);
        int inner = 1;
        for (int i = axis + 1; i < shape.length; i++) {
            inner *= (int) shape[i];
        }
        int size = shape.length == 0 ? 1 : (int) shape[axis];
        for (int i = 0; i < elements.length; i++) {
            int unit = i / inner % size;
            if (unit >= units[0] && unit < units[1]) {
                elements[i] = true;
            }
        }
    }

    /**
     * Which elements belong to the region: per parameter a bool tensor that broadcasts to its
     * shape, of size 1 along axes where it is constant. It lives in the caller's scope.
     *
     * @throws IllegalArgumentException if a slice matches no parameter or does not fit one
     */
    public Map<Parameter, Tensor> masks(Layer model) {
        Map<Parameter, Tensor> sums = new LinkedHashMap<>();
        for (Slice slice : slices) {
            for (Parameter p : matched(model, slice)) {
                sums.merge(p, mask(p, slice), Tensor::add);
            }
        }
        Map<Parameter, Tensor> masks = new LinkedHashMap<>();
        sums.forEach((p, sum) -> masks.put(p, sum.gt(0.5)));
        return masks;
    }

    private static Tensor mask(Parameter p, Slice slice) {
        int[] units = units(p, slice);
        long[] shape = new long[p.axes().size()];
        Arrays.fill(shape, 1);
        int axis = axis(p, slice);
        int size = slice.axis() == null ? 1 : (int) p.value().size(axis);
        if (shape.length > 0) {
            shape[axis] = size;
        }
        float[] mask = new float[size];
        Arrays.fill(mask, units[0], Math.min(size, units[1]), 1);
        return Tensor.of(mask, shape);
    }

    private static int axis(Parameter p, Slice slice) {
        String name = slice.axis();
        int axis = name == null ? 0 : p.axis(name);
        if (axis < 0) {
            throw new IllegalArgumentException(
                    "parameter " + p.name() + " has axes " + p.axes() + ", not " + name);
        }
        return axis;
    }

    /** First unit, and the one after the last. */
    private static int[] units(Parameter p, Slice slice) {
        String name = slice.axis();
        int axis = axis(p, slice);
        int size = p.axes().isEmpty() ? 1 : (int) p.value().size(axis);
        int from = name == null ? 0 : slice.from();
        int to = name == null ? size : slice.to();
        if (from < 0 || from >= to || to > size) {
            throw new IllegalArgumentException(
                    "parameter "
                            + p.name()
                            + ": axis "
                            + name
                            + " has units 0-"
                            + (size - 1)
                            + ", the region names "
                            + from
                            + "-"
                            + (to - 1));
        }
        return new int[] {from, to};
    }

    private static List<Parameter> matched(Layer model, Slice slice) {
        List<Parameter> matched =
                model.parameters().values().stream()
                        .filter(p -> slice.parameters().matches(p.name()))
                        .toList();
        if (matched.isEmpty()) {
            throw new IllegalArgumentException(
                    slice.parameters().unknown("parameter", model.parameters().keySet()));
        }
        return matched;
    }
}
