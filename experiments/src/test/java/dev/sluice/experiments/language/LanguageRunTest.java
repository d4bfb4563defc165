package dev.sluice.experiments.language;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.data.text.tokenizer.Tokenizer;
import dev.sluice.engine.DType;
import dev.sluice.engine.SafetensorsFile;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.Weights;
import dev.sluice.experiments.Reports;
import dev.sluice.experiments.RunRequest;
import dev.sluice.experiments.RunSteps;
import dev.sluice.experiments.RunView;
import dev.sluice.experiments.TrialRequest;
import dev.sluice.models.transformer.Tokens;
import dev.sluice.routing.plan.PlanException;
import dev.sluice.training.MetricsLog;
import dev.sluice.training.RunException;
import dev.sluice.training.RunManifest.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole runs of language models, small ones. */
final class LanguageRunTest {
    @TempDir private Path temp = Path.of("");

    private static RunSteps runs(Map<String, String> more) {
        return new RunSteps(TinyText.data(more, Map.of(), "generated-stories"));
    }

    private Path finished(RunRequest request, Map<String, String> more) throws Exception {
        Path run = runs(more).start(temp.resolve("run"), request);
        assertEquals(Status.COMPLETE, runs(more).toTheEnd(run));
        return run;
    }

    @ParameterizedTest
    @CsvSource({"packed,gpt2", "documents,llama"})
    void a_run_stopped_after_every_step_ends_with_the_bytes_of_one_that_was_not(
            String rows, String architecture) throws Exception {
        Map<String, String> more = Map.of("rows", rows, "architecture", architecture);
        RunSteps runs = runs(more);
        RunRequest request = TinyText.run(List.of("model"), more);
        Path whole = runs.start(temp.resolve("whole"), request);
        runs.toTheEnd(whole);
        Path stopped = runs.start(temp.resolve("stopped"), request);
        for (int step = 0; step < 6; step++) {
            assertEquals(Status.STOPPED, runs.oneStep(stopped));
        }
        assertEquals(Status.COMPLETE, runs.toTheEnd(stopped));
        RunSteps.same(
                whole,
                stopped,
                List.of(
                        "summary.json",
                        "model.safetensors",
                        "artefacts/model-5.json",
                        "model/config.json",
                        "model/model.safetensors",
                        "model/tokenizer.json"));
    }

    @Test
    void the_model_of_a_run_is_read_back_as_it_was_trained() throws Exception {
        Path run = finished(TinyText.run(List.of("model"), Map.of()), Map.of());
        try (TensorScope scope = TensorScope.open();
                TextModel model = TextModel.open(run, null, DType.F32);
                SafetensorsFile file = SafetensorsFile.open(run.resolve("model.safetensors"))) {
            Map<String, Tensor> trained = Weights.read(file);
            model.transformer()
                    .state()
                    .forEach(
                            (name, t) ->
                                    assertTrue(
                                            t.sameBits(Objects.requireNonNull(trained.get(name))),
                                            name));
            assertEquals(trained.keySet(), model.transformer().state().keySet());
            Tokenizer tokenizer = model.tokenizer();
            assertEquals(tokenizer.vocabulary(), model.transformer().config().vocabulary());
            assertEquals(" forest", tokenizer.decode(tokenizer.encode(" forest")));
        }
    }

    @Test
    void validation_and_samples_are_logged_and_drawn() throws Exception {
        Path run = finished(TinyText.run(List.of("model", "no-routing"), Map.of()), Map.of());
        List<Long> looked =
                MetricsLog.read(run.resolve("metrics.jsonl")).stream()
                        .filter(l -> l.values().containsKey("validation.loss"))
                        .map(MetricsLog.Line::step)
                        .toList();
        assertEquals(List.of(2L, 5L, 2L, 5L), looked);
        RunView view = RunView.read(run);
        JsonNode samples = view.artefacts("model", 5).orElseThrow().path("samples");
        assertEquals(2, samples.size());
        assertEquals(6, samples.get(1).path("step").asInt());
        for (String variant : List.of("model", "no-routing")) {
            double sum =
                    view.mean(variant, "loss.forest") * view.mean(variant, "caught.forest")
                            + view.mean(variant, "loss.rest") * view.mean(variant, "caught.rest");
            assertEquals(view.mean(variant, "loss"), sum, 1e-6);
        }
        JsonNode isolation = view.summary().path("variants").path("model").path("isolation");
        assertEquals(1, isolation.path("claims").asInt());
        assertEquals(0, isolation.path("violations").asInt());
        Reports.write(view);
        String page = Files.readString(run.resolve("report.html"));
        for (String part :
                List.of("Sample text", "What the plan caught", "text made up by Sluice")) {
            assertTrue(page.contains(part), part);
        }
        assertTrue(Files.exists(run.resolve("figures/training-loss.svg")));
        assertFalse(page.contains("<script"));
    }

