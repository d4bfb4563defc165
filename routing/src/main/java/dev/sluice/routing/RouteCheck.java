package dev.sluice.routing;

import dev.sluice.engine.Names;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;

/** Finds the problems of one route: its place, the masks there, the names of its rule. */
final class RouteCheck {
    private final RoutePlaces places;
    private final Route<?> route;
    private final String at;
    private final Problems problems;

    RouteCheck(RoutePlaces places, String at, Problems problems) {
        this.places = places;
        this.route = places.route();
        this.at = at;
        this.problems = problems;
    }

    void run() {
        if (places.axes().isEmpty()) {
            problems.error(at + ".at", route.at().unknown(places.kind(), places.known()));
        }
        route.rule().warnings().forEach(w -> problems.warning(at + ".by", w));
        names();
        if (route.masks().isEmpty()) {
            problems.error(at + ".masks", "a route needs a mask for at least one route name");
            return;
        }
        String axis = route.masks().values().iterator().next().axis();
        oneAxis(axis);
        if (places.axes().isEmpty()) {
            return;
        }
        Set<Integer> sizes = new LinkedHashSet<>();
        boolean known = true;
        for (Map.Entry<String, Mask> mask : route.masks().entrySet()) {
            if (axisIsThere(at + ".masks." + mask.getKey(), mask.getValue().axis())) {
                known &= sizesFit(at + ".masks." + mask.getKey(), mask.getValue(), sizes);
            } else {
                known = false;
            }
        }
        layersCanMask(axis);
        if (known && sizes.size() == 1) {
            shares(axis, sizes.iterator().next());
        }
    }

    private void names() {
        Set<String> given = route.rule().routes();
        if (given.isEmpty()) {
            return;
        }
        for (String name : route.masks().keySet()) {
            if (!name.equals(Route.OTHERS) && !given.contains(name)) {
                problems.error(
                        at + ".masks." + name,
                        "the rule never gives it: " + Names.unknown("route", name, given));
            }
        }
        List<String> unmasked =
                given.stream().filter(name -> !route.masks().containsKey(name)).toList();
        if (!unmasked.isEmpty() && !route.masks().containsKey(Route.OTHERS)) {
            problems.warning(
                    at + ".masks",
                    "no mask for "
                            + String.join(", ", unmasked)
                            + " and no '*': they run unmasked");
        }
    }

    private void oneAxis(String axis) {
        route.masks()
                .forEach(
                        (name, mask) -> {
                            if (!mask.axis().equals(axis)) {
                                problems.error(
                                        at + ".masks." + name,
                                        "the masks of a route share one axis, found "
                                                + axis
                                                + " and "
                                                + mask.axis());
                            }
                        });
    }

    private boolean axisIsThere(String place, String axis) {
        if (!places.ofParameters() && UnitAxes.of(axis).countPoints()) {
            problems.error(
                    place,
                    "axis " + axis + " counts data points: which of them pass is for the rule");
            return false;
        }
        List<String> without = places.without(axis);
        boolean fits = places.ofParameters() ? !places.with(axis).isEmpty() : without.isEmpty();
        if (!fits) {
            String first = without.get(0);
            problems.error(
                    place,
                    "no axis "
                            + axis
                            + " at "
                            + places.kind()
                            + " "
                            + first
                            + ", which has "
                            + places.axes().get(first));
        }
        return fits;
    }

    /** Whether the mask fits everywhere; adds the sizes that it fits. */
    private boolean sizesFit(String place, Mask mask, Set<Integer> fitting) {
        Map<String, List<String>> misfits = new LinkedHashMap<>();
        boolean known = true;
        for (String name : places.with(mask.axis())) {
            SortedSet<Integer> sizes = places.sizes(name, mask.axis());
            List<Integer> fits = sizes.stream().filter(s -> misfit(mask, s).isEmpty()).toList();
            fitting.addAll(fits);
            if (fits.isEmpty() && !sizes.isEmpty()) {
                misfits.computeIfAbsent(misfit(mask, sizes.last()), m -> new ArrayList<>())
                        .add(name);
            }
            known &= fits.size() == 1 && sizes.size() == 1;
            if (!fits.isEmpty() && fits.size() < sizes.size()) {
                problems.warning(
                        place,
                        "axis "
                                + mask.axis()
                                + " has the sizes "
                                + sizes
                                + " in this model, the mask fits "
                                + fits
                                + "; which one "
                                + name
                                + " has shows in the first step");
            }
        }
        misfits.forEach(
                (problem, names) ->
                        problems.error(place, String.join(", ", names) + ": " + problem));
        return known && misfits.isEmpty();
    }

    private static String misfit(Mask mask, int size) {
        try {
            mask.weights(size);
            return "";
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private void layersCanMask(String axis) {
        List<String> cannot =
                places.with(axis).stream()
                        .filter(name -> places.ofParameters() && !places.masks(name, axis))
                        .toList();
        if (!cannot.isEmpty()) {
            problems.error(
                    at + ".at",
                    String.join(", ", cannot)
                            + ": the layer cannot mask data points along "
                            + axis);
        }
    }

    private void shares(String axis, int size) {
        Map<List<String>, BitSet> trained = new LinkedHashMap<>();
        Map<String, float[]> named = new LinkedHashMap<>();
        route.masks().forEach((name, mask) -> named.put(name, mask.weights(size)));
        named.remove(Route.OTHERS);
        for (int unit = 0; unit < size; unit++) {
            List<String> by = new ArrayList<>();
            for (Map.Entry<String, float[]> weights : named.entrySet()) {
                if (weights.getValue()[unit] != 0) {
                    by.add(weights.getKey());
                }
            }
            if (by.size() != 1) {
                trained.computeIfAbsent(by, b -> new BitSet()).set(unit);
            }
        }
        trained.forEach(
                (by, units) -> {
                    String which = "units " + ranges(units) + " of " + axis;
                    if (!by.isEmpty()) {
                        problems.warning(
                                at + ".masks",
                                which + " overlap: they get weight from " + String.join(", ", by));
                    } else if (!named.isEmpty()) {
                        problems.warning(
                                at + ".masks",
                                which + " are uncovered: no named route gives them weight");
                    }
                });
    }

    /** As in a plan file: {@code 0-3, 7}. */
    private static String ranges(BitSet units) {
        List<String> parts = new ArrayList<>();
        for (int from = units.nextSetBit(0); from >= 0; from = units.nextSetBit(from)) {
            int to = units.nextClearBit(from);
            parts.add(to == from + 1 ? "" + from : from + "-" + (to - 1));
            from = to;
        }
        return String.join(", ", parts);
    }
}
