package dev.sluice.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.engine.DType;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.testing.Golden;
import dev.sluice.engine.testing.GoldenCheck;
import dev.sluice.engine.testing.GoldenTensors;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.RoutingTrace;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The published meaning of the three mechanisms, in numbers that another program computed. */
@Tag("golden")
final class PrimitivesGoldenTest {
    private static final List<String> NETWORKS = List.of("mlp", "tokens");
    private static final List<DType> TYPES = List.of(DType.F64, DType.F32);

    private final Golden golden = Golden.subject("primitives");

    @Test
    void routerReproducesEveryCase() {
        GoldenCheck check = new GoldenCheck("primitives, router");
        forEveryCase(check, c -> compareRouter(check, c));
        check.finish();
    }

    @Test
    void oracleReproducesEveryCase() {
        GoldenCheck check = new GoldenCheck("primitives, oracle");
        forEveryCase(check, c -> compareOracle(check, c));
        check.finish();
    }

    /** A case that was found, with its network built and its weights loaded. */
    private record Case(
            String name, DType dtype, GoldenTensors tensors, TinyTask task, GoldenRoutes routes) {
        String path(String tensor) {
            return "case/" + name + "/" + tensor;
        }

        Tensor get(String tensor) {
            return tensors.get(path(tensor));
        }

        boolean has(String tensor) {
            return tensors.has(path(tensor));
        }
    }

    private void forEveryCase(GoldenCheck check, Consumer<Case> body) {
        for (String network : NETWORKS) {
            if (!Files.exists(golden.folder().resolve(network + ".json"))) {
                continue;
            }
            JsonNode index = golden.json(network + ".json");
            for (DType dtype : TYPES) {
                GoldenTensors tensors =
                        golden.tensors(network + "." + dtype.label() + ".safetensors");
                if (tensors == null) {
                    continue;
                }
                for (JsonNode node : index.get("cases")) {
                    runCase(check, network, dtype, tensors, node, body);
                }
            }
        }
    }

    private static void runCase(
            GoldenCheck check,
            String network,
            DType dtype,
            GoldenTensors tensors,
            JsonNode node,
            Consumer<Case> body) {
        String name = node.get("name").asText();
        if (tensors.names().stream().noneMatch(t -> t.startsWith("case/" + name + "/"))) {
            return;
        }
        check.startCase();
        try (TensorScope scope = TensorScope.open()) {
            TinyTask task =
                    network.equals("mlp")
                            ? mlp(name, dtype, tensors, node)
                            : tokens(name, dtype, tensors, node);
            try (var model = task.model()) {
                Map<String, Tensor> state = new LinkedHashMap<>();
                model.parameters()
                        .keySet()
                        .forEach(p -> state.put(p, tensors.get("case/" + name + "/param/" + p)));
                model.load(state);
                GoldenRoutes routes = GoldenRoutes.read(name, node, tensors, task);
                body.accept(new Case(name, dtype, tensors, task, routes));
            }
        }
    }

    private static TinyTask mlp(String name, DType dtype, GoldenTensors tensors, JsonNode node) {
        JsonNode s = node.get("sizes");
        TinyMlp.Sizes sizes =
                new TinyMlp.Sizes(
                        s.get("in").asLong(),
                        s.get("h1").asLong(),
                        s.get("h2").asLong(),
                        s.get("out").asLong());
        boolean sequences = node.get("points").size() == 2;
        TinyMlp model = new TinyMlp(sizes, sequences, tanh(node), dtype, Rng.of(0));
        return new MlpTask(
                model,
                tensors.get("case/" + name + "/x").requireGrad(),
                tensors.get("case/" + name + "/target"));
    }

    private static TinyTask tokens(String name, DType dtype, GoldenTensors tensors, JsonNode node) {
        JsonNode s = node.get("sizes");
        TinyTokens.Sizes sizes =
                new TinyTokens.Sizes(s.get("v").asLong(), s.get("d").asLong(), s.get("h").asLong());
        TinyTokens model =
                new TinyTokens(sizes, node.get("eps").asDouble(), tanh(node), dtype, Rng.of(0));
        return new TokensTask(
                model,
                tensors.get("case/" + name + "/ids"),
                tensors.get("case/" + name + "/mix"),
                tensors.get("case/" + name + "/target"));
    }

    private static boolean tanh(JsonNode node) {
        return node.get("gelu").asText().equals("tanh");
    }

    private static void compareRouter(GoldenCheck check, Case c) {
        RoutePlan<Object> plan = c.routes().plan();
        plan.check(c.task().model()).orThrow();
        RoutedStep step = RoutedStep.of(c.task(), plan, 0);
        compare(check, c, "output", step.output());
        compare(check, c, "loss", step.loss().reshape(1));
        step.gradients().forEach((name, g) -> compareGradient(check, c, "grad/" + name, g));
        compareGradient(check, c, "grad/input", step.arrived(c.task().entrance()));
        RoutingTrace trace = step.trace();
        check.require(
                c.path("every route did something"), trace.places().size() >= plan.routes().size());
    }

    private static void compareOracle(GoldenCheck check, Case c) {
        Map<String, Tensor> gradients =
                RoutingOracle.gradients(
                        c.task().pointwise(),
                        c.task().model().state(),
                        c.task().pointCount(),
                        c.routes().pointMasks());
        gradients.forEach((name, g) -> compareGradient(check, c, "grad/" + name, g));
    }

    /** Also holds exact zeros: what a zero mask removes is gone, not small. */
    private static void compareGradient(GoldenCheck check, Case c, String tensor, Tensor actual) {
        compare(check, c, tensor, actual);
        if (c.has(tensor)) {
            double[] expected = c.get(tensor).toDoubles();
            double[] found = actual.toDoubles();
            boolean same = expected.length == found.length;
            for (int i = 0; same && i < expected.length; i++) {
                same = expected[i] != 0 || found[i] == 0;
            }
            check.require(c.path(tensor) + " " + c.dtype() + ": zeros are exact", same);
        }
    }

    private static void compare(GoldenCheck check, Case c, String tensor, Tensor actual) {
        if (c.has(tensor)) {
            boolean f64 = c.dtype() == DType.F64;
            check.compare(
                    c.path(tensor) + " " + c.dtype(),
                    c.get(tensor),
                    actual,
                    f64 ? 1e-12 : 1e-5,
                    f64 ? 1e-14 : 1e-7);
        }
    }
}
