package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.experiments.Catalogue;
import dev.sluice.experiments.Experiment;
import dev.sluice.experiments.Reports;
import dev.sluice.experiments.RunView;
import dev.sluice.experiments.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Exit codes and streams of the commands, in this process. */
final class CommandLineTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path shared;

    @SuppressWarnings("NullAway.Init")
    private static Path data;

    @SuppressWarnings("NullAway.Init")
    private static Path run;

    @SuppressWarnings("NullAway.Init")
    private static Invocation made;

    @BeforeAll
    static void runOnce() throws IOException {
        data = Invocation.digits(shared.resolve("digits"));
        run = shared.resolve("run");
        made = Invocation.of(Invocation.tinyRun(data, run, "--set", "epochs=1")).exits(0);
    }

    private static Path config(Path folder, String text) throws IOException {
        return Files.writeString(folder.resolve("run.yaml"), text);
    }

    @Test
    void theLastLineOfStandardOutputIsTheRunFolder() {
        assertEquals(run.toString(), made.lastLine());
        made.errs("run folder: " + run, "2 trainings of 8 steps");
    }

    @Test
    void withoutVariantTheHeadlineAndItsControlAreRun() throws IOException {
        JsonNode variants = JSON.readTree(run.resolve("summary.json").toFile()).path("variants");
        List<String> names = new ArrayList<>();
        variants.fieldNames().forEachRemaining(names::add);
        assertEquals(List.of("routed", "no-routing"), names);
    }

    @Test
    void jsonIsTheSummaryAndNothingElse(@TempDir Path folder) throws IOException {
        Path out = folder.resolve("run");
        Invocation json =
                Invocation.of(
                                Invocation.tinyRun(
                                        data,
                                        out,
                                        "--set",
                                        "epochs=1",
                                        "--json",
                                        "--variant",
                                        "routed"))
                        .exits(0);
        assertEquals("complete", json.document().path("status").asText());
        assertEquals(Files.readString(out.resolve("summary.json")), json.out());
    }

    @Test
    void aSweepNamesItsPointsByVariantAndValue(@TempDir Path folder) throws IOException {
        Path out = folder.resolve("run");
        Invocation.of(
                        Invocation.tinyRun(
                                data,
                                out,
                                "--set",
                                "epochs=1",
                                "--variant",
                                "routed",
                                "--set",
                                "l1=1e-3,3e-3",
                                "--quiet"))
                .exits(0);
        JsonNode summary = JSON.readTree(out.resolve("summary.json").toFile());
        List<String> names = new ArrayList<>();
        summary.path("variants").fieldNames().forEachRemaining(names::add);
        assertEquals(List.of("routed@l1=1e-3", "routed@l1=3e-3"), names);
        assertTrue(Files.exists(out.resolve("models").resolve("routed@l1=3e-3-0.safetensors")));
    }

    @Test
    void quietLeavesStandardErrorEmpty(@TempDir Path folder) {
        Path out = folder.resolve("run");
        String[] quiet =
                Invocation.tinyRun(
                        data, out, "--set", "epochs=1", "--quiet", "--variant", "no-routing");
        Invocation result = Invocation.of(quiet).exits(0);
        assertEquals("", result.err());
        assertEquals(out + "\n", result.out());
    }

    @Test
    void aFinishedRunCanBeResumedWithoutAnyChange() throws IOException {
        byte[] before = Files.readAllBytes(run.resolve("summary.json"));
        byte[] model = Files.readAllBytes(run.resolve("model.safetensors"));
        Invocation again = Invocation.of("resume", run.toString()).exits(0);
        again.errs("the run is finished");
        assertEquals(run + "\n", again.out());
        assertArrayEquals(before, Files.readAllBytes(run.resolve("summary.json")));
        assertArrayEquals(model, Files.readAllBytes(run.resolve("model.safetensors")));
    }

    @Test
    void reportIsRebuiltFromTheFolder() throws IOException {
        byte[] before = Files.readAllBytes(run.resolve("report.html"));
        Files.delete(run.resolve("report.html"));
        Invocation again = Invocation.of("report", run.toString()).exits(0);
        assertEquals(run.resolve("report.html").toString(), again.lastLine());
        assertArrayEquals(before, Files.readAllBytes(run.resolve("report.html")));
    }

    @Test
    void theReportOfOneRunIsWrittenToASecondPlace(@TempDir Path folder) throws IOException {
        Path page = folder.resolve("new/one.html");
        Invocation one = Invocation.of("report", run.toString(), "--out", page.toString()).exits(0);
        assertEquals(page.toString(), one.lastLine());
        assertArrayEquals(Files.readAllBytes(run.resolve("report.html")), Files.readAllBytes(page));
    }

    @Test
    void aComparisonSaysWhereItWasWritten(@TempDir Path folder) {
        Path page = folder.resolve("both.html");
        Invocation both =
                Invocation.of("report", run.toString(), run.toString(), "--out", page.toString());
        both.exits(0).errs("comparison of 2 runs, written to " + page);
        assertEquals(page.toString(), both.lastLine());
    }

    @Test
    void exportSaysWhereItWroteAndTheReportTellsOfIt() throws IOException {
        Invocation onnx = Invocation.of("export", run.toString(), "--format", "onnx").exits(0);
        assertEquals(run.resolve("export").resolve("onnx").toString(), onnx.lastLine());
        assertTrue(Files.exists(run.resolve("export/onnx/certificate_low.onnx")));
        assertTrue(Files.readString(run.resolve("report.html")).contains("Exported model"));
    }

    @Test
    void whatCannotBeExportedIsExplained(@TempDir Path folder) throws IOException {
        String from = run.toString();
        Files.writeString(folder.resolve("mine"), "mine");
        Invocation.of("export", from, "--format", "csv", "--out", folder.toString())
                .exits(3)
                .errs("a new or empty folder");
        Invocation.of("export", from, "--format", "onnx", "--variant", "rooted")
                .exits(2)
                .errs("nearest: routed");
        Invocation.of("export", from, "--format", "onnx", "--seed", "7").exits(2).errs("[0]");
        Invocation.of("export", from, "--format", "onx").exits(2).errs("nearest: onnx");
        Invocation.of("export", folder.toString(), "--format", "csv").exits(3).errs("no manifest");
    }

    @Test
    void aFullFolderIsRefusedWithAHintAtResume() {
        Invocation.of(Invocation.tinyRun(data, run)).exits(3).errs("resume " + run);
    }

    @Test
    void aMissingRunIsBadInput(@TempDir Path folder) {
        String missing = folder.resolve("missing").toString();
        for (String command : List.of("resume", "report", "verify")) {
            Invocation.of(command, missing).exits(3).errs(missing, "no such folder");
        }
    }

    @Test
    void aFolderThatIsNoRunIsBadInput(@TempDir Path folder) {
        Invocation.of("resume", folder.toString()).exits(3).errs("no manifest.json");
    }

    @Test
    void dataThatIsNoImageFileIsBadInput(@TempDir Path folder) throws IOException {
        Path broken = Invocation.digits(folder.resolve("digits"));
        Files.writeString(broken.resolve("train-images-idx3-ubyte"), "no images");
        Invocation.of(Invocation.tinyRun(broken, folder.resolve("run")))
                .exits(3)
                .errs("train-images-idx3-ubyte", "expected");
        assertFalse(Files.exists(folder.resolve("run")), "a run without data has no folder");
    }

    @ParameterizedTest
    @CsvSource({
        "run split-digit, split-digits",
        "run split-digits --variant rooted, routed",
        "run split-digits --set epoch=3, epochs",
        "run split-digits --preset smok, smoke",
        "run split-digits --prest smoke, --preset",
        "run split-digits --data minst, mnist",
        "run split-digits --dtype f16, bf16",
        "verfy x, verify",
        "list setting, settings",
        "list variants split-digts, split-digits",
        "list hooks split-autoencodr, split-autoencoder",
        "data chek mnist, check",
        "bench split-digit, split-digits"
    })
    void wrongNamesAreAnsweredWithTheNearest(String line, String nearest) {
        Invocation wrong = Invocation.of(line.split(" ", -1)).exits(2).errs(nearest);
        assertEquals("", wrong.out());
    }

    @ParameterizedTest
    @CsvSource({
        "run, EXPERIMENT",
        "resume, RUN",
        "run split-digits --seeds 0, expected at least 1",
        "run split-digits --seed 1 --seeds 2, not both",
        "run split-digits --threads 0, expected 1 to 1024",
        "run split-digits --set l1=-1, setting l1",
        "run split-digits --set code=15, even",
        "run split-digits --set hidden=a, setting hidden",
        "run split-digits --checkpoint-every 0, expected at least 1",
        "run split-digits --device gpu, expected cpu or cuda:N",
        "list variants, which experiment"
    })
    void wrongUsageIsExplained(String line, String part) {
        Invocation wrong = Invocation.of(line.split(" ", -1)).exits(2).errs(part);
        assertEquals("", wrong.out());
    }

    @Test
    void aDeviceThatIsNotThereIsTheSystemsNo() {
        Invocation.of("run", "split-digits", "--device", "cuda:0")
                .exits(4)
                .errs("sluice: no device cuda:0");
    }

    @Test
    void aFolderThatCannotBeMadeIsTheSystemsNo() {
        Invocation.of(Invocation.tinyRun(data, Path.of("/proc/sluice"))).exits(4).errs("/proc");
    }

    @Test
    void aDefectIsToldInOneLineWithTheDetailsInAFile(@TempDir Path folder) throws IOException {
        Invocation defect =
                Invocation.of(
                                "run",
                                "leaky",
                                "--data",
                                data.toString(),
                                "--out",
                                folder.resolve("run").toString())
                        .exits(1)
                        .errs("a defect of Sluice", "details are in ");
        String told = defect.err();
        Path details = Path.of(told.substring(told.indexOf("details are in ") + 15).strip());
        assertTrue(Files.readString(details).contains("at dev.sluice.cli.LeakyExperiment.open"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "set:;  epochs: 1;  epocs: 2|line 3|epochs",
                "preset: smoke;variants: [routed, rooted]|line 2|routed",
                "preset: smok|line 1|smoke",
                "seeds: many|line 1|a whole number",
                "preset: smoke;sed: 3|line 2|seed",
                "variants: [routed|line 1|YAML",
                "experiment: other|line 1|split-digits"
            })
    void errorsOfAConfigurationNameFileAndLine(
            String text, String line, String expected, @TempDir Path folder) throws IOException {
        Path file = config(folder, text.replace(';', '\n') + "\n");
        Invocation.of("run", "split-digits", "--config", file.toString())
                .exits(3)
                .errs(file.toString(), line, expected);
    }

    @Test
    void optionsOnTheCommandLineWinOverTheConfiguration(@TempDir Path folder) throws IOException {
        Path file =
                config(
                        folder,
                        "preset: paper\nvariants: [plain]\nset:\n  epochs: 100000\n  code: 8\n");
        Path out = folder.resolve("run");
        Invocation.of(
                        Invocation.tinyRun(
                                data, out, "--config", file.toString(), "--set", "epochs=1"))
                .exits(0);
        JsonNode manifest = JSON.readTree(out.resolve("manifest.json").toFile());
        assertEquals("smoke", manifest.at("/configuration/preset").asText());
        assertEquals("plain", manifest.at("/variants/0").asText());
        assertEquals("1", manifest.at("/configuration/sets/epochs/0").asText());
        assertEquals("8", manifest.at("/configuration/sets/code/0").asText());
    }

    @Test
    void verifyTriesTheClaimsOfAFinishedRunAndShowsUndeclaredPaths() {
        Invocation verified = Invocation.of("verify", run.toString()).exits(0);
        assertTrue(verified.out().contains("2 claims, no violations"), verified.out());
        assertTrue(verified.out().contains("through reconstruction"), verified.out());
        assertTrue(verified.out().matches("(?s).*undeclared paths.*l1_low.*"), verified.out());
        assertTrue(verified.out().contains("no-routing seed 0\n  isolation: 0 claims"));
    }

    @Test
    void aRunSaysHowItsClaimsFared(@TempDir Path folder) throws IOException {
        assertTrue(
                Reports.claims(RunView.read(run)).get(0).matches("routed: 2 claims.*: held"),
                Reports.claims(RunView.read(run)).toString());
        for (String name : List.of("manifest.json", "metrics.jsonl")) {
            Files.copy(run.resolve(name), folder.resolve(name));
        }
        String summary = Files.readString(run.resolve("summary.json"));
        Files.writeString(
                folder.resolve("summary.json"),
                summary.replaceAll("\"violations\"\\s*:\\s*0", "\"violations\": 3"));
        String leaked = Reports.claims(RunView.read(folder)).get(0);
        assertTrue(leaked.endsWith("LEAKED 3 times; what leaks: sluice verify " + folder), leaked);
    }

    @Test
    void verifyOfAConfigurationStartsFromFreshWeights(@TempDir Path folder) throws IOException {
        Path file =
                config(
                        folder,
                        "experiment: split-digits\npreset: smoke\nthreads: 1\nvariants: [separate-decoders]\n"
                                + "data: "
                                + data
                                + "\nset: {hidden: 16}\n");
        Invocation verified = Invocation.of("verify", file.toString()).exits(0);
        assertTrue(verified.out().startsWith("separate-decoders seed 0\n"), verified.out());
    }

    @Test
    void verifyRefusesWeightsOfAnotherModel(@TempDir Path folder) throws IOException {
        Path out = folder.resolve("run");
        Invocation.of(
                        Invocation.tinyRun(
                                data, out, "--set", "epochs=1", "--variant", "routed", "--quiet"))
                .exits(0);
        Path manifest = out.resolve("manifest.json");
        String text = Files.readString(manifest);
        Files.writeString(manifest, text.replaceFirst("(\"hidden\"\\s*:\\s*\\[\\s*\")16", "$18"));
        Invocation.of("verify", out.toString()).exits(3).errs("model.safetensors");
    }

    @Test
    void aLeakThatTheVerifierFindsEndsVerifyWithFive(@TempDir Path folder) throws IOException {
        Path file = config(folder, "experiment: leaky\ndata: " + data + "\n");
        Invocation leak = Invocation.of("verify", file.toString()).exits(5);
        assertTrue(leak.out().contains("2 claims, 1 violation"), leak.out());
        assertTrue(leak.out().matches("(?s).*offset.*no route.*"), leak.out());
    }

    @Test
    void experimentsAndModelsOfOtherJarsAreListed() {
        assertTrue(Invocation.of("list").exits(0).out().contains("leaky"));
        Invocation hooks = Invocation.of("list", "hooks", "tiny-model").exits(0);
        assertTrue(hooks.out().matches("(?s).*out +batch, unit.*gain +3 +unit.*"), hooks.out());
    }

    @Test
    void settingsAreListedWithTheirValuesInEveryPreset() {
        String out = Invocation.of("list", "settings", "split-digits").exits(0).out();
        Experiment digits = Catalogue.experiment("split-digits");
        for (Setting setting : digits.settings()) {
            String row =
                    Stream.of("smoke", "quick", "paper")
                            .map(
                                    preset ->
                                            Pattern.quote(
                                                    "" + digits.preset(preset).get(setting.key())))
                            .collect(Collectors.joining(" +", setting.key() + " +", " .*"));
            assertTrue(out.lines().anyMatch(line -> line.matches(row)), row + " in:\n" + out);
        }
        assertTrue(out.lines().allMatch(l -> l.length() <= 100), out);
    }

    @Test
    void dataOfYourOwnIsCheckedWithoutChecksums() {
        String out = Invocation.of("data", "check", data.toString()).exits(0).out();
        assertTrue(out.contains("512 + 100 images"), out);
    }

    @ParameterizedTest
    @ValueSource(strings = {"storis.txt", "./no-such-folder", "a/b"})
    void a_place_to_check_where_nothing_is_is_no_unknown_data_set(String place) {
        Invocation.of("data", "check", place)
                .exits(3)
                .errs(place.replace("./", ""), "no such file");
    }

    @Test
    void textIsListedAndCheckedLikeImages(@TempDir Path folder) throws IOException {
        String listed = Invocation.of("list", "data").exits(0).out();
        assertTrue(listed.matches("(?s).*generated-stories +yes +language-model +.*"), listed);
        assertTrue(
                listed.matches("(?s).*\\ngenerated +yes +leaky, routed-vae, split-digits +.*"),
                listed);
        Path text = folder.resolve("two.jsonl");
        Files.writeString(text, "{\"text\": \"one\", \"label\": \"a\"}\n{\"text\": \"two!\"}\n");
        String found = Invocation.of("data", "check", text.toString()).exits(0).out();
        assertTrue(found.contains("2 documents of 7 characters, 1 with a label"), found);
        Invocation.of("data", "get", "generated-stories").exits(0).errs("nothing to get");
        Invocation.of("list", "hooks", "language-model").exits(2).errs("lm inspect RUN");
    }

    @Test
    void doctorTellsAMachinesStateAsOneDocument() throws IOException {
        JsonNode found = Invocation.of("doctor", "--json").exits(0).document();
        assertTrue(found.path("libtorch").asText().startsWith("libtorch 2."), found.toString());
        assertEquals(Runtime.getRuntime().availableProcessors(), found.path("threads").asInt());
        assertTrue(found.path("places").has("cache"));
        assertTrue(found.path("missing").isArray());
        assertTrue(Invocation.of("doctor").exits(0).out().contains("libtorch 2."));
    }
}
