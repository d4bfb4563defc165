package dev.sluice.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.testing.GoldenTensors;
import dev.sluice.routing.Assignment;
import dev.sluice.routing.HookName;
import dev.sluice.routing.Mask;
import dev.sluice.routing.MaskWeight;
import dev.sluice.routing.Mechanism;
import dev.sluice.routing.Route;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.RoutingRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** The routes of one case of {@code primitives}, in Sluice's language and in the oracle's. */
record GoldenRoutes(List<Route<Object>> routes, List<RoutingOracle.PointMask> pointMasks) {
    RoutePlan<Object> plan() {
        return new RoutePlan<>(routes, List.of(), List.of());
    }

    static GoldenRoutes read(String name, JsonNode node, GoldenTensors tensors, TinyTask task) {
        GoldenRoutes out = new GoldenRoutes(new ArrayList<>(), new ArrayList<>());
        for (JsonNode route : node.get("routes")) {
            Tensor mask = tensors.get("case/" + name + "/" + route.get("mask").asText());
            boolean examples = route.get("granularity").asText().startsWith("example");
            Mechanism mechanism =
                    Mechanism.valueOf(route.get("mechanism").asText().toUpperCase(Locale.ROOT));
            if (mechanism == Mechanism.PARAMETER) {
                for (JsonNode part : route.get("applies_to")) {
                    String parameter = route.get("layer").asText() + "." + part.asText();
                    Parameter p =
                            Objects.requireNonNull(
                                    task.model().parameters().get(parameter), parameter);
                    int axis = axis(p, route.get("axis").asText());
                    out.add(task, mechanism, parameter, axis, p.axes().get(axis), mask, examples);
                }
            } else {
                String at = route.get("at").asText();
                HookPoint hook = Objects.requireNonNull(task.model().hooks().get(at), at);
                String axis = hook.axes().get(hook.axes().size() - 1);
                out.add(task, mechanism, at, 0, axis, mask, examples);
            }
        }
        return out;
    }

    /** Linear weights are [out, in]; the table's entries and the norm's units are its outputs. */
    private static int axis(Parameter p, String axis) {
        boolean last = axis.equals("in") || p.name().startsWith("embedding.");
        return last ? p.axes().size() - 1 : 0;
    }

    /** A mask that broadcasts against [points…, units], with one route name for each point. */
    private void add(
            TinyTask task,
            Mechanism mechanism,
            String at,
            int axis,
            String axisName,
            Tensor mask,
            boolean examples) {
        int units = units(task, mechanism, at, axis);
        long[] full = Arrays.copyOf(task.points(), task.points().length + 1);
        full[full.length - 1] = units;
        double[] weights = mask.expand(full).toDoubles();
        double[][] byPoint = new double[task.pointCount()][];
        Arrays.setAll(byPoint, p -> Arrays.copyOfRange(weights, p * units, (p + 1) * units));
        pointMasks.add(new RoutingOracle.PointMask(mechanism, at, axis, byPoint));

        long[] points = examples ? new long[] {task.points()[0]} : task.points();
        int count = (int) Arrays.stream(points).reduce(1, (a, b) -> a * b);
        int stride = byPoint.length / count;
        Map<String, Mask> masks = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            masks.put("point " + i, Mask.of(axisName, byPoint[i * stride]));
        }
        List<String> names = List.copyOf(masks.keySet());
        int[] ids = new int[count];
        Arrays.setAll(ids, i -> i);
        RoutingRule<Object> rule = batch -> Assignment.of(names, ids, points);
        routes.add(new Route<>(HookName.of(at), mechanism, rule, masks, MaskWeight.FULL));
    }

    private static int units(TinyTask task, Mechanism mechanism, String at, int axis) {
        if (mechanism == Mechanism.PARAMETER) {
            Parameter p = Objects.requireNonNull(task.model().parameters().get(at), at);
            return (int) p.value().size(axis);
        }
        HookPoint hook = Objects.requireNonNull(task.model().hooks().get(at), at);
        String name = hook.axes().get(hook.axes().size() - 1);
        return (int)
                task.model().parameters().values().stream()
                        .filter(p -> p.axis(name) >= 0)
                        .mapToLong(p -> p.value().size(p.axis(name)))
                        .findFirst()
                        .orElseThrow();
    }
}
