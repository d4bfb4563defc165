package dev.sluice.routing;

import dev.sluice.engine.Layer;
import dev.sluice.engine.Parameter;
import java.util.ArrayList;
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
            List<Parameter> matched =
                    model.parameters().values().stream()
                            .filter(p -> slice.parameters().matches(p.name()))
                            .toList();
            if (matched.isEmpty()) {
                throw new IllegalArgumentException(
                        Names.unknown(
                                "parameter",
                                slice.parameters().pattern(),
                                model.parameters().keySet()));
            }
            for (Parameter p : matched) {
                mark(out.computeIfAbsent(p, q -> new boolean[(int) q.value().count()]), p, slice);
            }
        }
        return out;
    }

    private static void mark(boolean[] elements, Parameter p, Slice slice) {
        String name = slice.axis();
        long[] shape = p.value().shape();
        int axis = name == null ? 0 : p.axis(name);
        if (axis < 0) {
            throw new IllegalArgumentException(
                    "parameter " + p.name() + " has axes " + p.axes() + ", not " + name);
        }
        int size = shape.length == 0 ? 1 : (int) shape[axis];
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
        int inner = 1;
        for (int i = axis + 1; i < shape.length; i++) {
            inner *= (int) shape[i];
        }
        for (int i = 0; i < elements.length; i++) {
            int unit = i / inner % size;
            if (unit >= from && unit < to) {
                elements[i] = true;
            }
        }
    }
}
