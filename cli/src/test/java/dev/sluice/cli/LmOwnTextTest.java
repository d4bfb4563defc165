package dev.sluice.cli;

import static java.nio.file.StandardOpenOption.APPEND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.engine.Rng;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code sluice lm} on text of one's own. */
final class LmOwnTextTest {
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
                        TinyLm.train(
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
        JsonNode config = TinyLm.JSON.readTree(out.resolve("model/config.json").toFile());
        assertEquals(280, config.path("vocab_size").asInt());
        JsonNode summary = TinyLm.JSON.readTree(out.resolve("summary.json").toFile());
        assertFalse(summary.path("data").path("generated").asBoolean());
        JsonNode written =
                TinyLm.json(
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
        Invocation.of(TinyLm.train(out, size)).exits(0);
        JsonNode summary = TinyLm.JSON.readTree(out.resolve("summary.json").toFile());
        assertEquals(1, summary.path("variants").size(), "a comma in a prompt begins no sweep");
        JsonNode scores = TinyLm.json("lm", "eval", out.toString(), "--json").at("/scores/all");
        JsonNode loss = summary.at("/variants/model/metrics/loss/mean");
        assertEquals(loss.asDouble(), scores.path("loss").asDouble(), 1e-9);
        Files.writeString(text, "{\"text\": \"another story at the end\"}", APPEND);
        Invocation.of("lm", "eval", out.toString()).exits(3).errs("data");
        TinyLm.json("lm", "eval", out.toString(), "--data", text.toString(), "--json");
        Path one = folder.resolve("one");
        String[] single = size.clone();
        single[1] = Files.writeString(folder.resolve("one.txt"), "One text.").toString();
        Invocation.of(TinyLm.train(one, single)).exits(3).errs("validate with");
        single[1] = text.toString();
        single[single.length - 1] = "too long a prompt ".repeat(9);
        Path two = folder.resolve("two");
        Invocation.of(TinyLm.train(two, single)).exits(2).errs("prompt", "context");
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
        Invocation.of(TinyLm.train(out, sweep)).exits(0);
        JsonNode variants =
                TinyLm.JSON.readTree(out.resolve("summary.json").toFile()).path("variants");
        for (String point : List.of("model@vocabulary=300", "model@vocabulary=262")) {
            Path model = out.resolve("models/" + point + "-0");
            JsonNode found = TinyLm.json("lm", "eval", model.toString(), "--json");
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
        Invocation.of(TinyLm.train(out, arguments)).exits(2).errs("rows=documents");
        String[] rows =
                Stream.of(arguments, new String[] {"--set", "rows=documents"})
                        .flatMap(Stream::of)
                        .toArray(String[]::new);
        Invocation.of(TinyLm.train(folder.resolve("rows"), rows)).exits(0);
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
        Invocation.of(TinyLm.train(out, arguments)).exits(0);
        Path whole = folder.resolve("rule.yaml");
        Files.writeString(whole, "document_label: {forest: [wood], rest_of_it: [town]}\n");
        JsonNode found =
                TinyLm.json(
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
                TinyLm.json(
                        "rules",
                        "preview",
                        "--rule",
                        whole.toString(),
                        "--text",
                        corpus.toString(),
                        "--json");
        assertEquals(1, shown.path("matchRate").asDouble(), 1e-12);
        String unlabelled = few(folder, 40).toString();
        Invocation.of("rules", "preview", "--rule", whole.toString(), "--text", unlabelled)
                .exits(0)
                .errs("no document has a label");
        arguments[1] = unlabelled;
        Path none = folder.resolve("none");
        Invocation.of(TinyLm.train(none, arguments)).exits(0).errs("no document has a label");
    }

    @Test
    void placesAmongSettingsAreKeptInFullHoweverTheyAreSaid(@TempDir Path folder)
            throws IOException {
        Path plan = Files.writeString(folder.resolve("empty.yaml"), "routes: []\n");
        Path here = Path.of("").toAbsolutePath().relativize(plan);
        String[] ways = {"--plan", here.toString(), "--set", "plan=" + here};
        for (int i = 0; i < ways.length; i += 2) {
            Path out = folder.resolve("run" + i);
            Invocation.of(TinyLm.train(out, "--steps", "1", ways[i], ways[i + 1])).exits(0);
            JsonNode manifest = TinyLm.JSON.readTree(out.resolve("manifest.json").toFile());
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
        Invocation.of(TinyLm.train(pairs, own)).exits(0);
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
        Invocation.of(TinyLm.train(out, cut)).exits(0);
        JsonNode config = TinyLm.JSON.readTree(out.resolve("model/config.json").toFile());
        assertEquals(20, config.path("vocab_size").asInt());
        JsonNode summary = TinyLm.JSON.readTree(out.resolve("summary.json").toFile());
        assertEquals(
                summary.at("/variants/model/metrics/loss/mean").asDouble(),
                TinyLm.json("lm", "eval", out.toString(), "--json")
                        .at("/scores/all/loss")
                        .asDouble(),
                1e-9);
        Invocation.of("lm", "train", "--cut", "20").exits(2).errs("tokenizer from a folder");
    }
}
