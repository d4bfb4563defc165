package dev.sluice.models.transformer;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The routes of one case of {@code routing}, in Sluice's language. There, a later spec takes the
 * place of an earlier one at the same hook point, and the mask weight also multiplies the rows of
 * ones; here, that is said in full.
 */
record GoldenRouting(JsonNode node, GoldenTensors tensors) {
    private String path(String tensor) {
        return "case/" + node.get("name").asText() + "/" + tensor;
    }

    private Tensor get(String tensor) {
        return tensors.get(path(tensor));
    }

    /** The routes with masks along one axis. */
    RoutePlan<Object> plan() {
        List<Route<Object>> routes = new ArrayList<>();
        byHook().forEach((hook, spec) -> addRoutes(routes, hook, spec));
        return new RoutePlan<>(routes, List.of(), List.of());
    }

    /** The masks over two axes at once, which no route has: [points…, head, d_head] by hook. */
    Map<String, Tensor> joint() {
        Map<String, Tensor> joint = new LinkedHashMap<>();
        byHook().forEach(
                        (hook, spec) -> {
                            Tensor table = get(spec.get("table").asText());
                            if (Table.of(table, spec.get("hook").asText()) == null) {
                                joint.put(hook, jointMask(table, spec));
                            }
                        });
        return joint;
    }

    private Tensor jointMask(Tensor table, JsonNode spec) {
        if (!node.get("action").asText().equals("route")) {
            throw new AssertionError("a table of heads and their dimensions, ablated");
        }
        Tensor rule = get(spec.get("rule").asText());
        long[] s = table.shape();
        Tensor mask;
        if (node.get("mode").asText().equals("blend")) {
            Tensor w = rule.unsqueeze(-1).unsqueeze(-1).to(table.dtype());
            Tensor first = table.narrow(0, 0, 1);
            mask = first.add(w.mul(table.narrow(0, 1, 1).sub(first)));
        } else {
            mask =
                    table.reshape(s[0], s[1] * s[2])
                            .embed(rule)
                            .reshape(rule.size(0), rule.size(1), s[1], s[2]);
        }
        return mask.mul(node.get("mask_weight").asDouble());
    }

    private Map<String, JsonNode> byHook() {
        Map<String, JsonNode> byHook = new LinkedHashMap<>();
        for (JsonNode spec : node.get("specs")) {
            for (JsonNode layer : spec.get("layers")) {
                String hook = "blocks." + layer.asInt() + "." + spec.get("hook").asText();
                byHook.remove(hook);
                byHook.put(hook, spec);
            }
        }
        return byHook;
    }

    private void addRoutes(List<Route<Object>> routes, String hook, JsonNode spec) {
        Table table = Table.of(get(spec.get("table").asText()), spec.get("hook").asText());
        if (table == null) {
            return;
        }
        Tensor rule = get(spec.get("rule").asText());
        if (node.get("action").asText().equals("zero_ablate")) {
            int row = node.get("index").asInt();
            int[] ids = new int[(int) rule.count()];
            Arrays.fill(ids, row);
            Assignment all = Assignment.of(table.names(), ids, rule.shape());
            routes.add(table.route(hook, Mechanism.FORWARD, all, MaskWeight.FULL, m -> 1 - m));
            return;
        }
        MaskWeight weight = new MaskWeight(0, node.get("mask_weight").asDouble(), true);
        Assignment assignment =
                node.get("mode").asText().equals("blend")
                        ? Assignment.blend("row 0", "row 1", rule.toFloats(), rule.shape())
                        : Assignment.of(table.names(), ids(rule), rule.shape());
        routes.add(table.route(hook, Mechanism.ACTIVATION, assignment, weight, m -> m));
        if (node.get("action").asText().equals("route_and_ablate")) {
            Assignment chosen = Assignment.of(table.names(), chosen(rule), rule.shape());
            routes.add(
                    table.route(
                            hook, Mechanism.FORWARD, chosen, MaskWeight.FULL, m -> m == 0 ? 0 : 1));
        }
    }

    private static int[] ids(Tensor rule) {
        return Arrays.stream(rule.toLongs()).mapToInt(Math::toIntExact).toArray();
    }

    private int[] chosen(Tensor rule) {
        List<Integer> own = new ArrayList<>();
        node.get("own").forEach(id -> own.add(id.asInt()));
        int otherwise = node.get("default").asInt();
        return Arrays.stream(ids(rule)).map(id -> own.contains(id) ? id : otherwise).toArray();
    }

    /** The rows of masks along one axis of a hook point. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Table(String axis, double[][] rows) {
        static @Nullable Table of(Tensor table, String hook) {
            int n = (int) table.size(0);
            if (table.rank() == 2) {
                String axis = hook.equals("mlp.hook_post") ? "d_mlp" : "d_model";
                return new Table(axis, rows(table, n));
            }
            Tensor ofHeads = table.narrow(2, 0, 1);
            Tensor ofDimensions = table.narrow(1, 0, 1);
            if (table.sub(ofHeads).abs().max().item() == 0) {
                return new Table("head", rows(ofHeads, n));
            }
            return table.sub(ofDimensions).abs().max().item() == 0
                    ? new Table("d_head", rows(ofDimensions, n))
                    : null;
        }

        private static double[][] rows(Tensor table, int n) {
            double[] all = table.toDoubles();
            int size = all.length / n;
            double[][] rows = new double[n][];
            Arrays.setAll(rows, i -> Arrays.copyOfRange(all, i * size, (i + 1) * size));
            return rows;
        }

        List<String> names() {
            List<String> names = new ArrayList<>();
            for (int i = 0; i < rows.length; i++) {
                names.add("row " + i);
            }
            return names;
        }

        Route<Object> route(
                String hook,
                Mechanism mechanism,
                Assignment assignment,
                MaskWeight weight,
                DoubleUnaryOperator of) {
            Map<String, Mask> masks = new LinkedHashMap<>();
            for (int i = 0; i < rows.length; i++) {
                masks.put("row " + i, Mask.of(axis, Arrays.stream(rows[i]).map(of).toArray()));
            }
            RoutingRule<Object> rule = batch -> assignment;
            return new Route<>(HookName.of(hook), mechanism, rule, masks, weight);
        }
    }
}
