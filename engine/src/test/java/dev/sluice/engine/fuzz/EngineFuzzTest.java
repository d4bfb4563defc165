package dev.sluice.engine.fuzz;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Generated calls over every public method of the engine end in a result or an exception of a
 * documented kind. They run in a process of their own: one that dies or stands still is reported
 * with its seed, and {@code -Dsluice.fuzz.seed=N} runs that seed alone, printing its calls.
 */
class EngineFuzzTest {
    private static final long PATIENCE_SECONDS = 120;

    @Test
    void a_thousand_generated_calls_end_in_a_result_or_a_documented_exception(@TempDir Path folder)
            throws Exception {
        fuzz(folder, 0, 1_000 / FuzzSeed.CALLS);
    }

    @Test
    @Tag("slow")
    void a_hundred_thousand_generated_calls_never_harm_the_process(@TempDir Path folder)
            throws Exception {
        fuzz(folder, 1_000, 100_000 / FuzzSeed.CALLS);
    }

    private static void fuzz(Path folder, long first, long seeds) throws Exception {
        Long only = Long.getLong("sluice.fuzz.seed");
        Process child = start(folder, only == null ? first : only, only == null ? seeds : 1);
        long seed = Long.MIN_VALUE;
        long since = System.nanoTime();
        while (!child.waitFor(200, TimeUnit.MILLISECONDS)) {
            long now = seedAt(folder);
            if (now != seed) {
                seed = now;
                since = System.nanoTime();
            } else if (System.nanoTime() - since > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
                child.destroyForcibly().waitFor();
                fail(report(folder, "stood still"));
            }
        }
        if (only != null) {
            System.out.println(Files.readString(folder.resolve("out")));
        }
        if (child.exitValue() != 0) {
            fail(report(folder, "ended with code " + child.exitValue()));
        }
    }

    private static Process start(Path folder, long first, long seeds) throws IOException {
        String classPath =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        return new ProcessBuilder(
                        java.toString(),
                        "-Xmx512m",
                        "-XX:+UseSerialGC",
                        "-XX:ErrorFile=" + folder.resolve("hs_err"),
                        "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                        "-Dorg.bytedeco.javacpp.maxBytes=0",
                        "-cp",
                        classPath,
                        FuzzMain.class.getName(),
                        folder.toString(),
                        Long.toString(first),
                        Long.toString(seeds))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("out").toFile())
                .start();
    }

    private static long seedAt(Path folder) throws IOException {
        Path file = folder.resolve("seed");
        if (!Files.exists(file) || Files.size(file) < 8) {
            return Long.MIN_VALUE;
        }
        return ByteBuffer.wrap(Files.readAllBytes(file)).getLong();
    }

    private static String report(Path folder, String what) throws IOException {
        StringBuilder text = new StringBuilder();
        text.append("the fuzzed process ").append(what).append(" at seed ");
        text.append(seedAt(folder))
                .append("; replay with -Dsluice.fuzz.seed=")
                .append(seedAt(folder));
        for (String name : new String[] {"out", "hs_err"}) {
            Path file = folder.resolve(name);
            if (Files.exists(file)) {
                try (Stream<String> lines = Files.lines(file)) {
                    lines.limit(60).forEach(line -> text.append('\n').append(line));
                }
            }
        }
        return text.toString();
    }
}
