package dev.sluice.experiments.splitdigits;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.data.ImageSet;
import dev.sluice.engine.DType;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.testing.Golden;
import dev.sluice.engine.testing.GoldenCheck;
import dev.sluice.engine.testing.GoldenTensors;
import dev.sluice.experiments.splitdigits.SplitDigitsSettings.Routing;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Where the published loss is NaN, ours is guarded on purpose: a group without an image and a
 * constant unit contribute nothing. Everything else is the reference's.
 */
@Tag("golden")
class SplitDigitsGoldenEdgesTest {
    private static final double BOUND = 1e-9;

    private final Golden folder = Golden.subject("autoencoder");
    private final JsonNode index = folder.json("cases.json");
    private final GoldenTensors data = Objects.requireNonNull(folder.tensors("data.safetensors"));
    private final GoldenTensors init = Objects.requireNonNull(folder.tensors("init.safetensors"));

    @Test
    void an_empty_group_and_a_constant_unit_contribute_nothing_and_all_else_is_published() {
        GoldenCheck check = new GoldenCheck("autoencoder, edge cases");
        GoldenLosses.fields(index.path("edge_cases"))
                .forEach((name, json) -> edge(name, json, check));
        check.finish();
    }

    private void edge(String name, JsonNode json, GoldenCheck check) {
        check.startCase();
        GoldenCase golden = GoldenCase.standard(name, json, index);
        try (TensorScope scope = TensorScope.open();
                GoldenStep step =
                        new GoldenStep(
                                golden,
                                init,
                                GoldenStep.images(golden, data, rows(json)),
                                DType.F64)) {
            if (name.startsWith("constant_code_dimension")) {
                silence(step, GoldenCase.nominal(name));
            }
            Map<String, Tensor> terms = step.run();
            JsonNode published = json.path("terms_f64");
            double reconstruction =
                    finite(published, "first_route_on_its_digits")
                            + finite(published, "second_route_on_its_digits");
            number(name, terms, "reconstruction", reconstruction, check);
            double l1 = golden.typed().l1Low();
            double gamma = golden.typed().correlation();
            for (boolean first : new boolean[] {true, false}) {
                String half = golden.halfName(first);
                String theirs = first ? "first_half" : "second_half";
                double certificate = finite(published, "certificate_" + theirs);
                number(name, terms, "certificate_" + half, certificate, check);
                number(name, terms, "l1_" + half, l1 * finite(published, "l1_" + theirs), check);
            }
            if (rows(json).length == 1) {
                check.require(name + ": one image correlates", !terms.containsKey("correlation"));
            } else {
                double expected =
                        published.path("correlation").isNumber()
                                ? published.path("correlation").asDouble()
                                : guardedCorrelation(step.model.encode(step.pixels()));
                number(name, terms, "correlation", gamma * expected, check);
            }
            totals(name, json, terms, check);
            gradientsAreFinite(name, step, check);
        }
    }

    private int[] rows(JsonNode json) {
        return json.has("rows")
                ? StreamSupport.stream(json.path("rows").spliterator(), false)
                        .mapToInt(JsonNode::asInt)
                        .toArray()
                : IntStream.range(0, (int) data.get("labels").count()).toArray();
    }

    private static void silence(GoldenStep step, int unit) {
        Parameter out = Objects.requireNonNull(step.model.parameters().get("encoder.out.weight"));
        double[] weights = out.value().toDoubles();
        int in = (int) out.value().size(1);
        Arrays.fill(weights, unit * in, (unit + 1) * in, 0);
        out.value().copyFrom(Tensor.of(weights, out.value().shape()));
    }

    private static double finite(JsonNode terms, String name) {
        return terms.path(name).isNumber() ? terms.path(name).asDouble() : 0;
    }

    private static void number(
            String name,
            Map<String, Tensor> terms,
            String term,
            double expected,
            GoldenCheck check) {
        Tensor found = terms.get(term);
        double value = found == null ? Double.NaN : found.item();
        GoldenLosses.number(name + " " + term, expected, value, BOUND, check);
    }

    /** The sums that the reference gives where leaving out one term makes them finite. */
    private static void totals(
            String name, JsonNode json, Map<String, Tensor> terms, GoldenCheck check) {
        double total = GoldenStep.total(terms).item();
        JsonNode withoutSecond = json.path("total_second_route_weight_0_f64");
        if (withoutSecond.isNumber()) {
            GoldenLosses.number(name + " total", withoutSecond.asDouble(), total, BOUND, check);
        }
        JsonNode withoutCorrelation = json.path("total_correlation_weight_0_f64");
        Tensor correlation = terms.get("correlation");
        if (withoutCorrelation.isNumber() && correlation != null) {
            GoldenLosses.number(
                    name + " total without correlation",
                    withoutCorrelation.asDouble(),
                    total - correlation.item(),
                    BOUND,
                    check);
        }
    }

