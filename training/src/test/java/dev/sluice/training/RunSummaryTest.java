package dev.sluice.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.training.RunSummary.Isolation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RunSummaryTest {
    private static RunSummary empty(List<Long> seeds) {
        DataIdentity data =
                new DataIdentity("generated", true, 12000, 2000, Map.of("train-images", "ab"));
        return new RunSummary(
                "split-digits", "quick", data, seeds, List.of("routed", "no-routing"));
    }

    private static String text(RunSummary summary) {
        return new String(summary.toJson(), StandardCharsets.UTF_8);
    }

    @Test
    void one_seed_has_the_bytes_of_the_schema_with_null_for_intervals() {
        RunSummary summary = empty(List.of(0L));
        summary.put("no-routing", 0, "separation.low", 1.0);
        summary.put("routed", 0, "separation.low", 2.5);
        summary.put("routed", 0, "decoder.mse.low", 2e-3);
        summary.put("routed", new Isolation(2, 12, 0));
        summary.compare("routed", "no-routing");
        summary.status(RunManifest.Status.COMPLETE);
        String expected =
                """
                {
                  "schema" : "sluice.summary/1",
                  "experiment" : "split-digits",
                  "preset" : "quick",
                  "status" : "complete",
                  "data" : {
                    "name" : "generated",
                    "generated" : true,
                    "train" : 12000,
                    "test" : 2000,
                    "sha256" : {
                      "train-images" : "ab"
                    }
                  },
                  "seeds" : [ 0 ],
                  "variants" : {
                    "routed" : {
                      "metrics" : {
                        "decoder.mse.low" : {
                          "values" : [ 0.002 ],
                          "mean" : 0.002,
                          "ci95" : null
                        },
                        "separation.low" : {
                          "values" : [ 2.5 ],
                          "mean" : 2.5,
                          "ci95" : null
                        }
                      },
                      "isolation" : {
                        "claims" : 2,
                        "checked_steps" : 12,
                        "violations" : 0
                      }
                    },
                    "no-routing" : {
                      "metrics" : {
                        "separation.low" : {
                          "values" : [ 1.0 ],
                          "mean" : 1.0,
                          "ci95" : null
                        }
                      },
                      "isolation" : {
                        "claims" : 0,
                        "checked_steps" : 0,
                        "violations" : 0
                      }
                    }
                  },
                  "comparisons" : [ {
                    "metric" : "separation.low",
                    "a" : "routed",
                    "b" : "no-routing",
                    "difference" : 1.5,
                    "ci95" : null,
                    "pairs" : 1
                  } ]
                }
                """;
        assertEquals(expected, text(summary));
    }

    @Test
    void means_intervals_and_paired_differences_are_those_worked_out_by_hand() throws Exception {
        RunSummary summary = empty(List.of(0L, 1L, 2L));
        double[] routed = {1, 2, 6};
        double[] control = {0, 3, 3};
        for (int seed = 0; seed < 3; seed++) {
            summary.put("routed", seed, "m", routed[seed]);
            summary.put("no-routing", seed, "m", control[seed]);
        }
        summary.compare("routed", "no-routing");
        var json = Json.mapper().readTree(summary.toJson());
        var metric = json.at("/variants/routed/metrics/m");
        assertEquals(3.0, metric.get("mean").asDouble(), 1e-15);
        // s² = (4 + 1 + 9) / 2 = 7; t(0.975, 2) = 4.302653 from a table
        double half = 4.302653 * Math.sqrt(7.0 / 3);
        assertEquals(3 - half, metric.get("ci95").get(0).asDouble(), 1e-6);
        assertEquals(3 + half, metric.get("ci95").get(1).asDouble(), 1e-6);
        var comparison = json.at("/comparisons/0");
        // differences 1, −1, 3: mean 1, s² = 4
        double pairedHalf = 4.302653 * Math.sqrt(4.0 / 3);
        assertEquals(1.0, comparison.get("difference").asDouble(), 1e-15);
        assertEquals(1 - pairedHalf, comparison.get("ci95").get(0).asDouble(), 1e-6);
        assertEquals(3, comparison.get("pairs").asInt());
    }

    @Test
    void a_missing_or_undefined_value_is_null_and_pairs_are_seeds_that_both_have()
            throws Exception {
        RunSummary summary = empty(List.of(0L, 1L, 2L));
        summary.put("routed", 0, "m", 1.0);
        summary.put("routed", 2, "m", 2.0);
        summary.put("no-routing", 1, "m", 1.0);
        summary.put("no-routing", 2, "m", 0.5);
        summary.put("no-routing", 2, "other", 0.5);
        summary.put("routed", 0, "nan", Double.NaN);
        summary.compare("routed", "no-routing");
        var json = Json.mapper().readTree(summary.toJson());
        var metric = json.at("/variants/routed/metrics/m");
        assertEquals("[1.0,null,2.0]", metric.get("values").toString());
        assertEquals(1.5, metric.get("mean").asDouble());
        assertEquals("null", json.at("/variants/routed/metrics/nan/mean").toString());
        assertEquals(1, json.get("comparisons").size());
        assertEquals(1, json.at("/comparisons/0/pairs").asInt());
        assertEquals(1.5, json.at("/comparisons/0/difference").asDouble());
    }

    @Property(tries = 200)
    void the_bytes_depend_on_neither_the_order_of_figures_nor_on_an_interruption(
            @ForAll @Size(4) List<Double> values, @ForAll int order) throws Exception {
        List<Integer> indices = new ArrayList<>(List.of(0, 1, 2, 3));
        RunSummary inOrder = empty(List.of(0L, 1L));
        filled(inOrder, values, indices);
        Collections.rotate(indices, order);
        RunSummary before = empty(List.of(0L, 1L));
        filled(before, values, indices.subList(0, 2));
        String saved = Json.line(before.figures());
        RunSummary after = empty(List.of(0L, 1L));
        after.restore(
                (com.fasterxml.jackson.databind.node.ObjectNode) Json.mapper().readTree(saved));
        filled(after, values, indices.subList(2, 4));
        assertArrayEquals(inOrder.toJson(), after.toJson());
    }

    private static void filled(RunSummary summary, List<Double> values, List<Integer> indices) {
        for (int i : indices) {
            summary.put(i < 2 ? "routed" : "no-routing", i % 2, "m", values.get(i));
        }
        summary.put("routed", new Isolation(1, 2, 3));
        summary.compare("routed", "no-routing");
    }

    @Test
    void unknown_variants_and_seeds_are_refused() {
        RunSummary summary = empty(List.of(0L));
        assertThrows(IllegalArgumentException.class, () -> summary.put("x", 0, "m", 1));
        assertThrows(IllegalArgumentException.class, () -> summary.put("routed", 1, "m", 1));
        assertThrows(IllegalArgumentException.class, () -> summary.compare("routed", "x"));
    }
}
