package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.engine.SafetensorsFile;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.Weights;
import dev.sluice.engine.testing.Golden;
import dev.sluice.engine.testing.GoldenCheck;
import dev.sluice.engine.testing.GoldenTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("golden")
final class TraceCommandTest {
    private final Golden golden = Golden.subject("transformer");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private List<Path> models() throws IOException {
        try (Stream<Path> found = Files.list(golden.folder())) {
            return found.filter(m -> Files.exists(m.resolve("golden.f64.safetensors")))
                    .sorted()
                    .toList();
        }
    }

    /** A batch of reference numbers as the file that a user would bring. */
    private Path tokens(GoldenTensors tensors, String batch) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode json = mapper.createObjectNode();
        for (String key : List.of("input_ids", "attention_mask")) {
            Tensor t = tensors.get(batch + "/" + key);
            int columns = (int) t.size(1);
            ArrayNode rows = json.putArray(key);
            long[] values = t.toLongs();
            for (int row = 0; row < t.size(0); row++) {
                ArrayNode list = rows.addArray();
                Arrays.stream(values, row * columns, (row + 1) * columns).forEach(list::add);
            }
        }
        Path file = folder.resolve("tokens.json");
        mapper.writeValue(file.toFile(), json);
        return file;
    }

    private Path trace(Path model, Path tokens, String... more) {
        Path out = folder.resolve("trace.safetensors");
        String[] fixed = {
            "trace", "--model", "" + model, "--tokens", "" + tokens, "--out", "" + out
        };
        String[] all =
                Stream.concat(Arrays.stream(fixed), Arrays.stream(more)).toArray(String[]::new);
        assertEquals(out.toString(), Invocation.of(all).exits(0).lastLine());
        return out;
    }

    @Test
    void everything_in_a_trace_is_what_the_reference_computed() throws IOException {
        GoldenCheck check = new GoldenCheck("trace");
        for (Path model : models()) {
            String name = String.valueOf(model.getFileName());
            try (TensorScope scope = TensorScope.open()) {
                GoldenTensors expected =
                        Objects.requireNonNull(golden.tensors(name + "/golden.f64.safetensors"));
                Stream<String> batches =
                        expected.names().stream()
                                .filter(n -> n.endsWith("/input_ids"))
                                .map(n -> n.substring(0, n.indexOf('/')));
                for (String batch : batches.toList()) {
                    check.startCase();
                    Path out = trace(model, tokens(expected, batch), "--dtype", "f64");
                    try (SafetensorsFile file = SafetensorsFile.open(out)) {
                        compare(check, expected, batch + "/", Weights.read(file));
                    }
                }
            }
        }
        check.finish();
    }

    private static void compare(
            GoldenCheck check, GoldenTensors expected, String batch, Map<String, Tensor> found) {
        for (String name : expected.names()) {
            String ours = name.substring(name.indexOf('/') + 1).replaceFirst("^act/", "hook/");
            if (name.startsWith(batch) && !ours.matches("input_ids|attention_mask")) {
                Tensor tensor = found.get(ours);
                if (tensor == null) {
                    check.require("no tensor " + ours, false);
                } else {
                    check.compare(name, expected.get(name), tensor, 1e-10, 1e-13);
                }
            }
        }
    }

    @Test
    void a_plan_masks_gradients_and_leaves_logits_as_they_are() throws IOException {
        Path model = golden.folder().resolve("gpt2");
        try (TensorScope scope = TensorScope.open()) {
            GoldenTensors expected =
                    Objects.requireNonNull(golden.tensors("gpt2/golden.f64.safetensors"));
            Path tokens = tokens(expected, "left");
            Files.writeString(folder.resolve("labels.txt"), "0 one\n");
            Path plan = folder.resolve("plan.yaml");
            Files.writeString(
                    plan,
                    """
                    routes:
                      - at: blocks.0.mlp.hook_post
                        by: {labels_file: labels.txt}
                        masks:
                          one: {axis: d_mlp, weights: {"*": 0}}
                          "*": {axis: d_mlp, weights: {"*": 0}}
                    """);
            Path out = trace(model, tokens, "--dtype", "f64", "--plan", plan.toString());
            Map<String, Tensor> found;
            try (SafetensorsFile file = SafetensorsFile.open(out)) {
                found = Weights.read(file);
            }
            String mlp = "grad/transformer.h.0.mlp.";
            assertEquals(0, largest(found, mlp + "c_fc.weight"));
            assertEquals(0, largest(found, mlp + "c_fc.bias"));
            assertTrue(largest(found, mlp + "c_proj.weight") > 1e-6);
            GoldenCheck check = new GoldenCheck("trace with a plan");
            check.startCase();
            Tensor logits = Objects.requireNonNull(found.get("logits"));
            check.compare("logits", expected.get("left/logits"), logits, 1e-10, 0);
            check.finish();
        }
    }

    private static double largest(Map<String, Tensor> tensors, String name) {
        return Objects.requireNonNull(tensors.get(name)).abs().max().item();
    }

    private Invocation refused(Path model, String tokens, String... more) throws IOException {
        Path file = folder.resolve("bad.json");
        Files.writeString(file, tokens);
        String out = folder.resolve("o").toString();
        String[] fixed = {"trace", "--model", "" + model, "--tokens", "" + file, "--out", out};
        return Invocation.of(
                Stream.concat(Arrays.stream(fixed), Arrays.stream(more)).toArray(String[]::new));
    }

    @Test
    void an_output_that_cannot_be_is_refused_before_anything_is_read() {
        String none = folder.resolve("none").toString();
        String[] trace = {"trace", "--model", none, "--tokens", none, "--out", none + "/o"};
        Invocation.of(trace).exits(3).errs(none + ", --out: expected a folder", "no such folder");
        trace[6] = folder.toString();
        Invocation.of(trace).exits(3).errs(folder + ", --out: expected a file, found a folder");
    }

    @Test
    void bad_tokens_models_plans_and_types_are_named() throws IOException {
        Path model = golden.folder().resolve("gpt2");
        refused(model, "{}").exits(3).errs("bad.json", "input_ids", "the keys []");
        refused(model, "{\"ids\": [[1, 2]]}").exits(3).errs("\"input_ids\", found the keys [ids]");
        refused(model, "[]").exits(3).errs("expected the key \"input_ids\", found a list");
        refused(model, "{\"input_ids\": [[1, 2], [1]]}").exits(3).errs("length 2", "row 1");
        refused(model, "{\"input_ids\": [[1]]}").exits(3).errs("at least two");
        refused(model, "{\"input_ids\": [[1, 1.5]]}").exits(3).errs("input_ids[0][1]");
        refused(model, "{\"input_ids\": [[1, 123456]]}").exits(3).errs("123456", "row 0");
        refused(model, "{\"input_ids\": [[-1, 1, 1]]}").exits(3).errs("column 0");
        refused(model, "{\"input_ids\": [[1,").exits(3).errs("line 1: expected valid JSON");
        refused(model, "{\"input_ids\": [[1, 2]")
                .errs("end-of-input: expected close marker for Array\n");
        refused(model, "{\"input_ids\": [[1, 1]], \"attention_mask\": [[1, 0]]}").exits(3);
        refused(model, "{\"input_ids\": [[1, 1]], \"attention_mask\": [[1, 2]]}").exits(3);
        String tokens = "{\"input_ids\": [[1, 2, 3]]}";
        refused(folder, tokens)
                .exits(3)
                .errs("expected a checkpoint (config.json), found no config.json\n");
        refused(folder.resolve("nowhere"), tokens).exits(3).errs("no such folder");
        refused(model, tokens, "--dtype", "bf16").exits(2).errs("f32 or f64");
        Path plan = folder.resolve("plan.yaml");
        Files.writeString(folder.resolve("l.txt"), "0 one\n");
        Files.writeString(
                plan,
                """
                routes:
                  - at: blocks.0.mlp.hook_pots
                    by: {labels_file: l.txt}
                    masks: {one: {axis: d_mlp, weights: {0: 0}}}
                """);
        refused(model, tokens, "--plan", plan.toString())
                .exits(3)
                .errs("blocks.0.mlp.hook_pots", "blocks.0.mlp.hook_post");
    }
}