    private static void gradientsAreFinite(String name, GoldenStep step, GoldenCheck check) {
        step.model
                .parameters()
                .forEach(
                        (parameter, p) -> {
                            Tensor g = p.grad();
                            check.require(
                                    name + ": gradient of " + parameter + " is not finite",
                                    g == null
                                            || Arrays.stream(g.toDoubles())
                                                    .allMatch(Double::isFinite));
                        });
    }

    /** Mean over pairs of |ρ|, by definition; 0 where a unit is constant. */
    private static double guardedCorrelation(Tensor code) {
        int n = (int) code.size(0);
        int units = (int) code.size(1);
        double[] z = code.toDoubles();
        double sum = 0;
        for (int a = 0; a < units / 2; a++) {
            for (int b = units / 2; b < units; b++) {
                double product = covariance(z, n, units, a, a) * covariance(z, n, units, b, b);
                double pair = covariance(z, n, units, a, b) / Math.sqrt(product);
                sum += product == 0 ? 0 : Math.abs(pair) * (n - 1) / n;
            }
        }
        int half = units / 2;
        double pairs = half * (double) half;
        return sum / pairs;
    }

    private static double covariance(double[] z, int n, int units, int a, int b) {
        double meanA = IntStream.range(0, n).mapToDouble(i -> z[i * units + a]).sum() / n;
        double meanB = IntStream.range(0, n).mapToDouble(i -> z[i * units + b]).sum() / n;
        return IntStream.range(0, n)
                        .mapToDouble(i -> (z[i * units + a] - meanA) * (z[i * units + b] - meanB))
                        .sum()
                / (n - 1);
    }

    @Test
    void one_pass_weighs_and_masks_each_image_as_the_two_published_passes_together() {
        GoldenCheck check = new GoldenCheck("autoencoder, one pass");
        GoldenLosses.fields(index.path("one_pass_per_example_mask"))
                .forEach(
                        (name, json) -> {
                            JsonNode described = index.path("cases").path(name);
                            if (json.has("f64") && described.isObject()) {
                                onePass(GoldenCase.of(name, described, index), json, check);
                            }
                        });
        check.finish();
    }

    private void onePass(GoldenCase golden, JsonNode json, GoldenCheck check) {
        check.startCase();
        String name = golden.name();
        try (TensorScope scope = TensorScope.open()) {
            int[] all = IntStream.range(0, (int) data.get("labels").count()).toArray();
            ImageSet images = GoldenStep.images(golden, data, all);
            boolean onAll = golden.typed().routing() == Routing.HIGH_HALF_ON_ALL;
            try (GoldenStep step = new GoldenStep(golden, init, images, DType.F64)) {
                JsonNode expected = json.path("f64").path("total_one_pass");
                total(name + " total", expected, step, check);
                for (int i = 0; i < images.size(); i++) {
                    boolean first = (images.label(i) >= 5) == golden.swapped();
                    String weight =
                            first ? "weight_of_a_first_half_example" : "weight_of_another_example";
                    GoldenLosses.number(
                            name + " weight of image " + i,
                            fraction(json.path(weight).asText()),
                            step.weights.total()[i],
                            BOUND,
                            check);
                    double own = first == golden.swapped() ? 1 : 0;
                    check.require(
                            name + ": mask of image " + i,
                            golden.typed().routing() == Routing.NONE
                                    || step.highShare()[i] == (onAll && !first ? 0.5 : own));
                }
            }
            GoldenCase single = golden.with("mean", "single");
            try (GoldenStep step = new GoldenStep(single, init, images, DType.F64)) {
                JsonNode expected = json.path("single_overall_mean_instead_f64").path("total");
                if (!onAll && expected.isNumber()) {
                    total(name + " total of a single mean", expected, step, check);
                }
            }
        }
    }

    private static void total(String name, JsonNode expected, GoldenStep step, GoldenCheck check) {
        double found = GoldenStep.total(step.run()).item();
        GoldenLosses.number(name, expected.asDouble(), found, BOUND, check);
    }

    private static double fraction(String text) {
        String[] parts = text.split("/", -1);
        return Double.parseDouble(parts[0]) / Double.parseDouble(parts[1]);
    }
}
