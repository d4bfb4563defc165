package dev.sluice.models.transformer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.engine.DType;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.testing.Golden;
import dev.sluice.engine.testing.GoldenCheck;
import dev.sluice.engine.testing.NoNativeLeaks;
import dev.sluice.routing.ExpandedRoutes;
import dev.sluice.routing.Expansion;
import dev.sluice.routing.Mask;
import dev.sluice.routing.Route;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The routes of expanded models, in the tables of masks that the published library makes. */
@Tag("golden")
@ExtendWith(NoNativeLeaks.class)
final class PairedMasksGoldenTest {
    private final Golden golden = Golden.subject("expansion");

    @Test
    void masks_of_every_configuration_are_the_rows_of_the_published_tables() {
        GoldenCheck check = new GoldenCheck("expansion, masks");
        for (JsonNode node : golden.json("mask-specs.json").get("configurations")) {
            check.startCase();
            try (TensorScope scope = TensorScope.open()) {
                run(check, node);
            }
        }
        check.finish();
    }

    private void run(GoldenCheck check, JsonNode node) {
        JsonNode index = golden.json(node.get("model").asText() + ".json");
        ObjectNode architecture = (ObjectNode) index.get("architecture");
        node.get("original")
                .fields()
                .forEachRemaining(e -> architecture.set(e.getKey(), e.getValue()));
        architecture.set("n_layers", node.get("n_layers"));
        try (Transformer original = Transformer.blank(new LensModel(index).config(), DType.F32)) {
            Expansion expansion =
                    ExpansionGoldenTest.appended(node.get("added")).inProportion(original);
            TransformerConfig config = original.config().resized(expansion::size);
            try (Transformer expanded = Transformer.blank(config, DType.F32)) {
                JsonNode rates = node.get("rates");
                ExpandedRoutes routes =
                        ExpansionGoldenTest.routes(expansion, expanded)
                                .rates(
                                        new ExpandedRoutes.Rates(
                                                rates.get("expanded_target").asDouble(),
                                                rates.get("original_target").asDouble(),
                                                rates.get("expanded_off_target").asDouble(),
                                                rates.get("original_off_target").asDouble()));
                for (JsonNode layer : node.get("target_layers")) {
                    routes = routes.target("blocks." + layer.asInt() + ".**");
                }
                compare(check, node.get("specs"), routes, expanded);
            }
        }
    }

    private static void compare(
            GoldenCheck check, JsonNode specs, ExpandedRoutes routes, Transformer expanded) {
        Map<String, Route<Object>> byHook = PairedMasks.byHook(routes);
        int layers = 0;
        for (JsonNode spec : specs) {
            for (JsonNode layer : spec.get("layers")) {
                layers++;
                String hook = "blocks." + layer.asInt() + "." + spec.get("hook").asText();
                Route<Object> route = Objects.requireNonNull(byHook.get(hook), hook);
                Mask isNew = Objects.requireNonNull(routes.newUnits().get(hook), hook);
                JsonNode rows = spec.get("rows");
                Rows there = new Rows(hook, expanded);
                there.compare(check, rows, "0", PairedMasks.mask(route, PairedMasks.FORGET));
                there.compare(check, rows, "1", PairedMasks.mask(route, PairedMasks.RETAIN));
                there.compare(check, rows, "2", isNew);
                Mask ones = Mask.all(isNew.axis(), 1);
                Mask others = route.masks().getOrDefault(Route.OTHERS, ones);
                there.compare(check, rows, "3", others);
                there.compare(check, rows, "4", others);
            }
        }
        check.require("as many routes as layers of specs", byHook.size() == layers);
    }

    /** The rows of a table at a hook point, named by number and meaning. */
    private record Rows(String hook, Transformer expanded) {
        void compare(GoldenCheck check, JsonNode rows, String number, Mask mask) {
            boolean found = false;
            for (Map.Entry<String, JsonNode> row : rows.properties()) {
                if (row.getKey().startsWith(number + " ")) {
                    found = true;
                    double[] expected = flat(row.getValue());
                    Tensor table = Tensor.of(expected, expected.length);
                    double[] weights = weights(mask);
                    check.compare(
                            hook + " row " + row.getKey(),
                            table,
                            Tensor.of(weights, weights.length),
                            0,
                            0);
                }
            }
            check.require(hook + " has row " + number, found || number.compareTo("2") > 0);
        }

        private double[] weights(Mask mask) {
            TransformerConfig.BlockSizes block =
                    expanded.config().blocks().get(Integer.parseInt(hook.split("\\.", -1)[1]));
            if (hook.endsWith("hook_z")) {
                return PairedMasks.weights(
                        mask, List.of("head", "d_head"), block.heads(), block.dHead());
            }
            return hook.endsWith("mlp.hook_post")
                    ? PairedMasks.weights(mask, List.of("d_mlp"), block.dMlp())
                    : PairedMasks.weights(mask, List.of("d_model"), expanded.config().dModel());
        }

        private static double[] flat(JsonNode row) {
            List<Double> all = new ArrayList<>();
            row.forEach(
                    x -> {
                        if (x.isArray()) {
                            Arrays.stream(flat(x)).forEach(all::add);
                        } else {
                            all.add(x.asDouble());
                        }
                    });
            return all.stream().mapToDouble(Double::doubleValue).toArray();
        }
    }
}
