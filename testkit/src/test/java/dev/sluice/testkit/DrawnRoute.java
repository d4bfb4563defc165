package dev.sluice.testkit;

import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.Rng;
import dev.sluice.routing.Assignment;
import dev.sluice.routing.HookName;
import dev.sluice.routing.Mask;
import dev.sluice.routing.MaskWeight;
import dev.sluice.routing.Mechanism;
import dev.sluice.routing.Route;
import dev.sluice.routing.RoutingRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A random route in Sluice's language, and what it means as one weight for every data point and
 * unit, worked out here without Sluice.
 */
record DrawnRoute(Route<Object> route, RoutingOracle.PointMask meaning) {
    private static final List<String> NAMES = List.of("red", "green", "blue");

    /** How mask weights are drawn. */
    enum Weights {
        BINARY,
        FRACTIONAL,
        NEGATIVE,
        ABOVE_ONE,
        ZERO,
        MIXED;

        double draw(Rng rng) {
            return (float)
                    switch (this) {
                        case BINARY -> rng.nextInt(2);
                        case FRACTIONAL -> rng.nextDouble();
                        case NEGATIVE -> -2 * rng.nextDouble();
                        case ABOVE_ONE -> 1 + 2 * rng.nextDouble();
                        case ZERO -> 0;
                        case MIXED -> values()[rng.nextInt(5)].draw(rng);
                    };
        }
    }

    /** What may differ between the routes of a test. */
    record Choice(Mechanism mechanism, Weights weights, boolean blend, boolean easedIn) {}

    /** A route at this hook point or parameter axis. */
    static DrawnRoute at(TinyTask task, Choice choice, String at, int axis, long step, Rng rng) {
        int units = units(task, choice.mechanism(), at, axis);
        Map<String, double[]> rows = new LinkedHashMap<>();
        List<String> maskable = new ArrayList<>(NAMES);
        maskable.add(Route.OTHERS);
        for (String name : maskable) {
            if (rng.nextInt(4) > 0) {
                double[] row = new double[units];
                Arrays.setAll(row, u -> choice.weights().draw(rng));
                rows.put(name, row);
            }
        }
        if (rows.isEmpty()) {
            rows.put("red", new double[units]);
        }
        MaskWeight weight =
                choice.easedIn()
                        ? new MaskWeight(1 + rng.nextInt(4), 1, rng.nextInt(2) == 0)
                        : MaskWeight.FULL;
        String axisName = axisName(task, choice.mechanism(), at, axis);
        Map<String, Mask> masks = new LinkedHashMap<>();
        rows.forEach((name, row) -> masks.put(name, mask(axisName, row, rng)));
        double[] ones = new double[units];
        Arrays.fill(ones, 1);
        rows.putIfAbsent(Route.OTHERS, ones);
        rows.replaceAll((name, row) -> eased(row, weight, step));
        Assignment assignment = assignment(task, choice.blend(), rng);
        RoutingRule<Object> rule = batch -> assignment;
        return new DrawnRoute(
                new Route<>(HookName.of(at), choice.mechanism(), rule, masks, weight),
                new RoutingOracle.PointMask(
                        choice.mechanism(), at, axis, byPoint(task, assignment, rows, units)));
    }

    private static Mask mask(String axis, double[] row, Rng rng) {
        if (rng.nextInt(2) == 0) {
            return Mask.of(axis, row);
        }
        Mask mask = Mask.all(axis, row[0]);
        for (int u = 1; u < row.length; u++) {
            mask = mask.with(u, u + 1, row[u]);
        }
        return mask;
    }

    private static double[] eased(double[] row, MaskWeight weight, long step) {
        double ramp = weight.rampSteps();
        double c = ramp == 0 ? 1 : Math.min(1, step / ramp);
        return Arrays.stream(row).map(m -> weight.scaling() ? c * m : 1 + c * (m - 1)).toArray();
    }

    private static Assignment assignment(TinyTask task, boolean blend, Rng rng) {
        long[] points = rng.nextInt(2) == 0 ? task.points() : new long[] {task.points()[0]};
        int count = (int) Arrays.stream(points).reduce(1, (a, b) -> a * b);
        if (blend) {
            float[] weights = new float[count];
            for (int i = 0; i < count; i++) {
                weights[i] =
                        switch (rng.nextInt(6)) {
                            case 0 -> 0;
                            case 1 -> 1;
                            case 2 -> Float.NaN;
                            default -> (float) rng.nextDouble();
                        };
            }
            return Assignment.blend(NAMES.get(0), NAMES.get(rng.nextInt(3)), weights, points);
        }
        int[] ids = new int[count];
        Arrays.setAll(ids, i -> rng.nextInt(NAMES.size() + 1) - 1);
        return Assignment.of(NAMES, ids, points);
    }

    private static double[][] byPoint(
            TinyTask task, Assignment a, Map<String, double[]> rows, int units) {
        double[] others = Objects.requireNonNull(rows.get(Route.OTHERS));
        double[][] out = new double[task.pointCount()][];
        int stride = out.length / a.points();
        for (int p = 0; p < out.length; p++) {
            int answered = p / stride;
            double[] row = others;
            if (a.blended() && !Float.isNaN(a.weight(answered))) {
                double w = a.weight(answered);
                double[] first = rows.getOrDefault(a.routes().get(0), others);
                double[] second = rows.getOrDefault(a.routes().get(1), others);
                double[] mixed = new double[units];
                Arrays.setAll(mixed, u -> (1 - w) * first[u] + w * second[u]);
                row = mixed;
            } else if (!a.blended() && a.id(answered) >= 0) {
                row = rows.getOrDefault(a.routes().get(a.id(answered)), others);
            }
            out[p] = row;
        }
        return out;
    }

    private static String axisName(TinyTask task, Mechanism mechanism, String at, int axis) {
        if (mechanism == Mechanism.PARAMETER) {
            return Objects.requireNonNull(task.model().parameters().get(at), at).axes().get(axis);
        }
        HookPoint hook = Objects.requireNonNull(task.model().hooks().get(at), at);
        return hook.axes().get(hook.axes().size() - 1);
    }

    private static int units(TinyTask task, Mechanism mechanism, String at, int axis) {
        String name = axisName(task, mechanism, at, axis);
        for (Parameter p : task.model().parameters().values()) {
            if (p.axis(name) >= 0) {
                return (int) p.value().size(p.axis(name));
            }
        }
        throw new AssertionError("no axis " + name);
    }
}
