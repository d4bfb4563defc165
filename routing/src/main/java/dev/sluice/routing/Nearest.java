package dev.sluice.routing;

import dev.sluice.engine.Layer;
import dev.sluice.engine.Names;
import dev.sluice.engine.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Where the size of an axis is to be found: places and hook points know axes by name only, and have
 * the size of those parameters whose names begin like theirs.
 */
final class Nearest {
    private Nearest() {}

    /**
     * A parameter with the axis, as near to a place as there is one.
     *
     * @throws IllegalArgumentException if there is none, or those as near differ in size
     */
    static Parameter parameter(Layer model, String place, String axis) {
        List<Parameter> nearest = new ArrayList<>();
        TreeSet<String> known = new TreeSet<>();
        int most = 0;
        for (Parameter p : model.parameters().values()) {
            known.addAll(p.axes());
            int shared = shared(place, p.name());
            if (p.axis(axis) < 0 || shared < most) {
                continue;
            }
            if (shared > most) {
                nearest.clear();
                most = shared;
            }
            nearest.add(p);
        }
        if (nearest.isEmpty()) {
            throw new IllegalArgumentException(Names.unknown("axis", axis, known));
        }
        Parameter first = nearest.get(0);
        for (Parameter p : nearest) {
            if (p.value().size(p.axis(axis)) != first.value().size(first.axis(axis))) {
                throw new IllegalArgumentException(
                        "axis "
                                + axis
                                + " at "
                                + place
                                + ": expected one size, found "
                                + first
                                + " and "
                                + p);
            }
        }
        return first;
    }

    /** How many units the axis has at a place. */
    static int size(Layer model, String place, String axis) {
        Parameter p = parameter(model, place, axis);
        return (int) p.value().size(p.axis(axis));
    }

    /** How many parts two dotted names have in common at their beginnings. */
    private static int shared(String a, String b) {
        String[] as = a.split("\\.", -1);
        String[] bs = b.split("\\.", -1);
        int n = 0;
        while (n < as.length && n < bs.length && as[n].equals(bs[n])) {
            n++;
        }
        return n;
    }
}
