package dev.sluice.engine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.engine.testing.Golden;
import dev.sluice.engine.testing.GoldenCheck;
import dev.sluice.engine.testing.GoldenTensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("golden")
class OptimizerGoldenTest {
    private record Bounds(double relative, double absolute) {}

    @ParameterizedTest(name = "{0}, parameters {1}")
    @CsvSource({"f64,dense", "f32,dense", "f64,strided", "f32,strided"})
    void every_trajectory_is_that_of_the_reference(String precision, String layout) {
        Golden golden = Golden.subject("optimiser");
        JsonNode index = golden.json("cases.json");
        GoldenCheck check = new GoldenCheck("optimiser, " + precision + ", " + layout);
        GoldenTensors tensors = golden.tensors("cases." + precision + ".safetensors");
        if (tensors != null) {
            JsonNode t = index.path("tolerance").path(precision);
            double least = precision.equals("f32") ? 1e-5 : 1e-12;
            Bounds bounds =
                    new Bounds(
                            t.path("relative_to_tensor_max").asDouble(least),
                            t.path("absolute").asDouble(least / 100));
            for (JsonNode c : index.path("cases")) {
                try (Walk walk = new Walk(c, tensors, layout.equals("strided"))) {
                    walk.check(check, bounds);
                }
            }
        }
        check.finish();
    }

    /** One case: the optimiser under test, driven by the case's gradients and masks. */
    private static final class Walk implements AutoCloseable {
        private final JsonNode settings;
        private final GoldenTensors golden;
        private final String prefix;
        private final TensorScope scope = TensorScope.open();
        private final Map<String, Parameter> parameters = new LinkedHashMap<>();
        private final Map<String, List<Tensor>> found = new LinkedHashMap<>();
        private final Optimizer optimizer;

        Walk(JsonNode settings, GoldenTensors golden, boolean strided) {
            this.settings = settings;
            this.golden = golden;
            prefix = "case/" + settings.path("name").asText() + "/";
            settings.path("tensors")
                    .fieldNames()
                    .forEachRemaining(
                            name -> {
                                if (golden.has(prefix + "param/" + name)) {
                                    Tensor start = at("param/" + name, 0);
                                    parameters.put(
                                            name,
                                            Optimizers.parameter(
                                                    name,
                                                    strided ? Optimizers.strided(start) : start));
                                }
                            });
            optimizer =
                    new Optimizer(
                            rule(),
                            0,
                            List.of(
                                    new ParameterGroup(
                                            List.copyOf(parameters.values()),
                                            1,
                                            settings.path("weight_decay").asDouble())));
        }

        private UpdateRule rule() {
            double beta1 = settings.path("betas").path(0).asDouble();
            double beta2 = settings.path("betas").path(1).asDouble();
            double eps = settings.path("eps").asDouble();
            return switch (settings.path("kind").asText()) {
                case "adam" -> new Adam(beta1, beta2, eps);
                case "adamw" -> new AdamW(beta1, beta2, eps);
                case "sgd" ->
                        new Sgd(
                                settings.path("momentum").asDouble(),
                                settings.path("dampening").asDouble(),
                                settings.path("nesterov").asBoolean());
                default -> throw new AssertionError("unknown kind in " + settings);
            };
        }

        /** Row {@code step} of a tensor of the case. */
        private Tensor at(String name, int step) {
            Tensor t = golden.get(prefix + name);
            long[] shape = t.shape();
            return t.narrow(0, step, 1).reshape(Arrays.copyOfRange(shape, 1, shape.length));
        }

        void check(GoldenCheck check, Bounds bounds) {
            if (parameters.isEmpty()) {
                return;
            }
            check.startCase();
            note();
            int steps = settings.path("steps").asInt();
            for (int step = 0; step < steps; step++) {
                step(step, check);
                note();
            }
            found.forEach(
                    (name, rows) -> {
                        if (golden.has(prefix + name)) {
                            check.compare(
                                    prefix + name,
                                    golden.get(prefix + name),
                                    Tensor.stack(rows, 0),
                                    bounds.relative(),
                                    name.startsWith("count/") ? 0 : bounds.absolute());
                        }
                    });
        }

        private void step(int step, GoldenCheck check) {
            JsonNode rate = settings.path("lr");
            optimizer.setLearningRate((rate.isArray() ? rate.path(step) : rate).asDouble());
            optimizer.clearGradients();
            Map<Parameter, Tensor> masks = new LinkedHashMap<>();
            parameters.forEach(
                    (name, p) -> {
                        p.value().addGrad(at("grad/" + name, step));
                        if (golden.has(prefix + "mask/" + name)) {
                            masks.put(p, at("mask/" + name, step).eq(0));
                        }
                    });
            Leave leave = Leave.of(masks);
            if (settings.has("clip")) {
                double norm = optimizer.clipGradients(settings.path("clip").asDouble(), leave);
                add("norm", Tensor.of(new double[] {norm}));
                parameters.forEach(
                        (name, p) -> add("clipped/" + name, Objects.requireNonNull(p.grad())));
            }
            Map<Parameter, Tensor> before = new LinkedHashMap<>();
            masks.forEach((p, mask) -> before.put(p, p.value().copy()));
            optimizer.step(leave);
            masks.forEach(
                    (p, mask) -> {
                        Tensor kept = Objects.requireNonNull(before.get(p));
                        Tensor now = p.value().detach();
                        Tensor zero = Tensor.zeros(now.dtype());
                        check.require(
                                prefix + p.name() + " step " + step + " moved what is left",
                                now.where(mask, zero).sameBits(kept.where(mask, zero)));
                    });
        }

        /** Notes the present values under the names of the reference. */
        private void note() {
            Map<String, Tensor> state = optimizer.state();
            parameters.forEach(
                    (name, p) -> {
                        Tensor value = p.value().detach();
                        add("param/" + name, value);
                        for (String moment : List.of("m", "v", "buffer")) {
                            Tensor kept = state.get(moment + "/" + name);
                            add(moment + "/" + name, kept == null ? value.mul(0) : kept);
                        }
                        Tensor count = state.get("step/" + name);
                        Tensor none = Tensor.zeros(DType.I64, value.shape());
                        add("count/" + name, count == null ? none : none.add(count));
                    });
        }

        private void add(String name, Tensor value) {
            found.computeIfAbsent(name, n -> new ArrayList<>()).add(value.copy());
        }

        @Override
        public void close() {
            optimizer.close();
            parameters.values().forEach(Parameter::close);
            scope.close();
        }
    }
}