    @Test
    void training_goes_on_from_the_model_of_another_run() throws Exception {
        Path first = finished(TinyText.run(List.of("model"), Map.of()), Map.of());
        Map<String, String> more = Map.of("model", first.toString(), "lr", "0", "warmup", "0");
        RunSteps runs = runs(more);
        Path second = runs.start(temp.resolve("second"), TinyText.run(List.of("model"), more));
        runs.toTheEnd(second);
        RunView a = RunView.read(first);
        RunView b = RunView.read(second);
        assertEquals(a.mean("model", "loss"), b.mean("model", "loss"));
        assertEquals(
                -1,
                Files.mismatch(
                        first.resolve("model/tokenizer.json"),
                        second.resolve("model/tokenizer.json")));
    }

    @Test
    void a_plan_that_was_changed_in_between_is_noticed() throws Exception {
        Path plan = temp.resolve("plan.yaml");
        String text =
                """
                routes:
                  - at: blocks.0.mlp.hook_post
                    by: {phrases: {forest: [" forest"]}}
                    masks: {forest: {axis: d_mlp, weights: {0-3: %s}}}
                """;
        Files.writeString(plan, String.format(java.util.Locale.ROOT, text, "0"));
        Map<String, String> more = Map.of("plan", plan.toString());
        RunSteps runs = runs(more);
        Path run = runs.start(temp.resolve("run"), TinyText.run(List.of("model"), more));
        runs.oneStep(run);
        Files.writeString(plan, String.format(java.util.Locale.ROOT, text, "0.5"));
        RunException refused = assertThrows(RunException.class, () -> runs.toTheEnd(run));
        assertTrue(("" + refused.getMessage()).contains("plan"), refused.getMessage());
    }

    @Test
    void a_plan_that_does_not_fit_is_refused_before_the_text_is_tokenized() throws Exception {
        Path text = temp.resolve("story.txt");
        Files.writeString(text, "She walked through the forest and he sang.\n\n".repeat(400));
        Path cache = Files.createDirectory(temp.resolve("cache"));
        Path plan = temp.resolve("plan.yaml");
        for (boolean fits : new boolean[] {false, true}) {
            Files.writeString(
                    plan,
                    String.format(
                            java.util.Locale.ROOT,
                            """
                            routes:
                              - at: blocks.%d.mlp.hook_post
                                by: {phrases: {forest: [" forest"]}}
                                masks: {forest: {axis: d_mlp, weights: {0-3: 0}}}
                            """,
                            fits ? 0 : 7));
            Map<String, String> more =
                    Map.of("plan", plan.toString(), "tokenizer", "words", "separator", "\\n\\n");
            TrialRequest request =
                    new TrialRequest(
                            LanguageModel.MODEL,
                            TinyText.settings(more),
                            3,
                            TinyText.data(
                                    more, Map.of("SLUICE_CACHE", cache.toString()), "" + text),
                            DType.F32,
                            false);
            if (fits) {
                new LanguageModel().open(request).close();
            } else {
                Exception refused =
                        assertThrows(PlanException.class, () -> new LanguageModel().open(request));
                assertTrue(("" + refused.getMessage()).contains("blocks.7"), "" + refused);
            }
            try (Stream<Path> made = Files.list(cache)) {
                assertEquals(fits, made.findAny().isPresent());
            }
        }
    }

    @Test
    void a_small_model_learns_its_stories() throws Exception {
        Map<String, String> more =
                Map.of("steps", "150", "lr", "0.01", "validate_every", "0", "width", "32");
        Path run = finished(TinyText.run(List.of("model"), more), more);
        double first =
                MetricsLog.read(run.resolve("metrics.jsonl"))
                        .get(0)
                        .values()
                        .getOrDefault("loss", 0.0);
        double learned = RunView.read(run).mean("model", "loss");
        assertTrue(first > 5.5, "" + first);
        assertTrue(learned < 3.2, "" + learned);
        try (TensorScope scope = TensorScope.open();
                TextModel model = TextModel.open(run, null, DType.F32)) {
            int[] ids = model.tokenizer().encode("Once upon a");
            Tensor logits = model.transformer().logits(Tokens.of(new int[][] {ids}));
            long likeliest = logits.narrow(1, ids.length - 1, 1).argmax(-1).toLongs()[0];
            assertEquals(" time", model.tokenizer().text((int) likeliest));
        }
    }
}
