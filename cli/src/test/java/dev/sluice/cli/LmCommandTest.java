package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.engine.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code sluice lm}, as a user types it. */
final class LmCommandTest {
    private static final int KILLS = 3;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path shared;

    @SuppressWarnings("NullAway.Init")
    private static Path run;

    @BeforeAll
    static void trainOne() {
        run = shared.resolve("run");
        Invocation trained =
                Invocation.of(TinyLm.train(run, "--steps", "30", "--plan", "auto")).exits(0);
        assertEquals(run.toString(), trained.lastLine());
        trained.errs("data: generated stories", "run folder: " + run, "parameters");
        trained.errs("model: 1 claim of its plan, ");
    }

    @Test
    void aRunFolderHasAllThatTheContractNamesAndAModelForOthers() throws IOException {
        for (String file :
                List.of(
                        "manifest.json",
                        "metrics.jsonl",
                        "model.safetensors",
                        "summary.json",
                        "timing.json",
                        "report.html",
                        "model/config.json",
                        "model/model.safetensors",
                        "model/tokenizer.json")) {
            assertTrue(Files.size(run.resolve(file)) > 0, file);
        }
        JsonNode summary = TinyLm.JSON.readTree(run.resolve("summary.json").toFile());
        assertEquals("language-model", summary.path("experiment").asText());
        assertTrue(summary.path("data").path("generated").asBoolean());
        JsonNode model = summary.path("variants").path("model");
        assertTrue(model.path("metrics").path("loss.forest").path("mean").asDouble() > 0);
        assertEquals(1, model.path("isolation").path("claims").asInt());
    }

    @Test
    void aTextIsWrittenAgainFromTheSameSeed() throws IOException {
        String[] command = {
            "lm", "generate", run.toString(), "--prompt", "Once upon", "--tokens", "12"
        };
        Invocation streamed = Invocation.of(command).exits(0);
        String[] asJson =
                Stream.concat(Stream.of(command), Stream.of("--json")).toArray(String[]::new);
        JsonNode written = TinyLm.json(asJson);
        String whole = written.path("prompt").asText() + written.path("text").asText();
        assertEquals(whole + "\n", streamed.out());
        assertTrue(written.path("tokens").asInt() <= 12);
        assertEquals(written, TinyLm.json(asJson));
    }

    @Test
    void lossesOfARuleAndOfAnAblatedPartAddUp() throws IOException {
        Path rule = shared.resolve("rule.yaml");
        Files.writeString(rule, "by: {phrases: {the: [\" the\"]}}");
        JsonNode found =
                TinyLm.json(
                        "lm",
                        "eval",
                        run.toString(),
                        "--rule",
                        rule.toString(),
                        "--json",
                        "--ablate",
                        "blocks.*.hook_mlp_out:d_model:0-15");
        JsonNode scores = found.path("scores");
        double sum = 0;
        for (String part : List.of("the", "rest")) {
            JsonNode s = scores.path(part);
            sum += s.path("loss").asDouble() * s.path("tokens").asDouble();
        }
        JsonNode all = scores.path("all");
        assertEquals(all.path("loss").asDouble() * all.path("tokens").asDouble(), sum, 1e-3);
        double ablated = found.path("ablated").path("all").path("loss").asDouble();
        assertTrue(Math.abs(ablated - all.path("loss").asDouble()) > 1e-4);
        JsonNode summary = TinyLm.JSON.readTree(run.resolve("summary.json").toFile());
        JsonNode loss = summary.at("/variants/model/metrics/loss/mean");
        assertEquals(loss.asDouble(), all.path("loss").asDouble(), 1e-9);
        Invocation.of("lm", "eval", run.resolve("model").toString()).exits(0);
    }

    @Test
    void aModelIsShownWithItsPlanAndTheTokensAlongADirection() throws IOException {
        String shown = Invocation.of("lm", "inspect", run.toString()).exits(0).out();
        for (String part :
                List.of(
                        "blocks.*.mlp.hook_post",
                        "d_mlp",
                        "64 x 16",
                        "nothing_from",
                        "all but 0-7")) {
            assertTrue(shown.contains(part), () -> part + " in\n" + shown);
        }
        JsonNode found = TinyLm.json("lm", "inspect", run.toString(), "--json");
        assertEquals(2, found.path("blocks").size());
        JsonNode region = found.at("/plan/regions/forest/0");
        assertEquals("blocks.*.mlp.hook_post", region.path("at").asText());
        assertEquals("0-7", region.path("units").asText());
        JsonNode top =
                TinyLm.json(
                        "lm", "inspect", run.toString(), "--json", "--direction", "token: forest");
        assertEquals(" forest", top.path("top").get(0).path("text").asText());
    }

