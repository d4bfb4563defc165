package dev.sluice.training;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {
    private static final LocalDateTime NOW = LocalDateTime.of(2026, 1, 1, 12, 0, 0);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path home;

    private static RunManifest manifest() {
        return RunManifest.start(
                "split-digits",
                Instant.parse("2026-01-01T12:00:00Z"),
                List.of("run", "split-digits"),
                List.of(0L, 1L),
                List.of("routed"),
                Json.mapper().createObjectNode().put("lr", 0.001).put("epochs", 3),
                List.of(new DataIdentity("mnist", false, 60000, 10000, Map.of("t", "ab"))),
                Map.of("sluice", "0.1.0"));
    }

    private static void trainable(Path path) {
        try (RunFolder folder = RunFolder.openToTrain(path)) {
            assertEquals(path, folder.path());
        }
    }

    private static void created(Path path) {
        try (RunFolder folder = RunFolder.createAt(path)) {
            assertEquals(path, folder.path());
        }
    }

    private static String refusal(Executable action) {
        return String.valueOf(assertThrows(RunException.class, action).getMessage());
    }

    @Test
    void runs_go_where_the_environment_says_else_to_runs() {
        assertEquals(Path.of("runs"), RunFolder.home(Map.of()));
        assertEquals(Path.of("runs"), RunFolder.home(Map.of("SLUICE_RUNS", "")));
        assertEquals(Path.of("/data/r"), RunFolder.home(Map.of("SLUICE_RUNS", "/data/r")));
    }

    @Test
    void a_new_run_is_named_by_experiment_time_and_four_random_digits() {
        Path runs = home.resolve("a").resolve("runs");
        try (RunFolder one = RunFolder.create(runs, "split-digits", NOW);
                RunFolder two = RunFolder.create(runs, "split-digits", NOW)) {
            for (RunFolder run : List.of(one, two)) {
                String name = String.valueOf(run.path().getFileName());
                assertTrue(name.matches("split-digits-20260101-120000-[0-9a-f]{4}"), name);
            }
            assertFalse(one.path().equals(two.path()));
        }
    }

    @Test
    void a_full_folder_is_left_alone_and_a_run_in_it_brings_a_hint_at_resume() throws Exception {
        Path out = Files.createDirectory(home.resolve("out"));
        assertDoesNotThrow(() -> created(out));
        assertDoesNotThrow(() -> created(out), "nothing but a lock is empty");
        Files.write(out.resolve("thesis.tex"), new byte[1]);
        assertTrue(refusal(() -> created(out)).contains("other files"));
        try (RunFolder run = RunFolder.createAt(home.resolve("run"))) {
            run.write(manifest());
        }
        String message = refusal(() -> created(home.resolve("run")));
        assertTrue(message.contains("resume " + home.resolve("run")), message);
        assertTrue(refusal(() -> created(out.resolve("thesis.tex"))).contains("a file"));
        assertThrows(UncheckedIOException.class, () -> created(out.resolve("thesis.tex/x")));
    }

    @Test
    void leftovers_of_a_killed_run_do_not_fill_a_folder_and_files_of_the_user_do()
            throws Exception {
        Path out = Files.createDirectory(home.resolve("out"));
        String id = "0f8fad5b-d9cb-469f-a165-70867728950e";
        Path leftover = Files.write(out.resolve(".manifest.json." + id + ".tmp"), new byte[1]);
        Path mine = Files.write(out.resolve(".mine.tmp"), new byte[1]);
        assertTrue(refusal(() -> created(out)).contains("other files"));
        assertTrue(Files.exists(mine) && Files.exists(leftover));
        Files.delete(mine);
        created(out);
        assertFalse(Files.exists(leftover));
    }

    @Test
    void what_is_missing_or_not_a_run_is_not_opened() throws Exception {
        Path other = Files.createDirectory(home.resolve("other"));
        Path file = Files.write(home.resolve("file"), new byte[1]);
        for (Path path : List.of(other, file, home.resolve("missing"))) {
            refusal(() -> trainable(path));
            refusal(() -> RunFolder.openToRead(path));
        }
        assertTrue(Files.notExists(other.resolve(".lock")), "and nothing is left in it");
    }

    @Test
    void a_lock_that_was_given_up_names_nobody() throws Exception {
        Path out = home.resolve("run");
        try (RunFolder run = RunFolder.createAt(out)) {
            run.write(manifest());
            assertEquals(Optional.of(ProcessHandle.current()), run.trainer());
        }
        assertEquals("", Files.readString(out.resolve(".lock")));
    }

    @Test
    void the_manifest_is_read_as_it_was_written_and_its_status_changes() {
        try (RunFolder run = RunFolder.createAt(home.resolve("run"))) {
            run.write(manifest());
            assertEquals(manifest(), run.manifest());
            run.write(run.manifest().with(RunManifest.Status.STOPPED));
            assertEquals(RunManifest.Status.STOPPED, run.manifest().status());
            run.write(run.manifest().failed("the disk was full"));
            assertEquals("the disk was full", run.manifest().failure());
            run.write(run.manifest().with(RunManifest.Status.RUNNING));
            assertEquals("", run.manifest().failure());
        }
    }

    @Test
    void a_manifest_of_before_failures_were_kept_is_read() throws Exception {
        Path file = home.resolve("manifest.json");
        String now = new String(manifest().toJson(), StandardCharsets.UTF_8);
        Files.writeString(file, now.replaceFirst("  \"failure\" : \"\",\n", ""));
        assertFalse(Files.readString(file).contains("failure"));
        assertEquals(manifest(), RunManifest.read(file));
    }

    @Test
    void a_run_that_made_nothing_is_discarded_and_no_other() throws Exception {
        Path path = home.resolve("run");
        try (RunFolder run = RunFolder.createAt(path)) {
            run.write(manifest());
            Files.writeString(run.metrics(), "a step\n");
            assertFalse(run.discard());
            Files.writeString(run.metrics(), "");
            assertTrue(run.discard());
        }
        assertFalse(Files.exists(path));
        Path own = Files.createDirectory(home.resolve("own"));
        try (RunFolder run = RunFolder.createAt(own)) {
            run.write(manifest());
            Path checkpoint = Files.createDirectory(own.resolve("checkpoints"));
            checkpoint = checkpoint.resolve("checkpoint-00000001.safetensors");
            Files.writeString(checkpoint, "steps");
            assertFalse(run.discard());
            Files.delete(checkpoint);
            Files.writeString(own.resolve("notes.txt"), "put there meanwhile");
            assertTrue(run.discard());
        }
        try (Stream<Path> left = Files.list(own)) {
            assertEquals(List.of(own.resolve("notes.txt")), left.toList());
        }
        try (RunFolder run = RunFolder.createAt(path)) {
            run.write(manifest());
        }
        RunFolder looked = RunFolder.openToRead(path);
        assertThrows(IllegalStateException.class, looked::discard);
    }

    @Test
    void a_damaged_manifest_is_named_with_its_place() throws Exception {
        Path path = home.resolve("run");
        try (RunFolder run = RunFolder.createAt(path)) {
            run.write(manifest());
        }
        Path file = path.resolve("manifest.json");
        String sound = Files.readString(file);
        List<String> damaged =
                List.of(
                        sound.substring(0, sound.length() / 2),
                        sound.replace("sluice.manifest/1", "sluice.manifest/2"),
                        sound.replace("\"seeds\"", "\"sedes\""),
                        sound.replace("\"running\"", "\"jogging\""),
                        sound.replace("\"mnist\"", "null"),
                        sound + "x",
                        "");
        for (String text : damaged) {
            Files.writeString(file, text);
            String message = refusal(() -> RunFolder.openToRead(path).manifest());
            assertTrue(message.startsWith(file + ": "), message);
        }
    }

    @Test
    void leftovers_of_a_killed_process_are_cleared_when_training_goes_on() throws Exception {
        Path path = home.resolve("run");
        Path checkpoints = Files.createDirectories(path.resolve("checkpoints"));
        try (RunFolder run = RunFolder.createAt(home.resolve("other"))) {
            run.write(manifest());
            Files.copy(home.resolve("other/manifest.json"), path.resolve("manifest.json"));
        }
        Path torn = Files.write(path.resolve(".summary.json.1.tmp"), new byte[1]);
        Path tornToo = Files.write(checkpoints.resolve(".checkpoint-1.2.tmp"), new byte[1]);
        try (RunFolder reader = RunFolder.openToRead(path)) {
            assertEquals(manifest(), reader.manifest());
        }
        assertTrue(Files.exists(torn), "a reader changes nothing");
        trainable(path);
        assertTrue(Files.notExists(torn) && Files.notExists(tornToo));
    }

    /** Opens a run to train and says so, or says why not; then waits to be killed. */
    static final class Trainer {
        private Trainer() {}

        public static void main(String[] arguments) throws Exception {
            try (RunFolder run = RunFolder.openToTrain(Path.of(arguments[0]))) {
                System.out.println("training " + run.path());
                Thread.sleep(60_000);
            } catch (RunException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    private static String firstLine(Process child) throws Exception {
        try (BufferedReader out = child.inputReader()) {
            return String.valueOf(out.readLine());
        }
    }

    @Test
    void two_processes_cannot_train_one_run_and_a_killed_one_frees_it() throws Exception {
        Path path = home.resolve("run");
        try (RunFolder run = RunFolder.createAt(path)) {
            run.write(manifest());
            assertTrue(refusal(() -> trainable(path)).contains("this process"));
            Process shutOut = ChildJvm.start(Trainer.class, path.toString());
            String wanted = "process " + ProcessHandle.current().pid();
            assertTrue(firstLine(shutOut).contains(wanted), "also after a second attempt of ours");
        }
        Process child = ChildJvm.start(Trainer.class, path.toString());
        assertEquals("training " + path, firstLine(child));
        assertTrue(refusal(() -> trainable(path)).contains("process " + child.pid()));
        assertDoesNotThrow(() -> RunFolder.openToRead(path).manifest());
        child.destroyForcibly().waitFor();
        assertDoesNotThrow(() -> trainable(path));
    }

    @Test
    void weights_and_figures_have_their_places() {
        try (RunFolder run = RunFolder.createAt(home.resolve("run"))) {
            assertTrue(Files.isDirectory(home.resolve("run")));
            Path weights = run.model("routed", 3);
            assertEquals(home.resolve("run/models/routed-3.safetensors"), weights);
            assertTrue(Files.isDirectory(home.resolve("run/models")));
            assertEquals(home.resolve("run/figures/loss.svg"), run.figure("loss.svg"));
            assertEquals(home.resolve("run/model.safetensors"), run.model());
        }
    }
}
