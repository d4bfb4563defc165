package dev.sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.sluice.engine.testing.NoNativeLeaks;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(NoNativeLeaks.class)
class DeterminismTest {
    @Test
    void the_same_seed_gives_the_same_bytes_twice_in_one_process() {
        assertEquals(TrainedBytes.digest(7), TrainedBytes.digest(7));
        assertNotEquals(TrainedBytes.digest(7), TrainedBytes.digest(8));
    }

    @Test
    void the_same_seed_gives_the_same_bytes_in_another_process(@TempDir Path folder)
            throws Exception {
        Path out = folder.resolve("out");
        Process child =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty(
                                        "surefire.test.class.path",
                                        System.getProperty("java.class.path")),
                                TrainedBytes.class.getName(),
                                "7")
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
        int code = child.waitFor();
        assertEquals(TrainedBytes.digest(7) + " 0", Files.readString(out).strip() + " " + code);
    }
}
