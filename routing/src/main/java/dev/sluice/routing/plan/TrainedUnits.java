package dev.sluice.routing.plan;

import dev.sluice.routing.Mask;
import dev.sluice.routing.Route;
import dev.sluice.routing.RoutePlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Units that a class of data trains at a place of the model, as a plan has it: those that its mask
 * gives a weight other than 0.
 *
 * @param at hook points, or parameters where the mechanism is {@code parameter}: a name or glob
 * @param mechanism {@code activation}, {@code parameter} or {@code forward}
 * @param units ranges such as {@code 0-15}, or {@code all but 0-15}, or {@code all} or {@code none}
 */
public record TrainedUnits(String at, String mechanism, String axis, String units) {
    /** What each route name of a plan trains, in the order of the plan. */
    public static Map<String, List<TrainedUnits>> of(RoutePlan<?> plan) {
        Map<String, List<TrainedUnits>> found = new LinkedHashMap<>();
        for (Route<?> route : plan.routes()) {
            String mechanism = route.mechanism().name().toLowerCase(Locale.ROOT);
            route.masks()
                    .forEach(
                            (name, mask) ->
                                    found.computeIfAbsent(name, n -> new ArrayList<>())
                                            .add(
                                                    new TrainedUnits(
                                                            route.at().pattern(),
                                                            mechanism,
                                                            mask.axis(),
                                                            units(mask))));
        }
        return found;
    }

    private static String units(Mask mask) {
        boolean elsewhere = !Double.isNaN(mask.elsewhere()) && mask.elsewhere() != 0;
        List<Mask.Part> runs =
                MaskRuns.of(mask).stream().filter(run -> (run.weight() == 0) == elsewhere).toList();
        if (runs.isEmpty()) {
            return elsewhere ? "all" : "none";
        }
        String ranges =
                joined(runs).stream()
                        .map(run -> run[0] == run[1] ? "" + run[0] : run[0] + "-" + run[1])
                        .collect(Collectors.joining(", "));
        return elsewhere ? "all but " + ranges : ranges;
    }

    /** First and last unit of each run; runs that touch are one, whatever their weights. */
    private static List<int[]> joined(List<Mask.Part> runs) {
        List<int[]> joined = new ArrayList<>();
        for (Mask.Part run : runs) {
            int[] last = joined.isEmpty() ? null : joined.get(joined.size() - 1);
            if (last != null && last[1] + 1 == run.from()) {
                last[1] = run.to() - 1;
            } else {
                joined.add(new int[] {run.from(), run.to() - 1});
            }
        }
        return joined;
    }
}
