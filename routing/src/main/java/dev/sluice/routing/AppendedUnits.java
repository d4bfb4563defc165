package dev.sluice.routing;

import dev.sluice.engine.Layer;
import dev.sluice.engine.Names;
import dev.sluice.engine.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** How many units an expansion appends to which axes of which parameters. */
record AppendedUnits(List<Part> parts) {
    /** Units of one axis, wherever it is in some parameters. */
    record Part(HookName parameters, String axis, int units) {
        Part {
            if (units < 1) {
                throw new IllegalArgumentException(
                        "expansion of " + axis + ": expected at least one unit, found " + units);
            }
        }
    }

    AppendedUnits {
        parts = List.copyOf(parts);
    }

    AppendedUnits and(Part part) {
        List<Part> more = new ArrayList<>(parts);
        more.add(part);
        return new AppendedUnits(more);
    }

    /** The units appended to an axis of a parameter. */
    int of(String parameter, String axis) {
        int units = 0;
        for (Part part : parts) {
            if (part.axis.equals(axis) && part.parameters.matches(parameter)) {
                units = Math.addExact(units, part.units);
            }
        }
        return units;
    }

    /** Whether an axis of a parameter grew. */
    boolean any(Parameter p) {
        return p.axes().stream().anyMatch(axis -> of(p.name(), axis) > 0);
    }

    /** The units that an axis of a parameter of the expanded model had before. */
    int before(String parameter, String axis, int size) {
        int before = size - of(parameter, axis);
        if (before < 1) {
            throw new IllegalArgumentException(
                    "expansion: axis "
                            + axis
                            + " of "
                            + parameter
                            + " has "
                            + size
                            + " units, not more than were appended");
        }
        return before;
    }

    /** The shape of a parameter of the expanded model before it was. */
    long[] before(Parameter p) {
        long[] shape = p.value().shape();
        for (int i = 0; i < shape.length; i++) {
            shape[i] = before(p.name(), p.axes().get(i), (int) shape[i]);
        }
        return shape;
    }

    /** The shape of a parameter of the original once it is expanded. */
    long[] after(Parameter p) {
        long[] shape = p.value().shape();
        for (int i = 0; i < shape.length; i++) {
            shape[i] += of(p.name(), p.axes().get(i));
        }
        return shape;
    }

    /** What says that some part of this is nowhere in the model, each in a sentence. */
    List<String> missing(Layer model) {
        List<String> missing = new ArrayList<>();
        for (Part part : parts) {
            TreeSet<String> known = new TreeSet<>();
            boolean there = false;
            for (Parameter p : model.parameters().values()) {
                if (part.parameters.matches(p.name())) {
                    known.addAll(p.axes());
                    there = true;
                }
            }
            if (!there) {
                String pattern = part.parameters.pattern();
                missing.add(Names.unknown("parameter", pattern, model.parameters().keySet()));
            } else if (!known.contains(part.axis)) {
                missing.add(Names.unknown("axis", part.axis, known));
            }
        }
        return missing;
    }

    /** Every parameter of a model that is not what it must be in the wider one, in a sentence. */
    List<String> misfits(Layer original, Layer wider) {
        List<String> wrong = missing(original);
        TreeSet<String> names = new TreeSet<>(original.parameters().keySet());
        names.addAll(wider.parameters().keySet());
        for (String name : names) {
            Parameter before = original.parameters().get(name);
            Parameter after = wider.parameters().get(name);
            if (before == null || after == null) {
                wrong.add(name + " is in one of the models alone");
            } else if (!Arrays.equals(after(before), after.value().shape())
                    || before.value().dtype() != after.value().dtype()) {
                wrong.add(
                        name
                                + ": expected "
                                + Arrays.toString(after(before))
                                + " "
                                + before.value().dtype()
                                + ", found "
                                + after.value());
            }
        }
        return wrong;
    }

    /** What takes this away from the expanded model again. */
    Contraction cut(Layer expanded) {
        Contraction cut = Contraction.none();
        for (Part part : parts) {
            Map<String, List<Integer>> units = new LinkedHashMap<>();
            for (Parameter p : expanded.parameters().values()) {
                int at = p.axis(part.axis);
                if (at >= 0 && part.parameters.matches(p.name())) {
                    int size = (int) p.value().size(at);
                    units.put(p.name(), List.of(before(p.name(), part.axis, size), size));
                }
            }
            boolean alike = units.values().stream().distinct().count() == 1;
            for (Map.Entry<String, List<Integer>> u : units.entrySet()) {
                String layer = around(u.getKey());
                boolean whole =
                        expanded.parameters().values().stream()
                                .filter(p -> p.axis(part.axis) >= 0)
                                .map(Parameter::name)
                                .filter(HookName.of(layer)::matches)
                                .allMatch(name -> u.getValue().equals(units.get(name)));
                String where = alike ? part.parameters.pattern() : whole ? layer : u.getKey();
                cut = cut.and(part.axis, u.getValue().get(0), u.getValue().get(1), where);
            }
        }
        return cut;
    }

    /** A glob over a parameter and what stands beside its layer, hook points among it. */
    private static String around(String parameter) {
        int layer = parameter.lastIndexOf('.', parameter.lastIndexOf('.') - 1);
        return layer < 0 ? parameter : parameter.substring(0, layer) + ".**";
    }
}
