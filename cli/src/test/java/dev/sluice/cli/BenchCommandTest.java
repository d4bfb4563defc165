package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code bench} says that it measured. */
final class BenchCommandTest {
    private static JsonNode timing(String name, int steps, String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("bench", name, "--json"));
        arguments.addAll(List.of("--steps", "" + steps, "--threads", "1"));
        arguments.addAll(Arrays.asList(more));
        JsonNode timing = Invocation.of(arguments.toArray(String[]::new)).exits(0).document();
        assertEquals(steps, timing.path("steps").asInt());
        assertEquals(1, timing.path("threads").asInt());
        assertEquals("f32", timing.path("dtype").asText());
        for (String rate : List.of("step_seconds_median", "gemm_gflops", "routed_to_unrouted")) {
            assertTrue(timing.path(rate).asDouble() > 0, rate);
        }
        double unrouted = timing.path("unrouted_step_seconds_median").asDouble();
        assertEquals(
                timing.path("step_seconds_median").asDouble() / unrouted,
                timing.path("routed_to_unrouted").asDouble(),
                1e-12);
        timing.path("mechanisms")
                .fields()
                .forEachRemaining(
                        cost -> {
                            double median = cost.getValue().path("step_seconds_median").asDouble();
                            assertTrue(median > 0, cost.getKey());
                            assertEquals(
                                    median / unrouted,
                                    cost.getValue().path("ratio").asDouble(),
                                    1e-12,
                                    cost.getKey());
                        });
        return timing;
    }

    private static List<String> mechanisms(JsonNode timing) {
        List<String> names = new ArrayList<>();
        timing.path("mechanisms").fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void split_digits(@TempDir Path folder) throws IOException {
        String data = Invocation.digits(folder).toString();
        JsonNode timing =
                timing(
                        "split-digits",
                        3,
                        "--data",
                        data,
                        "--set",
                        "hidden=16",
                        "--set",
                        "batch=64");
        assertEquals(64, timing.path("batch").asInt());
        // Encoder 784-16-16-32, decoder back, two certificates from 16; 2 operations an element,
        // 3 products each but for the three maps whose input gets no gradient.
        long all = 784 * 16 + 16 * 16 + 16 * 32 + 32 * 16 + 16 * 16 + 16 * 784;
        all += 2 * (16 * 16 + 16 * 16 + 16 * 784);
        long detached = 784 * 16 + 2 * 16 * 16;
        assertEquals(
                2.0 * 64 * (3 * all - detached) / 1e9, timing.path("step_gflop").asDouble(), 1e-9);
        assertEquals(List.of("activation", "parameter", "forward", "leave"), mechanisms(timing));
    }

    @Test
    void a_language_model_and_the_rates_around_it() throws IOException {
        JsonNode timing =
                timing(
                        "lm",
                        2,
                        "--set",
                        "documents=300",
                        "--set",
                        "layers=2",
                        "--set",
                        "width=16",
                        "--set",
                        "heads=2",
                        "--set",
                        "context=24",
                        "--set",
                        "batch=4",
                        "--set",
                        "vocabulary=300",
                        "--set",
                        "embeddings=400");
        assertEquals(4, timing.path("batch").asInt());
        // A layer's 4 square maps and its MLP of 64, and the unembedding; 3 products each.
        long products = 2 * (4 * 16 * 16 + 2 * 16 * 64) + 16 * 400;
        assertEquals(6.0 * 4 * 24 * products / 1e9, timing.path("step_gflop").asDouble(), 1e-12);
        assertTrue(timing.path("peak_resident_bytes").asLong() > 10_000_000, timing.toString());
        for (String rate : List.of("loading_mb_per_second", "tokenizing_mb_per_second")) {
            assertTrue(timing.path(rate).asDouble() > 0, rate);
        }
    }
}
