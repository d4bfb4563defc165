package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A machine without network and without data: every connection goes to a port nobody listens at.
 */
final class OfflineTest {
    private static final List<String> NO_NETWORK =
            List.of(
                    "-Dhttps.proxyHost=127.0.0.1",
                    "-Dhttps.proxyPort=9",
                    "-Dhttp.proxyHost=127.0.0.1",
                    "-Dhttp.proxyPort=9");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private Map<String, String> environment;

    @BeforeEach
    void emptyMachine() throws IOException {
        environment =
                Map.of(
                        "SLUICE_DATA",
                        Files.createDirectories(folder.resolve("data")).toString(),
                        "SLUICE_CACHE",
                        folder.resolve("cache").toString(),
                        "SLUICE_RUNS",
                        folder.resolve("runs").toString());
    }

    private Invocation run(String... arguments) throws Exception {
        try (SluiceProcess process =
                SluiceProcess.start(folder, environment, NO_NETWORK, arguments)) {
            return process.finish();
        }
    }

    @Test
    void dataThatCannotBeFetchedIsToldHowToProvideByHand() throws Exception {
        run("run", "split-digits", "--data", "mnist")
                .exits(7)
                .errs(
                        folder.resolve("data/mnist").toString(),
                        "train-images-idx3-ubyte.gz  sha256",
                        "--data generated");
        assertFalse(Files.exists(folder.resolve("runs")), "a run without data has no folder");
        run("data", "check", "fashion-mnist").exits(7).errs("data get fashion-mnist");
    }

    @Test
    void withoutDataTheMainJobRunsOnDigitsOfItsOwnAndSaysSo() throws Exception {
        Invocation made =
                run(
                                "run",
                                "split-digits",
                                "--preset",
                                "smoke",
                                "--set",
                                "epochs=1",
                                "--set",
                                "images=512")
                        .exits(0)
                        .errs("generated digits, drawn by Sluice, not MNIST", "--data mnist");
        Path runFolder = Path.of(made.lastLine());
        assertEquals(folder.resolve("runs"), runFolder.getParent());
        assertTrue(
                runFolder
                        .getFileName()
                        .toString()
                        .matches("split-digits-\\d{8}-\\d{6}-[0-9a-f]{4}"),
                runFolder.toString());
        String summary = Files.readString(runFolder.resolve("summary.json"));
        assertTrue(summary.replaceAll("\\s", "").contains("\"generated\":true"), summary);
    }
}
