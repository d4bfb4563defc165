package dev.sluice.experiments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.Adam;
import dev.sluice.engine.DType;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Optimizer;
import dev.sluice.engine.ParameterGroup;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.layer.Linear;
import dev.sluice.routing.Ablation;
import dev.sluice.routing.Batch;
import dev.sluice.routing.Claim;
import dev.sluice.routing.HookName;
import dev.sluice.routing.IsolationVerifier;
import dev.sluice.routing.Mask;
import dev.sluice.routing.Region;
import dev.sluice.routing.Route;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.Router;
import dev.sluice.routing.RoutingRule;
import dev.sluice.routing.plan.PlanFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code of README.md and docs/tour.md, between the markers; {@link SnippetsTest} compares. */
class TourTest {
    @TempDir private Path temp = Path.of("");

    // snippet: model
    static final class Autoencoder extends Layer {
        private final Linear encoder =
                child("encoder", new Linear("pixel", 9, "latent", 32, false, DType.F32, Rng.of(1)));
        private final HookPoint code = hook("encoder.out", "batch", "latent");
        private final Linear decoder =
                child("decoder", new Linear("latent", 32, "pixel", 9, true, DType.F32, Rng.of(2)));

        Tensor forward(Tensor images) {
            return decoder.forward(code.apply(encoder.forward(images)));
        }
    }

    record Images(Tensor pixels, List<Integer> labels) implements Batch.Labelled {
        @Override
        public int size() {
            return labels.size();
        }

        @Override
        public long example(int row) {
            return row;
        }

        @Override
        public int label(int row) {
            return labels.get(row);
        }
    }

    static Tensor loss(Autoencoder model, Images batch) {
        return model.forward(batch.pixels()).sub(batch.pixels()).abs().mean();
    }

    /** Random pixels with these labels. */
    static Images images(Integer... labels) {
        Tensor pixels = Tensor.uniform(Rng.of(7), -1, 1, DType.F32, labels.length, 9);
        return new Images(pixels, List.of(labels));
    }

    // end

    // snippet: halves
    static RoutePlan<Images> halves() {
        return RoutePlan.of(
                Route.at(HookName.of("encoder.out"))
                        .<Images>by(RoutingRule.label(y -> y <= 4 ? "low" : "high"))
                        .mask("low", Mask.range("latent", 0, 16))
                        .mask("high", Mask.range("latent", 16, 32)));
    }

    // end

    // snippet: others
    static Images otherPixels(Images batch, boolean[] points, Rng rng) {
        float[] pixels = batch.pixels().toFloats();
        for (int i = 0; i < pixels.length; i++) {
            if (points[i / 9]) {
                pixels[i] = (float) rng.uniform(-100, 100);
            }
        }
        return new Images(Tensor.of(pixels, batch.size(), 9), batch.labels());
    }

    // end

    private static float[] encoderGradient(Layer model) {
        Tensor gradient =
                assertNotNullValue(model.parameters().get("encoder.weight")).value().grad();
        return assertNotNullValue(gradient).toFloats();
    }

    private static <T> T assertNotNullValue(@org.jspecify.annotations.Nullable T value) {
        assertNotNull(value);
        return java.util.Objects.requireNonNull(value);
    }

    @Test
    void the_snippets_run_in_one_method_from_top_to_bottom() {
        // snippet: open
        try (TensorScope scope = TensorScope.open();
                Autoencoder model = new Autoencoder()) {
            Images batch = images(0, 3, 4);
            // end
            // snippet: plan
            RoutePlan<Batch.Labelled> plan =
                    RoutePlan.of(
                            Route.at(HookName.of("encoder.out"))
                                    .<Batch.Labelled>by(
                                            RoutingRule.label(y -> y <= 4 ? "low" : "high"))
                                    .mask("low", Mask.range("latent", 0, 16))
                                    .mask("high", Mask.range("latent", 16, 32)));
            plan.check(model).orThrow();
            try (Router router = Router.open(model, plan, batch)) {
                loss(model, batch).backward();
                router.finish();
            }
            // end
            float[] g = encoderGradient(model);
            for (int i = 0; i < g.length; i++) {
                assertEquals(i / 9 >= 16, g[i] == 0, "unit " + i / 9);
            }
            Tensor weight = assertNotNullValue(model.parameters().get("encoder.weight")).value();
            Tensor before = weight.narrow(0, 16, 16).copy();
            // snippet: leave
            Region highHalf = Region.of("encoder.weight", "latent", 16, 32);
            RoutePlan<Images> careful = halves().leave(highHalf, "low");
            ParameterGroup all = ParameterGroup.of(model.parameters().values());
            model.clearGradients();
            try (Optimizer optimizer = new Optimizer(Adam.standard(), 1e-3, List.of(all));
                    Router router = Router.open(model, careful, batch)) {
                loss(model, batch).backward();
                router.finish();
                optimizer.step(router.leave());
            }
            // end
            assertTrue(weight.narrow(0, 16, 16).sameBits(before));
            assertFalse(weight.narrow(0, 0, 16).sameBits(before));
            // snippet: claim
            Images mixed = images(0, 3, 4, 7, 9);
            Claim<Images> claim = Claim.<Images>of(highHalf, "low").through("reconstruction");
            IsolationVerifier<Images> verifier =
                    new IsolationVerifier<>(
                            model,
                            halves().claim(claim),
                            b -> Map.of("reconstruction", loss(model, b)),
                            (b, points, rng) -> otherPixels(b, points, rng));
            model.clearGradients();
            verifier.check(mixed, Rng.of(0), 3).orThrow();
            // end
            Tensor full = model.forward(batch.pixels());
            // snippet: ablate
            Tensor without;
            Mask lowHalf = Mask.range("latent", 0, 16);
            try (Ablation off = Ablation.units(model, HookName.of("encoder.out"), lowHalf).zero()) {
                without = model.forward(batch.pixels());
            }
            // end
            assertFalse(without.sameBits(full));
            assertTrue(model.forward(batch.pixels()).sameBits(full));
        }
    }

    @Test
    void the_plan_file_of_the_tour_fits_the_model_of_the_tour() throws IOException {
        String page = Files.readString(SnippetsTest.root().resolve("docs/tour.md"));
        int start = page.indexOf("```yaml\n") + "```yaml\n".length();
        Path file =
                Files.writeString(
                        temp.resolve("plan.yaml"),
                        page.substring(start, page.indexOf("```", start)));
        try (TensorScope scope = TensorScope.open();
                Autoencoder model = new Autoencoder()) {
            RoutePlan<Batch.Labelled> plan = PlanFiles.read(file);
            assertEquals(1, plan.claims().size());
            assertEquals(List.of(), plan.check(model, Set.of("reconstruction")).problems());
        }
    }

    @Test
    void a_test_of_bytes_sees_a_changed_bit() {
        try (TensorScope scope = TensorScope.open()) {
            Tensor a = Tensor.of(new float[] {0f}, 1);
            Tensor b = Tensor.ofBytes(ByteBuffer.wrap(new byte[] {1, 0, 0, 0}), DType.F32, 1);
            assertFalse(a.sameBits(b));
        }
    }
}
