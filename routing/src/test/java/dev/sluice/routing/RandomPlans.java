package dev.sluice.routing;

import dev.sluice.engine.Rng;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A random network, batch and plan whose claims hold by construction: each follows from one mask
 * that is shut for a class, whatever the other routes do.
 */
final class RandomPlans {
    static final List<String> CLASSES = List.of("a", "b", "c");
    static final RoutingRule<Batch.Labelled> TRUTH =
            RoutingRule.label(Map.of("a", List.of(0), "b", List.of(1), "c", List.of(2)));

    private final Rng rng;
    final int[] sizes;
    final boolean norm;

    RandomPlans(Rng rng) {
        this.rng = rng;
        sizes = new int[3 + rng.nextInt(3)];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = 2 + rng.nextInt(6);
        }
        norm = rng.nextInt(2) == 0;
    }

    Chain model() {
        return new Chain(rng, norm, sizes);
    }

    /** Labels 0–2, and 3, which no route takes. */
    LabelledVectors batch() {
        Integer[] labels = new Integer[2 + rng.nextInt(9)];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = rng.nextInt(4);
        }
        return LabelledVectors.random(rng, sizes[0], labels);
    }

    RoutePlan<LabelledVectors> plan() {
        List<Route<LabelledVectors>> routes = new ArrayList<>();
        List<Claim<LabelledVectors>> claims = new ArrayList<>();
        int n = 1 + rng.nextInt(3);
        for (int i = 0; i < n; i++) {
            switch (rng.nextInt(4)) {
                case 0 -> parameterRoute(routes, claims);
                case 1 -> normRoute(routes, claims);
                default -> hookRoute(routes, claims);
            }
        }
        return new RoutePlan<>(routes, List.of(), claims);
    }

    /** A mask for each class; {@code shut} hears of one run of units that is shut. */
    private Route<LabelledVectors> masks(Route.Place at, String axis, int size, Shut shut) {
        Route<LabelledVectors> route = at.by(TRUTH);
        for (String name : CLASSES) {
            double[] weights = new double[size];
            for (int u = 0; u < size; u++) {
                weights[u] = new double[] {0, 0, 1, 0.5, -1}[rng.nextInt(5)];
            }
            route = route.mask(name, Mask.of(axis, weights));
            for (int from = 0; from < size; from++) {
                int to = from;
                while (to < size && weights[to] == 0) {
                    to++;
                }
                if (to > from) {
                    shut.found(name, from, to);
                    break;
                }
            }
        }
        return route;
    }

    private interface Shut {
        void found(String name, int from, int to);
    }

    private void hookRoute(
            List<Route<LabelledVectors>> routes, List<Claim<LabelledVectors>> claims) {
        int layer = 1 + rng.nextInt(sizes.length - 1);
        String axis = "d" + layer;
        boolean forward = rng.nextInt(3) == 0;
        HookName hook = HookName.of("h" + layer);
        boolean readDirectly = layer < sizes.length - 1 && !(norm && layer == sizes.length - 2);
        routes.add(
                masks(
                        forward ? Route.forward(hook) : Route.at(hook),
                        axis,
                        sizes[layer],
                        (name, from, to) -> {
                            claims.add(claim("l" + layer + ".*", axis, from, to, name));
                            if (from == 0 && to == sizes[layer]) {
                                for (int l = 1; l < layer; l++) {
                                    claims.add(claim(Region.of("l" + l + ".*"), name));
                                }
                            }
                            if (forward && readDirectly) {
                                String reader = "l" + (layer + 1) + ".weight";
                                claims.add(claim(reader, axis, from, to, name));
                            }
                        }));
    }

    private void parameterRoute(
            List<Route<LabelledVectors>> routes, List<Claim<LabelledVectors>> claims) {
        int layer = 1 + rng.nextInt(sizes.length - 1);
        boolean rows = rng.nextInt(2) == 0;
        String at = "l" + layer + (rows ? ".*" : ".weight");
        String axis = "d" + (rows ? layer : layer - 1);
        int size = sizes[rows ? layer : layer - 1];
        routes.add(
                masks(
                        Route.parameter(HookName.of(at)),
                        axis,
                        size,
                        (name, from, to) -> claims.add(claim(at, axis, from, to, name))));
    }

    private void normRoute(
            List<Route<LabelledVectors>> routes, List<Claim<LabelledVectors>> claims) {
        if (!norm) {
            hookRoute(routes, claims);
            return;
        }
        String axis = "d" + (sizes.length - 2);
        routes.add(
                masks(
                        Route.parameter(HookName.of("norm.*")),
                        axis,
                        sizes[sizes.length - 2],
                        (name, from, to) -> claims.add(claim("norm.*", axis, from, to, name))));
    }

    private Claim<LabelledVectors> claim(
            String parameters, String axis, int from, int to, String name) {
        return claim(Region.of(parameters, axis, from, to), name);
    }

    private static Claim<LabelledVectors> claim(Region region, String name) {
        return Claim.<LabelledVectors>of(region, name).where(TRUTH);
    }
}
