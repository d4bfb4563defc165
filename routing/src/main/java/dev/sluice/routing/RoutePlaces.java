package dev.sluice.routing;

import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Parameter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The hook points or parameters of a model that a route means, with the sizes of its axis there. A
 * hook point knows its axes by name only: its sizes are those that parameters with an axis of the
 * same name have.
 */
final class RoutePlaces {
    private final Route<?> route;
    private final Layer model;
    private final Map<String, List<String>> axes = new LinkedHashMap<>();

    RoutePlaces(Route<?> route, Layer model) {
        this.route = route;
        this.model = model;
        if (ofParameters()) {
            for (Parameter p : model.parameters().values()) {
                put(p.name(), p.axes());
            }
        } else {
            for (HookPoint h : model.hooks().values()) {
                put(h.name(), h.axes());
            }
        }
    }

    private void put(String name, List<String> names) {
        if (route.at().matches(name)) {
            axes.put(name, names);
        }
    }

    Route<?> route() {
        return route;
    }

    boolean ofParameters() {
        return route.mechanism() == Mechanism.PARAMETER;
    }

    String kind() {
        return ofParameters() ? "parameter" : "hook point";
    }

    /** Every name that the route might have meant. */
    Set<String> known() {
        return ofParameters() ? model.parameters().keySet() : model.hooks().keySet();
    }

    /** The axes of each place, by its name. */
    Map<String, List<String>> axes() {
        return axes;
    }

    /** The names of the places with this axis. */
    List<String> with(String axis) {
        return axes.keySet().stream().filter(name -> has(name, axis)).toList();
    }

    /** The names of the places without this axis. */
    List<String> without(String axis) {
        return axes.keySet().stream().filter(name -> !has(name, axis)).toList();
    }

    private boolean has(String name, String axis) {
        UnitAxes units = UnitAxes.of(axis);
        return units.within(axes.getOrDefault(name, List.of())) >= 0
                && (units.count() == 1 || !ofParameters());
    }

    /** The sizes that an axis may have at a place: none where nothing tells. */
    SortedSet<Integer> sizes(String place, String axis) {
        SortedSet<Integer> products = new TreeSet<>(List.of(1));
        for (String one : UnitAxes.of(axis).names()) {
            SortedSet<Integer> more = new TreeSet<>();
            for (int size : sizesOfOne(place, one)) {
                products.forEach(product -> more.add(Math.multiplyExact(product, size)));
            }
            products = more;
        }
        return products;
    }

    private SortedSet<Integer> sizesOfOne(String place, String axis) {
        SortedSet<Integer> sizes = new TreeSet<>();
        for (Parameter p : model.parameters().values()) {
            int at = p.axis(axis);
            if (at >= 0 && (!ofParameters() || p.name().equals(place))) {
                sizes.add((int) p.value().size(at));
            }
        }
        return sizes;
    }

    /** Whether the layer of a parameter can weight data points along an axis of it. */
    boolean masks(String parameter, String axis) {
        Parameter p = model.parameters().get(parameter);
        return p != null && model.owner(parameter).masksPositions(p, p.axis(axis));
    }
}
