package dev.sluice.routing.plan;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.sluice.engine.Rng;
import dev.sluice.routing.Batch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a file holds, reading it ends in a plan or in a complaint that says where. */
class PlanMutationTest {
    private static final String RICH =
            """
            routes:
              - at: blocks.*.mlp
                mechanism: parameter
                by:
                  mixture:
                    - {weight: 0.5, by: {label: {a: [1, 2], b: [3]}, labelled: 0.5, seed: 7}}
                    - {weight: 0.5, by: {label: {a: [4]}, noise: {true_positive: 0.9, false_positive: .1}}}
                masks:
                  a: {axis: u, weights: {0-15: 1, 16-31: -0.5, "*": 0}}
                  "*": {axis: u, weights: [1, 0.5, 1e-3]}
                weight: {ramp: 1000, target: 1}
                anneal: scale
            update:
              - leave: [{parameters: "x.**"}, {parameters: y, axis: u, units: 7}]
                on: a
            claims:
              - {region: {parameters: x}, nothing_from: a, through: [l1], by: {label: {a: [1]}}}
            """;
    private static final String JSON =
            """
            {"routes": [{"at": "h", "by": {"label": {"a": [1]}, "labelled": 0.5, "seed": 3},
             "masks": {"a": {"axis": "u", "weights": {"0-3": 0, "4": 1}}}, "weight": 0.5}],
             "claims": [{"region": {"parameters": "w"}, "nothing_from": "a"}]}
            """;
    private static final List<String> PIECES =
            List.of(
                    "*a",
                    "&a",
                    "{",
                    "}",
                    "[",
                    "]",
                    "!!int ",
                    "!x ",
                    "\t",
                    "16-31",
                    "31-16",
                    "-1",
                    "1e999",
                    ".nan",
                    "null",
                    "~",
                    "\u0000",
                    "\uFEFF",
                    "---\n",
                    "...\n",
                    "? ",
                    ": ",
                    "- ",
                    "|\n",
                    ">\n",
                    "'",
                    "\"",
                    "#",
                    "%YAML 9.9\n",
                    "<<: ",
                    "0x1F",
                    "0b2",
                    "1_0",
                    "\\",
                    "\u0085",
                    "😀",
                    "99999999999999999999",
                    "seed: 1",
                    "labels_file: /",
                    "labels_file: nowhere",
                    "@",
                    "`",
                    "=",
                    "[".repeat(3000),
                    "1".repeat(3000),
                    "{a: ".repeat(300),
                    "\r",
                    "true",
                    "!!binary ");

    @TempDir Path folder = Path.of("");

    private static String mutated(Rng rng, String text) {
        StringBuilder s = new StringBuilder(text);
        for (int n = 1 + rng.nextInt(3); n > 0 && s.length() > 2; n--) {
            int at = rng.nextInt(s.length());
            int end = Math.min(s.length(), at + 1 + rng.nextInt(12));
            switch (rng.nextInt(7)) {
                case 0 -> s.delete(at, end);
                case 1 -> s.insert(at, PIECES.get(rng.nextInt(PIECES.size())));
                case 2 -> s.setCharAt(at, (char) (32 + rng.nextInt(95)));
                case 3 -> s.insert(at, s.substring(at, end));
                case 4 -> s.replace(at, end, PIECES.get(rng.nextInt(PIECES.size())));
                case 5 -> s.setLength(at + 1);
                default -> swapLines(rng, s);
            }
        }
        return s.toString();
    }

    private static void swapLines(Rng rng, StringBuilder s) {
        List<String> lines = new ArrayList<>(s.toString().lines().toList());
        Collections.swap(lines, rng.nextInt(lines.size()), rng.nextInt(lines.size()));
        s.setLength(0);
        s.append(String.join("\n", lines));
    }

    @Test
    void mutated_files_end_in_a_plan_or_a_complaint() {
        int[] plans = new int[1];
        int[] located = new int[1];
        assertTimeoutPreemptively(
                Duration.ofMinutes(5),
                () -> {
                    for (int seed = 0; seed < 3000; seed++) {
                        Rng rng = Rng.of(seed);
                        boolean json = seed % 3 == 0;
                        String source = json ? JSON : seed % 3 == 1 ? RICH : PlanFilesTest.CONTRACT;
                        String text = mutated(rng, source);
                        Path file = Path.of(json && seed % 2 == 0 ? "m.json" : "m.yaml");
                        try {
                            PlanFiles.write(PlanFiles.parse(text, file, Batch.Labelled.class));
                            plans[0]++;
                        } catch (PlanException e) {
                            located[0] += e.line() > 0 ? 1 : 0;
                        } catch (RuntimeException | Error e) {
                            fail("seed " + seed + ":\n" + text, e);
                        }
                    }
                });
        assertTrue(plans[0] > 75, "plans: " + plans[0]);
        assertTrue(located[0] > 1500, "complaints with a line: " + located[0]);
    }

    @Test
    void mutated_bytes_end_in_a_plan_or_a_complaint() throws IOException {
        Path file = folder.resolve("plan.yaml");
        for (int seed = 0; seed < 300; seed++) {
            Rng rng = Rng.of(seed, "bytes");
            byte[] bytes = RICH.getBytes(StandardCharsets.UTF_8);
            for (int n = 1 + rng.nextInt(3); n > 0; n--) {
                bytes[rng.nextInt(bytes.length)] = (byte) rng.nextLong();
            }
            Files.write(file, bytes);
            try {
                PlanFiles.read(file);
            } catch (PlanException e) {
                assertTrue(String.valueOf(e.getMessage()).contains("expected"), e::getMessage);
            } catch (RuntimeException | Error e) {
                fail("seed " + seed, e);
            }
        }
    }
}
