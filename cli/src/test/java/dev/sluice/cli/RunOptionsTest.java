package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

/** What options of a run mean together: settings and variants, data, folders, files. */
final class RunOptionsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String EMOJI = "\uD83D\uDE00";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path shared;

    @SuppressWarnings("NullAway.Init")
    private static Path data;

    @BeforeAll
    static void drawDigits() throws IOException {
        data = Invocation.digits(shared.resolve("digits"));
    }

    private static String[] oneEpoch(Path out, String... more) {
        List<String> all = new ArrayList<>(List.of("--set", "epochs=1"));
        all.addAll(List.of(more));
        return Invocation.tinyRun(data, out, all.toArray(String[]::new));
    }

    private static List<String> variants(Path run) throws IOException {
        List<String> names = new ArrayList<>();
        JSON.readTree(run.resolve("summary.json").toFile())
                .path("variants")
                .fieldNames()
                .forEachRemaining(names::add);
        return names;
    }

    @Test
    void whatAVariantFixesStaysAndOneLineSaysSo(@TempDir Path folder) throws IOException {
        Path out = folder.resolve("run");
        Invocation made =
                Invocation.of(
                                oneEpoch(
                                        out,
                                        "--variants",
                                        "routed,no-regularisation",
                                        "--set",
                                        "l1=1e-2,1e-3"))
                        .exits(0);
        assertEquals(
                List.of("routed@l1=1e-2", "routed@l1=1e-3", "no-regularisation"), variants(out));
        List<String> said =
                made.err().lines().filter(l -> l.contains("set by the variant itself")).toList();
        assertEquals(List.of("set by the variant itself: no-regularisation keeps l1=0"), said);
        List<String> terms =
                Files.readAllLines(out.resolve("metrics.jsonl")).stream()
                        .filter(l -> l.contains("\"no-regularisation\""))
                        .toList();
        assertFalse(terms.isEmpty());
        assertTrue(terms.stream().noneMatch(l -> l.contains("l1_low")), "a penalty: " + terms);
        assertTrue(Files.readString(out.resolve("report.html")).contains("no-regularisation"));
    }

    @Test
    void aVariantAloneRefusesAnotherValueOfWhatItFixes(@TempDir Path folder) throws IOException {
        Path out = folder.resolve("run");
        Invocation.of(oneEpoch(out, "--variant", "no-regularisation", "--set", "l1=1e-2"))
                .exits(2)
                .errs("no-regularisation", "l1=0", "1e-2");
        Path file = Files.writeString(folder.resolve("run.yaml"), "preset: smoke\nset:\n  l1: 1\n");
        Invocation.of(oneEpoch(out, "--variant", "high-only", "--config", file.toString()))
                .exits(2)
                .errs("high-only", "l1=0");
        assertFalse(Files.exists(out));
    }

    @Test
    void aConfigurationThatSetsWhatItsVariantFixesIsToldByLine(@TempDir Path folder)
            throws IOException {
        Path file =
                Files.writeString(
                        folder.resolve("run.yaml"),
                        "set:\n  epochs: 1\n  l1: 1\nvariants: [no-regularisation]\n");
        Invocation.of("run", "split-digits", "--config", file.toString())
                .exits(3)
                .errs(file.toString(), "line 3", "no-regularisation", "l1=0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--set l1=1e-3,1e-3|setting l1|twice",
                "--set l1=1e-3,0.001|setting l1|twice",
                "--set routing=hash,hash|setting routing|'hash' twice",
                "--variants routed,plain,routed|variants|'routed' twice",
                "--data mnist --set data.seed=3|data.seed|--data generated",
                "--data generated --set data.seed=a|data.seed|one whole number"
            })
    void whatIsSaidTwiceOrInVainIsWrongUsage(String options, String what, String found) {
        List<String> line = new ArrayList<>(List.of("run", "split-digits", "--preset", "smoke"));
        line.addAll(List.of(options.split(" ", -1)));
        Invocation.of(line.toArray(String[]::new)).exits(2).errs(what, found);
    }

    @Test
    void aSeedOfTheGeneratorIsInVainForDataOfYourOwn(@TempDir Path folder) {
        Path out = folder.resolve("run");
        Invocation.of(oneEpoch(out, "--set", "data.seed=7"))
                .exits(2)
                .errs("data.seed", "--data generated", data.toString());
    }

    @Test
    void aFullFolderIsRefusedBeforeTheDataAreRead(@TempDir Path folder) throws IOException {
        Path out = Files.createDirectories(folder.resolve("run"));
        Files.writeString(out.resolve("notes.txt"), "mine");
        Path none = Files.createDirectories(folder.resolve("empty"));
        String[] line = Invocation.tinyRun(none, out);
        Invocation.of(line).exits(3).errs(out.toString(), "a new or empty folder");
        Files.delete(out.resolve("notes.txt"));
        Invocation.of(line).exits(3).errs(none.toString());
        assertFalse(Files.exists(out.resolve("manifest.json")));
    }

    @Test
    void aRunKilledBeforeItsManifestLeavesAFolderThatCanBeUsed(@TempDir Path folder)
            throws IOException {
        Path out = Files.createDirectories(folder.resolve("run"));
        Path leftover =
                Files.writeString(
                        out.resolve(".manifest.json.0f8fad5b-d9cb-469f-a165-70867728950e.tmp"),
                        "{\"schema\": ");
        Files.writeString(out.resolve(".lock"), "4711");
        Invocation.of("resume", out.toString()).exits(3).errs("no manifest.json");
        Invocation.of(oneEpoch(out, "--variant", "routed")).exits(0);
        assertFalse(Files.exists(leftover));
    }

    @Test
    void aRunOnAFolderGivenByARelativePathIsTheSameFromElsewhere(@TempDir Path folder)
            throws Exception {
        Path began = Files.createDirectories(folder.resolve("began"));
        Invocation.digits(began.resolve("my-digits"));
        Path out = folder.resolve("run");
        List<String> line = new ArrayList<>(List.of(Invocation.tinyRun(Path.of("my-digits"), out)));
        line.addAll(List.of("--set", "epochs=1", "--variant", "routed"));
        try (SluiceProcess process =
                SluiceProcess.start(began, Map.of(), List.of(), line.toArray(String[]::new))) {
            process.finish().exits(0);
        }
        JsonNode manifest = JSON.readTree(out.resolve("manifest.json").toFile());
        assertEquals(
                began.resolve("my-digits").toAbsolutePath().toString(),
                manifest.at("/configuration/data").asText());
        Invocation.of("verify", out.toString()).exits(0);
    }

    @Test
    void aCheckpointOfAnotherVersionIsBadInput(@TempDir Path folder) throws IOException {
        Path out = folder.resolve("run");
        Invocation.of(oneEpoch(out, "--variant", "routed")).exits(0);
        Path manifest = out.resolve("manifest.json");
        Files.writeString(
                manifest, Files.readString(manifest).replace("\"complete\"", "\"stopped\""));
        try (Stream<Path> checkpoints = Files.list(out.resolve("checkpoints"))) {
            for (Path file : checkpoints.toList()) {
                String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
                String other = bytes.replace("sluice.checkpoint/1", "sluice.checkpoint/2");
                assertNotEquals(bytes, other);
                Files.writeString(file, other, StandardCharsets.ISO_8859_1);
            }
        }
        Invocation.of("resume", out.toString())
                .exits(3)
                .errs(
                        "checkpoints/checkpoint-",
                        "schema: expected sluice.checkpoint/1, found sluice.checkpoint/2");
    }

    /** A character of two halves at, before and after the end of the parser's buffers. */
    @ParameterizedTest
    @ValueSource(ints = {1024, 2048, 4096, 8192})
    void aConfigurationMayHoldAnyCharacterAnywhere(int around, @TempDir Path folder)
            throws IOException {
        for (int at = around - 12; at <= around + 4; at++) {
            String head = "data: \"";
            String text = head + "x".repeat(at - head.length()) + EMOJI + EMOJI + "\"\nseed: x\n";
            Path file = Files.writeString(folder.resolve("run.yaml"), text);
            Invocation.of("run", "split-digits", "--config", file.toString())
                    .exits(3)
                    .errs("line 2", "a whole number");
        }
    }

    @Test
    void aConfigurationInOtherBytesThanUtf8IsBadInput(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("run.yaml");
        Files.write(file, "preset: caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
        Invocation.of("run", "split-digits", "--config", file.toString())
                .exits(3)
                .errs(file.toString(), "UTF-8");
    }
}
