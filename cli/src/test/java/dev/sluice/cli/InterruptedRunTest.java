package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.engine.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that are killed or stopped, and go on to the bytes of one that was not. */
final class InterruptedRunTest {
    private static final int KILLS = 3;
    private static final int LATEST_MILLIS = 800;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path shared;

    @SuppressWarnings("NullAway.Init")
    private static Path data;

    @SuppressWarnings("NullAway.Init")
    private static Path uninterrupted;

    private static String[] run(Path out, String... more) {
        String[] size = {"--set", "epochs=16", "--set", "batch=32", "--set", "verify_every=50"};
        return Invocation.tinyRun(
                data, out, Stream.of(size, more).flatMap(Stream::of).toArray(String[]::new));
    }

    @BeforeAll
    static void runWithoutInterruption() throws IOException {
        data = Invocation.digits(shared.resolve("digits"));
        uninterrupted = shared.resolve("uninterrupted");
        Invocation.of(run(uninterrupted)).exits(0);
    }

    private static void assertSameResults(Path out) throws IOException {
        for (String file :
                List.of(
                        "summary.json",
                        "model.safetensors",
                        "models/routed-0.safetensors",
                        "models/no-routing-0.safetensors")) {
            assertArrayEquals(
                    Files.readAllBytes(uninterrupted.resolve(file)),
                    Files.readAllBytes(out.resolve(file)),
                    file);
        }
        assertEquals(steps(uninterrupted), steps(out), "the logged steps");
    }

    /** Variant, seed, step, examples and loss of each logged step; times differ. */
    private static List<String> steps(Path out) throws IOException {
        return Files.readAllLines(out.resolve("metrics.jsonl")).stream()
                .map(line -> line.replaceFirst("\"seconds\":[^,]*,", ""))
                .toList();
    }

    private static SluiceProcess start(Path folder, String... arguments) throws IOException {
        return SluiceProcess.start(folder, Map.of(), List.of(), arguments);
    }

    private static long size(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    /** Checkpoints after every other step: a kill then mostly falls into the writing of one. */
    @ParameterizedTest
    @ValueSource(ints = {5, 2})
    void aRunThatIsKilledAgainAndAgainEndsWithTheSameBytes(int every, @TempDir Path folder)
            throws Exception {
        Path out = folder.resolve("run");
        Rng moments = Rng.of(every, "kills");
        String[] command = run(out, "--checkpoint-every", Integer.toString(every));
        int killed = 0;
        for (int i = 0; i < KILLS; i++) {
            long logged = size(out.resolve("metrics.jsonl"));
            try (SluiceProcess process = start(folder, command)) {
                process.await(
                        i == 0
                                ? () -> Files.exists(out.resolve("manifest.json"))
                                : () -> size(out.resolve("metrics.jsonl")) != logged);
                Thread.sleep(moments.nextInt(LATEST_MILLIS));
                killed += process.alive() ? 1 : 0;
                process.kill();
            }
            command = new String[] {"resume", out.toString()};
        }
        assertTrue(killed > 0, "no kill came before the end");
        Invocation.of("resume", out.toString()).exits(0);
        assertSameResults(out);
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143", "INT, 130"})
    void aSignalStopsTheRunAfterACheckpointAndResumeGoesOn(
            String signal, int code, @TempDir Path folder) throws Exception {
        Path out = folder.resolve("run");
        try (SluiceProcess process = start(folder, run(out))) {
            process.await(() -> size(out.resolve("metrics.jsonl")) > 0);
            process.signal(signal);
            Invocation stopped =
                    process.finish().exits(code).errs("stopped; go on with: sluice resume " + out);
            assertEquals("", stopped.out());
        }
        assertEquals(
                "stopped",
                new ObjectMapper()
                        .readTree(out.resolve("manifest.json").toFile())
                        .path("status")
                        .asText());
        try (Stream<Path> checkpoints = Files.list(out.resolve("checkpoints"))) {
            assertTrue(checkpoints.anyMatch(f -> f.toString().endsWith(".safetensors")));
        }
        Invocation resumed = Invocation.of("resume", out.toString()).exits(0);
        assertEquals(out.toString(), resumed.lastLine());
        assertSameResults(out);
    }
}
