package dev.sluice.studio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.training.RunFolder;
import dev.sluice.training.RunManifest.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is offered of a run, and what is said where it cannot go on. */
final class RunOffersTest {
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

    @Test
    void aFinishedRunOfAnAutoencoderHasLatentsAndRules() throws IOException {
        StudioFixture.run(runs, "a", Status.COMPLETE, 1);
        assertEquals(List.of("latents", "rules"), offers());
    }

    @Test
    void aLanguageModelHasNeither() throws IOException {
        StudioFixture.run(runs, "a", "language-model", "model", Status.COMPLETE, 1);
        assertEquals(List.of(), offers());
    }

    @Test
    void aRunThatWasInterruptedBeforeItsFirstCheckpointCanGoOn() throws IOException {
        StudioFixture.run(runs, "a", Status.RUNNING, 1);
        assertEquals(List.of("rules", "resume"), offers());
        assertTrue(entry().path("problem").isNull());
    }

    @Test
    void aRunWhoseConfigurationIsNotWholeCannotGoOn() throws IOException {
        Path run = StudioFixture.run(runs, "a", Status.STOPPED, 1);
        Path manifest = run.resolve("manifest.json");
        String text = Files.readString(manifest);
        Files.writeString(
                manifest, text.replace("\"preset\" : \"smoke\"", "\"preset\" : \"huge\""));
        assertEquals(List.of("rules"), offers());
        assertTrue(problem().contains("cannot go on"), problem());
    }

    @Test
    void aRunThatFailedSaysWhyAndMayBeTriedAgain() throws IOException {
        Path run = StudioFixture.run(runs, "a", Status.FAILED, 1);
        try (RunFolder folder = RunFolder.openToRead(run)) {
            folder.write(folder.manifest().failed("the plan does not fit: no such hook"));
        }
        assertEquals(List.of("rules", "resume"), offers());
        assertEquals("the plan does not fit: no such hook", problem());
    }

    @Test
    void aFailureOfWhichNothingIsKnownIsNotPassedOverInSilence() throws IOException {
        StudioFixture.run(runs, "a", Status.FAILED, 1);
        assertTrue(problem().contains("its folder does not tell"), problem());
    }

    private JsonNode entry() throws IOException {
        return studio.json("/api/runs").get(0);
    }

    private String problem() throws IOException {
        return entry().path("problem").asText();
    }

    private List<String> offers() throws IOException {
        List<String> offers = new ArrayList<>();
        entry().path("offers").forEach(offer -> offers.add(offer.asText()));
        return offers;
    }
}
