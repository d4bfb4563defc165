package dev.sluice.experiments.splitdigits;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.testing.GoldenCheck;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** The reference's scalars in Sluice's words, and how they are compared. */
public final class GoldenLosses {
    private static final String L1 = "l1";

    private GoldenLosses() {}

    /** The fields of a JSON object, in its order. */
    public static Map<String, JsonNode> fields(JsonNode node) {
        Map<String, JsonNode> fields = new LinkedHashMap<>();
        node.fields().forEachRemaining(e -> fields.put(e.getKey(), e.getValue()));
        return fields;
    }

    /**
     * The weighted terms that a case has, under our names; the sum of both penalties is {@code l1}
     * where the reference gives no more.
     */
    static Map<String, Double> weighted(GoldenCase golden) {
        JsonNode terms = golden.json().path("terms_f64");
        JsonNode w = golden.json().path("loss_weights");
        Map<String, Double> expected = new LinkedHashMap<>();
        expected.put(
                "certificate_" + golden.halfName(true),
                terms.path("certificate_first_half").asDouble());
        expected.put(
                "certificate_" + golden.halfName(false),
                terms.path("certificate_second_half").asDouble());
        if (terms.has("reconstruction")) {
            expected.put("reconstruction", terms.path("reconstruction").asDouble());
            expected.put(L1, terms.path("l1_weighted").asDouble());
            return expected;
        }
        double reconstruction = 0;
        for (String term : fields(terms).keySet()) {
            if (term.contains("_route_on_")) {
                reconstruction += product(terms, w, term);
            }
        }
        expected.put("reconstruction", reconstruction);
        put(expected, "l1_" + golden.halfName(true), product(terms, w, "l1_first_half"));
        put(expected, "l1_" + golden.halfName(false), product(terms, w, "l1_second_half"));
        put(expected, "correlation", product(terms, w, "correlation"));
        return expected;
    }

    /** Weight times term; a term of weight 0 is left out, whatever its value. */
    private static double product(JsonNode terms, JsonNode weights, String term) {
        double weight = weights.path(term).asDouble();
        return weight == 0 ? 0 : weight * terms.path(term).asDouble();
    }

    private static void put(Map<String, Double> expected, String name, double value) {
        if (value != 0) {
            expected.put(name, value);
        }
    }

    /** Our terms, with both penalties in one where the reference has them so. */
    static Map<String, Double> found(Map<String, Tensor> terms, boolean joined) {
        Map<String, Double> found = new LinkedHashMap<>();
        terms.forEach(
                (name, t) ->
                        found.merge(
                                joined && name.startsWith("l1_") ? L1 : name,
                                t.item(),
                                Double::sum));
        return found;
    }

    /** Compares a scalar, relative to itself. */
    public static void number(
            String name, double expected, double found, double bound, GoldenCheck check) {
        check.compare(
                name,
                Tensor.of(new double[] {expected}, 1),
                Tensor.of(new double[] {found}, 1),
                bound,
                0);
    }

    /** Compares the sums of a tensor, each relative to the sum of its magnitudes. */
    public static void sums(
            String name, JsonNode expected, Tensor found, double bound, GoldenCheck check) {
        double[] values = found.toDoubles();
        double sum = Arrays.stream(values).sum();
        double absolute = Arrays.stream(values).map(Math::abs).sum();
        double squares = Arrays.stream(values).map(v -> v * v).sum();
        double largest = Arrays.stream(values).map(Math::abs).max().orElse(0);
        double allowed = bound * expected.path("abs_sum").asDouble();
        check.compare(
                name + " sum",
                Tensor.of(new double[] {expected.path("sum").asDouble()}, 1),
                Tensor.of(new double[] {sum}, 1),
                0,
                allowed);
        number(name + " abs_sum", expected.path("abs_sum").asDouble(), absolute, bound, check);
        number(name + " l2", expected.path("l2").asDouble(), Math.sqrt(squares), bound, check);
        number(name + " max_abs", expected.path("max_abs").asDouble(), largest, bound, check);
    }
}
