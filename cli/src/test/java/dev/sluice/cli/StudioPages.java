package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.sluice.studio.StudioServer;
import dev.sluice.training.RunFolder;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A studio over a folder with one finished run, and a browser to look at it. */
final class StudioPages implements AutoCloseable {
    /** The folder of runs; {@code finished} is in it. */
    final Path runs;

    final Browser browser;
    private final AutoCloseable studio;
    private final String address;

    private StudioPages(Path runs, Browser browser, AutoCloseable studio, String address) {
        this.runs = runs;
        this.browser = browser;
        this.studio = studio;
        this.address = address;
    }

    /** A studio of the real command, which can start runs. */
    static StudioPages ofCommand(Path folder) throws IOException, InterruptedException {
        Path chromium = chromium();
        Path runs = runs(folder);
        SluiceProcess serving =
                SluiceProcess.start(
                        folder,
                        environment(folder),
                        List.of(),
                        "studio",
                        "--port",
                        "0",
                        "--runs",
                        runs.toString());
        serving.await(() -> serving.output().endsWith("\n"));
        return new StudioPages(runs, Browser.open(chromium), serving, serving.output().strip());
    }

    /** A studio in this process, which starts no run. */
    static StudioPages ofServer(Path folder) throws IOException {
        Path chromium = chromium();
        Path runs = runs(folder);
        StudioServer server = serve(runs, environment(folder));
        return new StudioPages(runs, Browser.open(chromium), server, server.address());
    }

    /** A studio in this process. */
    static StudioServer serve(Path runs, Map<String, String> environment) {
        return StudioServer.start(
                new StudioServer.Options("127.0.0.1", 0, runs, List.of("none"), environment));
    }

    private static Path chromium() {
        Optional<Path> chromium = Browser.installed();
        assumeTrue(chromium.isPresent(), "Chromium is not installed");
        return chromium.get();
    }

    private static Map<String, String> environment(Path folder) {
        return Map.of("SLUICE_DATA", folder.resolve("data").toString());
    }

    private static Path runs(Path folder) throws IOException {
        Path runs = Files.createDirectory(folder.resolve("runs"));
        Path digits = Invocation.digits(folder.resolve("data/tiny"));
        Invocation.of(Invocation.tinyRun(digits, runs.resolve("finished"))).exits(ExitCodes.OK);
        return runs;
    }

    /** Copies what the list and the results need of the finished run. */
    Path copyOfFinished(String name, String status) throws IOException {
        Path run = Files.createDirectory(runs.resolve(name));
        String manifest = Files.readString(runs.resolve("finished/manifest.json"));
        Files.writeString(
                run.resolve("manifest.json"),
                manifest.replace("\"complete\"", "\"" + status + "\""));
        Files.copy(runs.resolve("finished/summary.json"), run.resolve("summary.json"));
        return run;
    }

    /** A finished run of a language model in a folder, newer than all others. */
    void languageModel(Path folder, String name) throws IOException {
        Path run = Files.createDirectories(folder.resolve(name));
        Files.copy(runs.resolve("finished/summary.json"), run.resolve("summary.json"));
        String manifest = Files.readString(runs.resolve("finished/manifest.json"));
        Files.writeString(
                run.resolve("manifest.json"),
                manifest.replace("\"split-digits\"", "\"language-model\"")
                        .replaceFirst("\"created\" : \"\\d+", "\"created\" : \"2999"));
    }

    /** A page that is not opened yet. */
    Page blank() {
        return browser.page(1280, 900, ColorScheme.LIGHT);
    }

    Page open(String path) {
        return open(path, 1280, ColorScheme.LIGHT);
    }

    Page open(String path, int width, ColorScheme scheme) {
        Page page = browser.page(width, 900, scheme);
        page.navigate(address + path);
        return page;
    }

    /** The address of a page. */
    String at(String path) {
        return address + path;
    }

    /** From now on, keeps the longest time between two frames. */
    static void watchFrames(Page page) {
        page.evaluate(
                "() => { window.longest = 0; let last = performance.now();"
                        + " const tick = now => { longest = Math.max(longest, now - last);"
                        + " last = now; requestAnimationFrame(tick) };"
                        + " requestAnimationFrame(tick) }");
    }

    /** Refuses a second without a frame. */
    static void neverFroze(Page page) {
        double longest = ((Number) page.evaluate("() => longest")).doubleValue();
        assertTrue(longest < 1000, "a frame took " + longest + " ms");
    }

    static Locator button(Page page, String text) {
        return page.locator("main button:text-is('" + text + "')");
    }

    /** A test that fails before it stops its training must not leave it behind. */
    private void endTrainings() throws IOException {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(runs)) {
            for (Path run : all) {
                if (Files.exists(run.resolve("manifest.json"))) {
                    RunFolder.openToRead(run)
                            .trainer()
                            .filter(trainer -> !trainer.equals(ProcessHandle.current()))
                            .ifPresent(ProcessHandle::destroyForcibly);
                }
            }
        }
    }

    @Override
    public void close() throws Exception {
        endTrainings();
        studio.close();
        browser.close();
    }
}
