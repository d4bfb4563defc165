package dev.sluice.models.transformer;

import dev.sluice.engine.Tensor;
import dev.sluice.routing.Assignment;
import dev.sluice.routing.ExpandedRoutes;
import dev.sluice.routing.Mask;
import dev.sluice.routing.Route;
import dev.sluice.routing.RoutingRule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What the routes of an expanded model say, as the rows of a table of masks. */
final class PairedMasks {
    static final String FORGET = "forget";
    static final String RETAIN = "retain";

    private PairedMasks() {}

    /** The route at each hook point. */
    static Map<String, Route<Object>> byHook(ExpandedRoutes routes) {
        RoutingRule<Object> rule =
                RoutingRule.named(
                        List.of(FORGET, RETAIN),
                        batch -> Assignment.of(List.of(FORGET), new int[1], 1));
        Map<String, Route<Object>> byHook = new LinkedHashMap<>();
        for (Route<Object> route : routes.plan(rule, FORGET, RETAIN).routes()) {
            if (byHook.put(route.at().pattern(), route) != null) {
                throw new AssertionError("two routes at " + route.at());
            }
        }
        return byHook;
    }

    static Mask mask(Route<?> route, String name) {
        return Objects.requireNonNull(route.masks().get(name), name);
    }

    /** Whether data to be forgotten train the new units at a hook point. */
    static Map<String, Boolean> targets(ExpandedRoutes routes) {
        Map<String, Boolean> targets = new LinkedHashMap<>();
        byHook(routes)
                .forEach((hook, route) -> targets.put(hook, mask(route, FORGET).elsewhere() != 0));
        return targets;
    }

    /**
     * The weights of a mask at every unit of a hook point.
     *
     * @param axes of the units there, and their sizes
     */
    static double[] weights(Mask mask, List<String> axes, int... sizes) {
        List<String> along = List.of(mask.axis().split("\\*", -1));
        int before = 1;
        int units = 1;
        int after = 1;
        for (int i = 0; i < sizes.length; i++) {
            if (along.contains(axes.get(i))) {
                units *= sizes[i];
            } else if (units == 1 && !along.contains(axes.get(0))) {
                before *= sizes[i];
            } else {
                after *= sizes[i];
            }
        }
        float[] weights = mask.weights(units);
        Tensor all = Tensor.of(weights, 1, units, 1).expand(before, units, after);
        return all.contiguous().toDoubles();
    }
}