    @Test
    void traceTakesThePublishedModelAndAPlanWithRulesOnItsText() throws IOException {
        Path tokens = shared.resolve("tokens.json");
        Files.writeString(tokens, "{\"input_ids\": [[0, 5, 9, 12, 7]]}");
        Path plan = shared.resolve("plan.yaml");
        Files.writeString(
                plan,
                """
                routes:
                  - at: blocks.0.mlp.hook_post
                    by: {tokens: {" forest": forest}}
                    masks: {forest: {axis: d_mlp, weights: {0-7: 0}}}
                """);
        Invocation.of(
                        "trace",
                        "--model",
                        run.resolve("model").toString(),
                        "--tokens",
                        tokens.toString(),
                        "--plan",
                        plan.toString(),
                        "--out",
                        shared.resolve("trace.safetensors").toString())
                .exits(0);
    }

    @Test
    void traceOfARunFolderPointsAtTheModelInIt() throws IOException {
        Path tokens = shared.resolve("few.json");
        Files.writeString(tokens, "{\"input_ids\": [[0, 5, 9]]}");
        String out = shared.resolve("few.safetensors").toString();
        Invocation.of("trace", "--model", "" + run, "--tokens", "" + tokens, "--out", out)
                .exits(3)
                .errs("no config.json; did you mean " + run.resolve("model") + "?");
    }

    /** Checkpoints after every other step: a kill then mostly falls into the writing of one. */
    @ParameterizedTest
    @ValueSource(ints = {7, 2})
    void aTrainingThatIsKilledAgainAndAgainEndsWithTheSameBytes(int every, @TempDir Path folder)
            throws Exception {
        String[] size = {"--steps", "60", "--plan", "auto", "--validate-every", "20"};
        Path whole = folder.resolve("whole");
        Invocation.of(TinyLm.train(whole, size)).exits(0);
        Path out = folder.resolve("run");
        List<String> command = new ArrayList<>(List.of(TinyLm.train(out, size)));
        command.addAll(List.of("--checkpoint-every", Integer.toString(every)));
        Rng moments = Rng.of(every, "kills");
        int killed = 0;
        for (int i = 0; i < KILLS; i++) {
            long logged = size(out.resolve("metrics.jsonl"));
            boolean begin = i == 0;
            try (SluiceProcess process =
                    SluiceProcess.start(
                            folder, Map.of(), List.of(), command.toArray(String[]::new))) {
                process.await(
                        () ->
                                begin
                                        ? Files.exists(out.resolve("manifest.json"))
                                        : size(out.resolve("metrics.jsonl")) != logged);
                Thread.sleep(moments.nextInt(700));
                killed += process.alive() ? 1 : 0;
                process.kill();
            }
            command = List.of("resume", out.toString());
        }
        assertTrue(killed > 0, "no kill came before the end");
        Invocation.of("resume", out.toString()).exits(0);
        for (String file :
                List.of(
                        "summary.json",
                        "model.safetensors",
                        "model/model.safetensors",
                        "model/tokenizer.json",
                        "artefacts/model-0.json")) {
            assertArrayEquals(
                    Files.readAllBytes(whole.resolve(file)),
                    Files.readAllBytes(out.resolve(file)),
                    file);
        }
    }

