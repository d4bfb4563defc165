package dev.sluice.studio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.training.MetricsLog;
import dev.sluice.training.RunFolder;
import dev.sluice.training.RunManifest.Status;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What pages hear of runs that other processes train. */
final class RunFeedTest {
    @TempDir Path runs = Path.of("");

    @SuppressWarnings("NullAway.Init") // set before each test
    private StudioFixture studio;

    @BeforeEach
    void serve() {
        studio = new StudioFixture(runs, "127.0.0.1");
    }

    @AfterEach
    void stop() {
        studio.close();
    }

    /** An open event stream. */
    private final class Stream implements AutoCloseable {
        private final Socket socket = new Socket(InetAddress.getLoopbackAddress(), studio.port());
        private final BufferedReader lines;

        Stream(String query) throws IOException {
            socket.setSoTimeout(20_000);
            String request =
                    "GET /api/events?"
                            + query
                            + " HTTP/1.1\r\nHost: localhost\r\n"
                            + "Accept: text/event-stream\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            lines =
                    new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        }

        /**
         * Reads until a line has this part; comments keep the stream alive, so there is a limit.
         */
        String until(String part) throws IOException {
            long end = System.nanoTime() + 60_000_000_000L;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                assertTrue(System.nanoTime() < end, "waited too long for " + part);
                if (line.contains(part)) {
                    return line;
                }
            }
            throw new IOException("the stream ended before " + part);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Test
    void aLogThatGrowsIsFollowedLineByLine() throws IOException {
        Path run = StudioFixture.run(runs, "growing", Status.RUNNING, 2);
        try (Stream stream = new Stream("run=growing@0")) {
            stream.until("event: metrics");
            stream.until("\"step\":1,");
            long size = Files.size(run.resolve("metrics.jsonl"));
            try (MetricsLog log = MetricsLog.open(run.resolve("metrics.jsonl"), size)) {
                log.append(StudioFixture.line(2));
            }
            assertTrue(stream.until("\"offset\":").contains("growing"));
            stream.until("\"step\":2,");
        }
    }

    @Test
    void aLogThatWasCutComesAgain() throws IOException {
        Path run = StudioFixture.run(runs, "cut", Status.RUNNING, 9);
        try (Stream stream = new Stream("run=cut@0")) {
            stream.until("event: metrics");
            stream.until("\"step\":8,");
            try (MetricsLog log = MetricsLog.open(run.resolve("metrics.jsonl"), 0)) {
                log.append(StudioFixture.line(0));
            }
            stream.until("event: reset");
            stream.until("\"step\":0,");
        }
    }

    @Test
    void aStreamGoesOnWhereThePageLeftIt() throws IOException {
        Path run = StudioFixture.run(runs, "known", Status.RUNNING, 3);
        List<String> log = Files.readAllLines(run.resolve("metrics.jsonl"));
        int offset = log.get(0).length() + 1;
        try (Stream stream = new Stream("run=known@" + offset)) {
            stream.until("event: metrics");
            assertFalse(stream.until("\"step\":").contains("\"step\":0,"));
        }
    }

    @Test
    void aNewRunAndOneThatGoesAwayAreTold() throws IOException {
        StudioFixture.run(runs, "old", Status.COMPLETE, 1);
        try (Stream stream = new Stream("")) {
            stream.until("\"name\":\"old\"");
            Path run = StudioFixture.run(runs, "new", Status.STOPPED, 1);
            assertTrue(stream.until("\"name\":\"new\"").contains("stopped"));
            Files.delete(run.resolve("manifest.json"));
            stream.until("event: gone");
            stream.until("new");
        }
    }

    @Test
    void aRunWhoseProcessIsGoneIsInterruptedAndOneWithAProcessIsLive() throws IOException {
        StudioFixture.run(runs, "killed", Status.RUNNING, 1);
        assertEquals("interrupted", entry("killed").path("status").asText());
        try (RunFolder training = RunFolder.openToTrain(runs.resolve("killed"))) {
            assertEquals("live", entry("killed").path("status").asText());
            assertTrue(training.trainer().isPresent());
        }
        assertEquals("interrupted", entry("killed").path("status").asText());
    }

    @Test
    void aRunThatSaysItStoppedIsLiveUntilItsProcessLetsGo() throws IOException {
        StudioFixture.run(runs, "ending", Status.STOPPED, 1);
        try (RunFolder training = RunFolder.openToTrain(runs.resolve("ending"))) {
            assertEquals("live", entry("ending").path("status").asText());
            assertTrue(training.trainer().isPresent());
        }
        assertEquals("stopped", entry("ending").path("status").asText());
    }

    @Test
    void aDamagedManifestIsShownAndHidesNoOtherRun() throws IOException {
        StudioFixture.run(runs, "good", Status.COMPLETE, 1);
        Path bad = StudioFixture.run(runs, "bad", Status.COMPLETE, 1);
        Files.writeString(bad.resolve("manifest.json"), "{");
        assertEquals("damaged", entry("bad").path("status").asText());
        assertEquals("complete", entry("good").path("status").asText());
    }

    @Test
    void twoHundredIdleStreamsLeaveTheStudioFree() throws IOException {
        StudioFixture.run(runs, "one", Status.COMPLETE, 1);
        List<Stream> streams = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                streams.add(new Stream("run=one@0"));
            }
            for (Stream stream : streams) {
                stream.until("event: metrics");
            }
            long start = System.nanoTime();
            assertEquals(200, studio.get("/api/runs").statusCode());
            assertTrue(System.nanoTime() - start < 2_000_000_000L, "the list took too long");
            StudioFixture.run(runs, "two", Status.COMPLETE, 1);
            for (Stream stream : streams) {
                stream.until("\"name\":\"two\"");
            }
        } finally {
            for (Stream stream : streams) {
                stream.close();
            }
        }
    }

    @Test
    void twoHundredRunsAreListedAtOnce() throws IOException {
        for (int i = 0; i < 200; i++) {
            StudioFixture.run(runs, "run-" + i, Status.COMPLETE, 3);
        }
        assertEquals(200, studio.json("/api/runs").size());
        long start = System.nanoTime();
        JsonNode list = studio.json("/api/runs");
        assertTrue(System.nanoTime() - start < 1_000_000_000L, "listing took too long");
        assertEquals(2, list.get(0).path("last").path("step").asInt());
    }

    private JsonNode entry(String name) throws IOException {
        for (JsonNode entry : studio.json("/api/runs")) {
            if (entry.path("name").asText().equals(name)) {
                return entry;
            }
        }
        throw new IOException("no entry " + name);
    }
}
