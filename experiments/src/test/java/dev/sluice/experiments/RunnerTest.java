package dev.sluice.experiments;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.data.ImageData;
import dev.sluice.training.RunFolder;
import dev.sluice.training.RunManifest.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunnerTest {
    private static final ImageData DATA = TinyDigits.data();
    private static final RunSteps RUNS = new RunSteps(DATA);
    private static final int STEPS = 8;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir private Path temp = Path.of("");

    private static Path start(Path path, RunRequest request) {
        return RUNS.start(path, request);
    }

    private static Status toTheEnd(Path path) throws Exception {
        return RUNS.toTheEnd(path);
    }

    private static Status oneStep(Path path) throws Exception {
        return RUNS.oneStep(path);
    }

    private Path whole(RunRequest request) throws Exception {
        Path path = start(temp.resolve("whole"), request);
        assertEquals(Status.COMPLETE, toTheEnd(path));
        return path;
    }

    private static void same(Path expected, Path found, List<String> files) throws Exception {
        RunSteps.same(expected, found, files);
    }

    private static List<String> steps(Path run) {
        return RunSteps.steps(run);
    }

    @Test
    void a_run_stopped_after_every_single_step_ends_with_the_bytes_of_an_uninterrupted_one()
            throws Exception {
        RunRequest request = TinyDigits.run(List.of("routed"), List.of(7L), Map.of());
        Path whole = whole(request);
        Path stopped = start(temp.resolve("stopped"), request);
        for (int step = 0; step < STEPS; step++) {
            assertEquals(Status.STOPPED, oneStep(stopped));
            assertFalse(Files.exists(stopped.resolve("summary.json")));
        }
        assertEquals(Status.COMPLETE, toTheEnd(stopped));
        assertEquals(STEPS, steps(whole).size());
        same(
                whole,
                stopped,
                List.of("summary.json", "model.safetensors", "artefacts/routed-7.json"));
    }

    @Test
    void every_experiment_names_the_views_that_it_implements() throws Exception {
        for (Experiment e : Catalogue.experiments()) {
            var model = e.getClass().getMethod("model", Settings.class, Map.class);
            assertEquals(
                    model.getDeclaringClass() != Experiment.class,
                    e.views().contains(Experiment.View.CODE),
                    e.name());
            assertTrue(
                    !e.views().contains(Experiment.View.PLAN) || e instanceof RoutedExperiment,
                    e.name());
        }
    }

    @Test
    void variants_and_seeds_go_on_where_they_were_even_from_the_checkpoint_before_the_last()
            throws Exception {
        RunRequest request =
                TinyDigits.run(List.of("routing-share", "no-routing"), List.of(0L, 1L), Map.of());
        Path whole = whole(request);
        Path stopped = start(temp.resolve("stopped"), request);
        for (int step = 0; step < STEPS + 3; step++) {
            assertEquals(Status.STOPPED, oneStep(stopped));
        }
        List<Path> checkpoints;
        try (RunFolder folder = RunFolder.openToRead(stopped)) {
            checkpoints = folder.checkpoints().files();
        }
        Path newest = checkpoints.stream().max(java.util.Comparator.naturalOrder()).orElseThrow();
        Files.delete(newest);
        assertEquals(Status.STOPPED, oneStep(stopped));
        assertEquals(Status.COMPLETE, toTheEnd(stopped));
        same(
                whole,
                stopped,
                List.of(
                        "summary.json",
                        "model.safetensors",
                        "models/routing-share-0.safetensors",
                        "models/routing-share-1.safetensors",
                        "models/no-routing-0.safetensors",
                        "models/no-routing-1.safetensors"));
    }

    /** Four side by side with four threads, then the fifth alone. */
    private static RunRequest five(int threads) {
        return TinyDigits.run(
                List.of("routed", "routing-share", "no-routing", "hash-control", "single-mean"),
                List.of(0L),
                Map.of("l1", List.of("1e-3")),
                threads);
    }

    @Test
    void trainings_side_by_side_have_the_bytes_of_trainings_one_after_the_other() throws Exception {
        Path one = start(temp.resolve("one"), five(1));
        Path four = start(temp.resolve("four"), five(4));
        assertEquals(Status.COMPLETE, toTheEnd(one));
        assertEquals(Status.COMPLETE, toTheEnd(four));
        for (String file :
                List.of(
                        "summary.json",
                        "model.safetensors",
                        "artefacts/no-routing-0.json",
                        "models/routing-share-0.safetensors",
                        "models/no-routing-0.safetensors",
                        "models/hash-control-0.safetensors")) {
            assertArrayEquals(
                    Files.readAllBytes(one.resolve(file)),
                    Files.readAllBytes(four.resolve(file)),
                    file);
        }
        assertEquals(new TreeSet<>(steps(one)), new TreeSet<>(steps(four)));
    }

    @Test
    void trainings_side_by_side_go_on_to_the_same_bytes_when_some_are_longer() throws Exception {
        RunRequest request =
                TinyDigits.run(
                        List.of("routed", "no-routing"),
                        List.of(0L),
                        Map.of("epochs", List.of("1", "2", "3")),
                        3);
        Path whole = whole(request);
        Path stopped = start(temp.resolve("stopped"), request);
        int stops = 0;
        while (oneStep(stopped) == Status.STOPPED) {
            stops++;
        }
        assertEquals(2 * 3 * STEPS / 2, stops);
        same(
                whole,
                stopped,
                List.of(
                        "summary.json",
                        "model.safetensors",
                        "models/routed@epochs=1-0.safetensors",
                        "models/no-routing@epochs=3-0.safetensors"));
    }

    @Test
    void a_finished_run_that_is_started_again_keeps_its_results() throws Exception {
        RunRequest request = TinyDigits.run(List.of("routed"), List.of(0L), Map.of());
        Path run = whole(request);
        byte[] summary = Files.readAllBytes(run.resolve("summary.json"));
        byte[] model = Files.readAllBytes(run.resolve("model.safetensors"));
        assertEquals(Status.COMPLETE, toTheEnd(run));
        assertArrayEquals(summary, Files.readAllBytes(run.resolve("summary.json")));
        assertArrayEquals(model, Files.readAllBytes(run.resolve("model.safetensors")));
    }

    @Test
    void the_summary_of_several_variants_and_seeds_is_that_of_the_contract() throws Exception {
        RunRequest request =
                TinyDigits.run(List.of("routed", "no-routing"), List.of(0L, 1L, 2L), Map.of());
        JsonNode summary = JSON.readTree(whole(request).resolve("summary.json").toFile());
        assertEquals("sluice.summary/1", summary.path("schema").asText());
        assertEquals("complete", summary.path("status").asText());
        assertEquals("split-digits", summary.path("experiment").asText());
        assertTrue(summary.path("data").path("generated").asBoolean());
        assertEquals(60, summary.path("data").path("train").asInt());
        JsonNode routed = summary.path("variants").path("routed");
        JsonNode separation = routed.path("metrics").path("separation.low");
        assertEquals(3, separation.path("values").size());
        assertEquals(3, new TreeSet<>(numbers(separation.path("values"))).size());
        double mean =
                numbers(separation.path("values")).stream()
                        .mapToDouble(Double::doubleValue)
                        .average()
                        .orElseThrow();
        assertEquals(mean, separation.path("mean").asDouble(), 1e-12);
        assertTrue(separation.path("ci95").get(0).asDouble() < mean);
        assertEquals(2, routed.path("isolation").path("claims").asInt());
        assertEquals(9, routed.path("isolation").path("checked_steps").asInt());
        assertEquals(0, routed.path("isolation").path("violations").asInt());
        JsonNode control = summary.path("variants").path("no-routing");
        assertEquals(0, control.path("isolation").path("claims").asInt());
        for (JsonNode comparison : summary.path("comparisons")) {
            assertEquals("routed", comparison.path("a").asText());
            assertEquals("no-routing", comparison.path("b").asText());
            assertEquals(3, comparison.path("pairs").asInt());
        }
        assertFalse(summary.path("comparisons").isEmpty());
    }

    private static List<Double> numbers(JsonNode array) {
        List<Double> numbers = new java.util.ArrayList<>();
        array.forEach(n -> numbers.add(n.asDouble()));
        return numbers;
    }

    @Test
    void a_comparison_says_of_every_number_and_section_which_run_it_is_of() throws Exception {
        RunRequest request = TinyDigits.run(List.of("routed"), List.of(0L), Map.of());
        List<RunView> views = new java.util.ArrayList<>();
        for (String name : List.of("a/first", "a/second", "b/second")) {
            Path run = start(temp.resolve(name), request);
            toTheEnd(run);
            views.add(RunView.read(run));
        }
        String page = wellFormed(Reports.compare(views, temp.resolve("new/comparison.html")));
        String again = temp.resolve("a/second").toString();
        for (String name : List.of("first", again, temp.resolve("b/second").toString())) {
            assertTrue(
                    page.contains("<h2 class=\"part\">" + name + " <small>split-digits, "), name);
            assertTrue(page.contains("<h2>" + name + ": Training</h2>"), name);
        }
        assertFalse(page.contains("<h2>Training</h2>"));
    }

    @Test
    void a_report_says_of_a_short_training_what_a_longer_one_is_meant_to_reach() throws Exception {
        Path tiny = whole(TinyDigits.run(List.of("routed"), List.of(0L), Map.of()));
        String page = Files.readString(Reports.write(RunView.read(tiny)));
        assertTrue(page.contains("Too short for a split to show: 120 images"), page);
        assertTrue(page.contains("separation of 1.6 or more"), page);
        assertTrue(page.contains("the preset <code>quick</code> with its 1,680"), page);
        Path longer =
                start(
                        temp.resolve("longer"),
                        TinyDigits.run(
                                List.of("routed"), List.of(0L), Map.of("epochs", List.of("28"))));
        toTheEnd(longer);
        assertFalse(Files.readString(Reports.write(RunView.read(longer))).contains("Too short"));
    }

    @Test
    void a_report_has_a_phrase_for_whatever_a_run_leaves_in_its_folder() throws Exception {
        Path run = whole(TinyDigits.run(List.of("routed", "no-routing"), List.of(0L), Map.of()));
        String page = Files.readString(Reports.write(RunView.read(run)));
        for (String name : List.of("artefacts/", "models/", "checkpoints/", "metrics.jsonl")) {
            assertTrue(page.contains(">" + name + "</th>"), name);
        }
        assertFalse(page.contains(">model/</th>"), "a model for Hugging Face");
    }

    @Test
    void a_sweep_is_compared_point_by_point_and_drawn() throws Exception {
        RunRequest request =
                TinyDigits.run(
                        List.of("routed", "no-routing"),
                        List.of(0L),
                        Map.of("l1", List.of("0", "3e-3"), "epochs", List.of("1")));
        Path run = whole(request);
        JsonNode summary = JSON.readTree(run.resolve("summary.json").toFile());
        assertTrue(summary.path("variants").has("routed@l1=3e-3"));
        var pairs = new TreeSet<String>();
        summary.path("comparisons")
                .forEach(c -> pairs.add(c.path("a").asText() + " " + c.path("b").asText()));
        assertEquals(
                new TreeSet<>(
                        List.of(
                                "routed@l1=0 no-routing@l1=0",
                                "routed@l1=3e-3 no-routing@l1=3e-3")),
                pairs);
        wellFormed(Reports.write(RunView.read(run)));
    }

    @Test
    void a_sweep_over_two_settings_is_drawn_as_a_scatter_and_as_maps() throws Exception {
        RunRequest request =
                TinyDigits.run(
                        List.of("routed", "no-routing"),
                        List.of(0L),
                        Map.of(
                                "l1", List.of("0", "3e-3"),
                                "correlation", List.of("0", "0.1", "1"),
                                "epochs", List.of("1")));
        Path run = whole(request);
        Reports.write(RunView.read(run));
        for (String figure : List.of("what-the-low-half-knows", "what-the-high-half-knows")) {
            String svg = Files.readString(run.resolve("figures/sweep-" + figure + ".svg"));
            assertEquals(2 * 3 * 2, svg.split("<circle ", -1).length - 1);
        }
        assertTrue(Files.exists(run.resolve("figures/sweep-no-routing-separation-digits-5-9.svg")));
    }

    @Test
    void every_error_of_every_training_and_digit_is_in_a_table_of_its_own() throws Exception {
        RunRequest request =
                TinyDigits.run(List.of("routed", "no-routing"), List.of(4L, 9L), Map.of());
        Path run = whole(request);
        RunView view = RunView.read(run);
        Reports.write(view);
        List<String> lines = Files.readAllLines(run.resolve("digits.csv"));
        assertEquals(1 + 2 * 2 * 10, lines.size());
        String[] header = lines.get(0).split(",", -1);
        for (String line : lines.subList(1, lines.size())) {
            String[] fields = line.split(",", -1);
            int seed = fields[1].equals("4") ? 0 : 1;
            for (int c = 3; c < header.length; c++) {
                String metric = "per_label." + fields[2] + "." + header[c];
                double expected = view.values(fields[0], metric).get(seed);
                assertEquals(Double.toString(expected), fields[c], metric);
            }
        }
        assertEquals(9, header.length);
        String latex = Files.readString(run.resolve("table2.tex"));
        assertTrue(latex.contains("gradient routing") && latex.contains("$\\pm$"), latex);
    }

    @Test
    void the_report_is_one_well_formed_page_without_scripts_or_links_to_elsewhere()
            throws Exception {
        RunRequest request =
                TinyDigits.run(
                        List.of("routed", "separate-decoders", "no-routing"),
                        List.of(0L, 1L),
                        Map.of());
        Path run = whole(request);
        RunView view = RunView.read(run);
        String page = wellFormed(Reports.write(view));
        assertFalse(page.toLowerCase(java.util.Locale.ROOT).contains("<script"), "a script");
        assertFalse(page.matches("(?s).*(src|href)=\"https?:.*"), "a link to elsewhere");
        assertTrue(page.contains("<svg") && page.contains("separation"));
        assertTrue(page.contains("not MNIST"));
        for (String variant : List.of("routed", "separate-decoders", "no-routing")) {
            assertTrue(view.artefacts(variant, 0).isPresent(), variant);
            assertTrue(Files.size(run.resolve("models").resolve(variant + "-1.safetensors")) > 0);
        }
        assertTrue(Files.readString(run.resolve("table.csv")).contains("routed"));
        assertTrue(Files.readString(run.resolve("table.tex")).contains("routed"));
        assertTrue(Reports.console(view).contains("no-routing"));
        wellFormed(Reports.compare(List.of(view, view), temp.resolve("both.html")));
        assertEquals(leftovers(run), List.of());
    }

    private static String wellFormed(Path file) throws Exception {
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
        return Files.readString(file);
    }

    /** Files under names of their making. */
    private static List<String> leftovers(Path run) throws Exception {
        try (var files = Files.walk(run)) {
            return files.map(p -> String.valueOf(p.getFileName()))
                    .filter(name -> name.endsWith(".tmp") || name.startsWith(".tmp"))
                    .collect(Collectors.toList());
        }
    }
}