    private static long size(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    @Test
    void whatCannotBeIsRefusedWithOneLineAndItsCode(@TempDir Path folder) throws IOException {
        String missing = folder.resolve("nothing").toString();
        String out = folder.resolve("out").toString();
        Invocation.of("lm").exits(2).errs("train, eval, generate or inspect");
        Invocation.of("lm", "train", "--data", missing, "--out", out).exits(3).errs(missing);
        Invocation.of("lm", "train", "--layers", "0", "--out", out).exits(2).errs("layers");
        Invocation.of("lm", "train", "--width", "10", "--heads", "3").exits(2).errs("divisor");
        Invocation.of("lm", "train", "--preset", "huge").exits(2).errs("huge", "smoke");
        Invocation.of("lm", "train", "--set", "laeyrs=3").exits(2).errs("layers");
        Invocation.of("lm", "train", "--out", run.toString()).exits(3).errs("resume");
        String expected = "expected a checkpoint (config.json) or the folder of a run, found no ";
        Invocation.of("lm", "generate", missing).exits(3).errs(expected + "such folder");
        Invocation.of("lm", "generate", "" + folder).exits(3).errs(expected + "config.json");
        Invocation.of("lm", "train", "--model", missing, "--preset", "smoke", "--out", out)
                .exits(3)
                .errs(expected + "such folder");
        Invocation.of("lm", "generate", run.toString(), "--temperature", "-1").exits(2);
        Invocation.of("lm", "generate", run.toString(), "--tokens", "0").exits(2);
        Invocation.of("lm", "generate", run.toString(), "--prompt", " forest".repeat(40))
                .exits(2)
                .errs("context");
        Invocation.of("lm", "eval", run.toString(), "--ablate", "nowhere:d_mlp:0").exits(2);
        Invocation.of("lm", "eval", run.toString(), "--rule", missing).exits(3);
        Invocation.of("lm", "eval", run.toString(), "--context", "99").exits(2).errs("24");
        Invocation.of("lm", "inspect", run.toString(), "--direction", "mlp:9.9").exits(2);
        Invocation.of("lm", "inspect", run.toString(), "--dtype", "bf16").exits(2);
        String[] sizes = {"lm", "train", "--model", run.toString(), "--layers", "3"};
        Invocation.of(sizes).exits(2).errs("layers", "from scratch");
        Invocation.of("lm", "train", "--vocabulary", "300").exits(2).errs("--tokenizer pairs");
        String[] swept = {"lm", "train", "--set", "tokenizer=words,pairs", "--vocabulary", "300"};
        String[] more = {"--data", missing};
        Invocation.of(Stream.of(swept, more).flatMap(Stream::of).toArray(String[]::new))
                .exits(3)
                .errs(missing);
        Invocation.of("lm", "inspect", run.toString(), "--direction", "token:forrest")
                .exits(2)
                .errs("unknown token 'forrest'", "forest");
        Path broken = Files.createDirectories(folder.resolve("run"));
        Files.copy(run.resolve("manifest.json"), broken.resolve("manifest.json"));
        Invocation.of("lm", "generate", broken.toString()).exits(3).errs("none yet", "resume");
        ObjectNode failed =
                (ObjectNode) TinyLm.JSON.readTree(broken.resolve("manifest.json").toFile());
        failed.put("status", "failed").put("failure", "the disk was full");
        Files.writeString(broken.resolve("manifest.json"), failed.toString());
        Invocation.of("lm", "generate", broken.toString()).exits(3).errs("the disk was full");
        Invocation.of("verify", broken.toString()).exits(3).errs("the disk was full");
    }

    @ParameterizedTest
    @CsvSource({"--plan,no plan", "--model,no model", "--tokenizer,no tokenizer"})
    void aTrainingThatCannotBeginLeavesNoFolder(String option, String name, @TempDir Path folder) {
        Path out = folder.resolve("run");
        Path missing = folder.resolve(name);
        Invocation.of(TinyLm.train(out, option, missing.toString()))
                .exits(option.equals("--model") ? 2 : 3);
        assertFalse(Files.exists(out), "a run folder is left");
    }

    @Test
    void wordsThatTheVocabularyLacksAreCounted(@TempDir Path folder) throws IOException {
        Path text = folder.resolve("other.txt");
        Files.writeString(text, "was zzyzx the qwrtz forest ".repeat(20));
        Invocation found =
                Invocation.of("lm", "eval", run.toString(), "--data", text.toString()).exits(0);
        found.errs("% of the tokens are words that the vocabulary lacks");
        JsonNode counted =
                TinyLm.json("lm", "eval", run.toString(), "--data", text.toString(), "--json");
        assertEquals(0.4, counted.path("unknown").asDouble(), 0.02, counted::toString);
    }

    @Test
    void aPlanThatIsNotThereOrDoesNotFitIsRefusedWithItsPlace(@TempDir Path folder)
            throws IOException {
        Path plan = folder.resolve("forest.yaml");
        Files.writeString(
                plan,
                """
                routes:
                  - at: blocks.*.mlp.hook_pots
                    by: {phrases: {the: [" the"]}}
                    masks: {the: {axis: d_mlp, weights: {0-1: 0}}}
                """);
        Path out = folder.resolve("run");
        Invocation.of(TinyLm.train(out, "--steps", "2", "--plan", plan.toString()))
                .exits(3)
                .errs(plan + ", line 2", "routes[0].at", "nearest: blocks.*.mlp.hook_post");
        Invocation missing =
                Invocation.of(
                        TinyLm.train(
                                out, "--steps", "2", "--plan", folder.resolve("forst.yaml") + ""));
        missing.exits(3).errs("forst.yaml", "no such file; nearest: forest.yaml");
        assertFalse(missing.err().contains("run folder"), missing.err());
        Files.writeString(plan, "routes:\n  - at: [\n");
        Invocation broken =
                Invocation.of(TinyLm.train(out, "--steps", "2", "--plan", plan.toString()));
        broken.exits(3).errs(plan + ", line 3, column 1: expected YAML");
        assertFalse(broken.err().contains("run folder"), broken.err());
        assertFalse(Files.exists(out));
    }
}
