package dev.sluice.routing;

import dev.sluice.engine.Layer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Finds what several routes do at one place, and parameters that no mask covers. */
final class PathCheck {
    private final List<RoutePlaces> routes;
    private final Layer model;
    private final Problems problems;

    PathCheck(List<RoutePlaces> routes, Layer model, Problems problems) {
        this.routes = routes;
        this.model = model;
        this.problems = problems;
    }

    void run() {
        Set<String> masked = new LinkedHashSet<>();
        routes.stream().filter(RoutePlaces::ofParameters).forEach(r -> masked.addAll(masked(r)));
        for (int i = 0; i < routes.size(); i++) {
            multiplied(i);
            if (routes.get(i).ofParameters()) {
                unmasked(i, masked);
            }
        }
    }

    private void multiplied(int i) {
        for (int j = 0; j < i; j++) {
            if (routes.get(i).ofParameters() || routes.get(j).ofParameters()) {
                continue;
            }
            List<String> both = new ArrayList<>(routes.get(i).axes().keySet());
            both.retainAll(routes.get(j).axes().keySet());
            if (!both.isEmpty()) {
                problems.warning(
                        "routes[" + i + "].at",
                        "routes["
                                + j
                                + "] masks "
                                + String.join(", ", both)
                                + " as well: the masks multiply");
            }
        }
    }

    /** The parameters that a route masks. */
    private static List<String> masked(RoutePlaces places) {
        return places.route().masks().values().stream()
                .findFirst()
                .map(mask -> places.with(mask.axis()))
                .orElse(List.of());
    }

    /**
     * Parameters that stand beside masked ones, such as the bias of a layer whose weight is masked
     * along its input, get the gradient of all data points.
     */
    private void unmasked(int i, Set<String> masked) {
        RoutePlaces places = routes.get(i);
        Set<String> open = new LinkedHashSet<>();
        for (String name : masked(places)) {
            model.parameters().keySet().stream()
                    .filter(p -> model.owner(p) == model.owner(name))
                    .forEach(open::add);
        }
        open.addAll(places.axes().keySet());
        open.removeAll(masked);
        if (!open.isEmpty() && !masked(places).isEmpty()) {
            problems.warning(
                    "routes[" + i + "].at",
                    String.join(", ", open) + " stay unmasked: all data points train them");
        }
    }
}
