package dev.sluice.cli;

import static java.nio.file.StandardOpenOption.APPEND;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.engine.Rng;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code sluice lm}, as a user types it. */
final class LmCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int KILLS = 3;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path shared;

    @SuppressWarnings("NullAway.Init")
    private static Path run;

    private static String[] train(Path out, String... more) {
        String[] small = {
            "lm",
            "train",
            "--preset",
            "smoke",
            "--threads",
            "1",
            "--out",
            out.toString(),
            "--layers",
            "2",
            "--width",
            "16",
            "--heads",
            "2",
            "--batch",
            "4",
            "--context",
            "24",
            "--set",
            "documents=300",
            "--set",
            "validation_rows=8",
            "--set",
            "sample_tokens=6"
        };
        return Stream.of(small, more).flatMap(Stream::of).toArray(String[]::new);
    }

    @BeforeAll
    static void trainOne() {
        run = shared.resolve("run");
        Invocation trained = Invocation.of(train(run, "--steps", "30", "--plan", "auto")).exits(0);
        assertEquals(run.toString(), trained.lastLine());
        trained.errs("data: generated stories", "run folder: " + run, "parameters");
    }

    private static JsonNode json(String... arguments) throws IOException {
        return Invocation.of(arguments).exits(0).document();
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
        JsonNode summary = JSON.readTree(run.resolve("summary.json").toFile());
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
        JsonNode written = json(asJson);
        String whole = written.path("prompt").asText() + written.path("text").asText();
        assertEquals(whole + "\n", streamed.out());
        assertTrue(written.path("tokens").asInt() <= 12);
        assertEquals(written, json(asJson));
    }

    @Test
    void lossesOfARuleAndOfAnAblatedPartAddUp() throws IOException {
        Path rule = shared.resolve("rule.yaml");
        Files.writeString(rule, "by: {phrases: {the: [\" the\"]}}");
        JsonNode found =
                json(
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
        JsonNode summary = JSON.readTree(run.resolve("summary.json").toFile());
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
        JsonNode found = json("lm", "inspect", run.toString(), "--json");
        assertEquals(2, found.path("blocks").size());
        JsonNode region = found.at("/plan/regions/forest/0");
        assertEquals("blocks.*.mlp.hook_post", region.path("at").asText());
        assertEquals("0-7", region.path("units").asText());
        JsonNode top =
                json("lm", "inspect", run.toString(), "--json", "--direction", "token: forest");
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

    @ParameterizedTest
    @CsvSource({"plain", "jsonl"})
    void textOfOnesOwnGetsAVocabularyOfItsOwn(String kind, @TempDir Path folder)
            throws IOException {
        StringBuilder text = new StringBuilder();
        Rng rng = Rng.of(1);
        for (int i = 0; i < 400; i++) {
            String line = "The cat no. " + rng.nextInt(9) + " sat on the mat — Zoë laughed.";
            text.append(kind.equals("plain") ? line + "\n" : "{\"story\": \"" + line + "\"}\n");
        }
        boolean plain = kind.equals("plain");
        Path corpus = folder.resolve(plain ? "cats.txt" : "cats.jsonl.gz");
        try (OutputStream file = Files.newOutputStream(corpus);
                OutputStream out = plain ? file : new GZIPOutputStream(file)) {
            out.write(text.toString().getBytes(StandardCharsets.UTF_8));
        }
        Path out = folder.resolve("run");
        try (SluiceProcess process =
                SluiceProcess.start(
                        folder,
                        Map.of("SLUICE_CACHE", folder.resolve("cache").toString()),
                        List.of(),
                        train(
                                out,
                                "--data",
                                corpus.toString(),
                                "--vocabulary",
                                "280",
                                "--steps",
                                "8",
                                "--set",
                                "divide=500",
                                "--set",
                                "text_field=story",
                                "--set",
                                "documents=0"))) {
            process.finish().exits(0);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        JsonNode config = JSON.readTree(out.resolve("model/config.json").toFile());
        assertEquals(280, config.path("vocab_size").asInt());
        JsonNode summary = JSON.readTree(out.resolve("summary.json").toFile());
        assertFalse(summary.path("data").path("generated").asBoolean());
        JsonNode written =
                json(
                        "lm",
                        "generate",
                        out.toString(),
                        "--prompt",
                        "The cat — Zoë",
                        "--tokens",
                        "5",
                        "--json");
        assertEquals("The cat — Zoë", written.path("prompt").asText());
    }

    private static Path few(Path folder, int stories) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < stories; i++) {
            text.append("{\"text\": \"").append("The cat sat on mat " + i + ". ".repeat(20));
            text.append("\"}\n");
        }
        return Files.writeString(folder.resolve("few.jsonl"), text);
    }

    @Test
    void aSmallTextIsTrainedOnAndMeasuredOnWhatWasSetAside(@TempDir Path folder)
            throws IOException {
        Path text = few(folder, 6);
        Path out = folder.resolve("run");
        String[] size = {
            "--data",
            text.toString(),
            "--steps",
            "4",
            "--set",
            "rows=documents",
            "--vocabulary",
            "260",
            "--prompt",
            "The cat, so it was,"
        };
        Invocation.of(train(out, size)).exits(0);
        JsonNode summary = JSON.readTree(out.resolve("summary.json").toFile());
        assertEquals(1, summary.path("variants").size(), "a comma in a prompt begins no sweep");
        JsonNode scores = json("lm", "eval", out.toString(), "--json").at("/scores/all");
        JsonNode loss = summary.at("/variants/model/metrics/loss/mean");
        assertEquals(loss.asDouble(), scores.path("loss").asDouble(), 1e-9);
        Files.writeString(text, "{\"text\": \"another story at the end\"}", APPEND);
        Invocation.of("lm", "eval", out.toString()).exits(3).errs("data");
        json("lm", "eval", out.toString(), "--data", text.toString(), "--json");
        Path one = folder.resolve("one");
        String[] single = size.clone();
        single[1] = Files.writeString(folder.resolve("one.txt"), "One text.").toString();
        Invocation.of(train(one, single)).exits(3).errs("validate with");
        single[1] = text.toString();
        single[single.length - 1] = "too long a prompt ".repeat(9);
        Path two = folder.resolve("two");
        Invocation.of(train(two, single)).exits(2).errs("prompt", "context");
    }

    @Test
    void everyPointOfASweepIsMeasuredAsItWasTrained(@TempDir Path folder) throws IOException {
        Path out = folder.resolve("run");
        Path text = few(folder, 40);
        String[] sweep = {
            "--data",
            text.toString(),
            "--steps",
            "2",
            "--set",
            "vocabulary=300,262",
            "--set",
            "rows=documents"
        };
        Invocation.of(train(out, sweep)).exits(0);
        JsonNode variants = JSON.readTree(out.resolve("summary.json").toFile()).path("variants");
        for (String point : List.of("model@vocabulary=300", "model@vocabulary=262")) {
            Path model = out.resolve("models/" + point + "-0");
            JsonNode found = json("lm", "eval", model.toString(), "--json");
            double trained =
                    variants.path(point).path("metrics").path("loss").path("mean").asDouble();
            assertEquals(trained, found.at("/scores/all/loss").asDouble(), 1e-9, point);
        }
    }

    @Test
    void rulesByNumberNeedARowForEachDocument(@TempDir Path folder) throws IOException {
        Path plan = folder.resolve("plan.yaml");
        Files.writeString(folder.resolve("labels.txt"), "0 forest\n");
        Files.writeString(
                plan,
                """
                routes:
                  - at: blocks.0.mlp.hook_post
                    by: {labels_file: labels.txt}
                    masks: {forest: {axis: d_mlp, weights: {0-7: 0}}}
                """);
        Path out = folder.resolve("run");
        String[] arguments = {
            "--plan",
            plan.toString(),
            "--steps",
            "2",
            "--data",
            few(folder, 40).toString(),
            "--vocabulary",
            "260"
        };
        Invocation.of(train(out, arguments)).exits(2).errs("rows=documents");
        String[] rows =
                Stream.of(arguments, new String[] {"--set", "rows=documents"})
                        .flatMap(Stream::of)
                        .toArray(String[]::new);
        Invocation.of(train(folder.resolve("rows"), rows)).exits(0);
    }

    @Test
    void documentsAreRoutedByTheirLabelWhereverTheyStandInARow(@TempDir Path folder)
            throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 60; i++) {
            String kind = i % 3 == 0 ? "wood" : "town";
            text.append("{\"text\": \"").append((kind + " ").repeat(5 + i % 4));
            text.append("\", \"label\": \"").append(kind).append("\"}\n");
        }
        Path corpus = Files.writeString(folder.resolve("labelled.jsonl"), text);
        Path plan = folder.resolve("plan.yaml");
        Files.writeString(
                plan,
                """
                routes:
                  - at: blocks.1.mlp.hook_post
                    by: {document_label: {forest: [wood]}}
                    masks: {forest: {axis: d_mlp, weights: {0-7: 0}}}
                """);
        Path out = folder.resolve("run");
        String[] arguments = {
            "--data",
            corpus.toString(),
            "--plan",
            plan.toString(),
            "--tokenizer",
            "words",
            "--set",
            "validation=0.3",
            "--steps",
            "3"
        };
        Invocation.of(train(out, arguments)).exits(0);
        Path whole = folder.resolve("rule.yaml");
        Files.writeString(whole, "document_label: {forest: [wood], rest_of_it: [town]}\n");
        JsonNode found =
                json(
                        "lm",
                        "eval",
                        out.toString(),
                        "--data",
                        corpus.toString(),
                        "--rule",
                        whole.toString(),
                        "--json");
        JsonNode scores = found.path("scores");
        assertEquals(0, scores.at("/rest/tokens").asInt(), scores::toString);
        double wood = scores.at("/forest/tokens").asDouble() / scores.at("/all/tokens").asDouble();
        assertEquals(1.0 / 3, wood, 0.03, "every third document is about woods");
        JsonNode shown =
                json(
                        "rules",
                        "preview",
                        "--rule",
                        whole.toString(),
                        "--text",
                        corpus.toString(),
                        "--json");
        assertEquals(1, shown.path("matchRate").asDouble(), 1e-12);
    }

    @Test
    void placesAmongSettingsAreKeptInFullHoweverTheyAreSaid(@TempDir Path folder)
            throws IOException {
        Path plan = Files.writeString(folder.resolve("empty.yaml"), "routes: []\n");
        Path here = Path.of("").toAbsolutePath().relativize(plan);
        String[] ways = {"--plan", here.toString(), "--set", "plan=" + here};
        for (int i = 0; i < ways.length; i += 2) {
            Path out = folder.resolve("run" + i);
            Invocation.of(train(out, "--steps", "1", ways[i], ways[i + 1])).exits(0);
            JsonNode manifest = JSON.readTree(out.resolve("manifest.json").toFile());
            assertEquals(
                    plan.toString(),
                    manifest.at("/configuration/sets/plan/0").asText(),
                    manifest::toPrettyString);
        }
    }

    @Test
    void aTokenizerIsCutToTheTokensOfTheText(@TempDir Path folder) throws IOException {
        Path pairs = folder.resolve("pairs");
        Path text = few(folder, 40);
        String[] own = {"--data", text.toString(), "--vocabulary", "300", "--steps", "1"};
        Invocation.of(train(pairs, own)).exits(0);
        Path out = folder.resolve("cut");
        String[] cut = {
            "--data",
            text.toString(),
            "--tokenizer",
            pairs.toString(),
            "--cut",
            "20",
            "--steps",
            "2"
        };
        Invocation.of(train(out, cut)).exits(0);
        JsonNode config = JSON.readTree(out.resolve("model/config.json").toFile());
        assertEquals(20, config.path("vocab_size").asInt());
        JsonNode summary = JSON.readTree(out.resolve("summary.json").toFile());
        assertEquals(
                summary.at("/variants/model/metrics/loss/mean").asDouble(),
                json("lm", "eval", out.toString(), "--json").at("/scores/all/loss").asDouble(),
                1e-9);
        Invocation.of("lm", "train", "--cut", "20").exits(2).errs("tokenizer from a folder");
    }

    /** Checkpoints after every other step: a kill then mostly falls into the writing of one. */
    @ParameterizedTest
    @ValueSource(ints = {7, 2})
    void aTrainingThatIsKilledAgainAndAgainEndsWithTheSameBytes(int every, @TempDir Path folder)
            throws Exception {
        String[] size = {"--steps", "60", "--plan", "auto", "--validate-every", "20"};
        Path whole = folder.resolve("whole");
        Invocation.of(train(whole, size)).exits(0);
        Path out = folder.resolve("run");
        List<String> command = new ArrayList<>(List.of(train(out, size)));
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
        Invocation.of("lm", "generate", missing).exits(3).errs("no such folder");
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
        Path broken = Files.createDirectories(folder.resolve("run"));
        Files.copy(run.resolve("manifest.json"), broken.resolve("manifest.json"));
        Invocation.of("lm", "generate", broken.toString()).exits(3).errs("none yet", "resume");
    }
}
