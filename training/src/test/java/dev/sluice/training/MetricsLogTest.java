package dev.sluice.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.training.MetricsLog.Line;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsLogTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static Line line(long step) {
        return new Line("routed", 0, step, 32 * step, 0.5 * step, Map.of("loss", 1.0 / step));
    }

    private static void open(Path file, long offset) {
        try (MetricsLog log = MetricsLog.open(file, offset)) {
            assertEquals(offset, log.offset());
        }
    }

    @Test
    void a_line_has_the_fields_of_the_contract_first_and_the_values_by_name() throws Exception {
        Path file = folder.resolve("metrics.jsonl");
        try (MetricsLog log = MetricsLog.open(file, 0)) {
            log.append(new Line("routed", 1, 2, 64, 0.25, Map.of("loss", 2e-3, "l1", Double.NaN)));
            assertEquals(Files.size(file), log.offset());
        }
        assertEquals(
                "{\"variant\":\"routed\",\"seed\":1,\"step\":2,\"examples\":64,\"seconds\":0.25,"
                        + "\"l1\":null,\"loss\":0.002}\n",
                Files.readString(file));
        assertTrue(Double.isNaN(MetricsLog.read(file).get(0).values().getOrDefault("l1", 0.0)));
    }

    @Test
    void a_resumed_log_has_the_bytes_of_an_uninterrupted_one() throws Exception {
        Path whole = folder.resolve("whole.jsonl");
        try (MetricsLog log = MetricsLog.open(whole, 0)) {
            for (int step = 1; step <= 9; step++) {
                log.append(line(step));
            }
        }
        Path resumed = folder.resolve("resumed.jsonl");
        long checkpoint = 0;
        try (MetricsLog log = MetricsLog.open(resumed, 0)) {
            for (int step = 1; step <= 6; step++) {
                log.append(line(step));
                checkpoint = step == 4 ? log.offset() : checkpoint;
            }
        }
        Files.writeString(resumed, "{\"variant\":\"ro", StandardOpenOption.APPEND);
        assertEquals(6, MetricsLog.read(resumed).size(), "a torn last line is left out");
        try (MetricsLog log = MetricsLog.open(resumed, checkpoint)) {
            for (int step = 5; step <= 9; step++) {
                log.append(line(step));
            }
        }
        assertArrayEquals(Files.readAllBytes(whole), Files.readAllBytes(resumed));
        assertEquals(line(9), MetricsLog.read(resumed).get(8));
    }

    @Test
    void a_log_shorter_than_the_checkpoint_says_is_bad_input_and_stays_as_it_is() throws Exception {
        Path file = Files.write(folder.resolve("metrics.jsonl"), new byte[10]);
        assertThrows(RunException.class, () -> open(file, 11));
        assertEquals(10, Files.size(file));
    }

    @Test
    void a_damaged_line_in_the_middle_is_named_by_its_number() throws Exception {
        Path file = folder.resolve("metrics.jsonl");
        try (MetricsLog log = MetricsLog.open(file, 0)) {
            log.append(line(1));
        }
        String sound = Files.readString(file);
        for (String damaged : List.of("{\"variant\":", "{}", "", "3", "null")) {
            Files.writeString(file, sound + damaged + "\n" + sound);
            RunException e = assertThrows(RunException.class, () -> MetricsLog.read(file));
            assertTrue(String.valueOf(e.getMessage()).contains("line 2"), e.getMessage());
        }
    }

    @Test
    void a_value_cannot_take_the_name_of_a_field() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new Line("routed", 0, 1, 1, 0, Map.of("step", 1.0)));
    }
}
