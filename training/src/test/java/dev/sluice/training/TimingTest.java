package dev.sluice.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TimingTest {
    @Test
    void seconds_add_up_and_the_median_is_over_steps() {
        Timing.Collector collector = new Timing.Collector();
        for (int i = 1; i <= 3000; i++) {
            collector.round(1, 10, i * 1_000_000L);
        }
        Timing timing = collector.timing();
        assertEquals(3000, timing.steps());
        assertEquals(4501.5, timing.seconds(), 1e-9);
        assertEquals(1.5005, timing.stepSecondsMedian(), 1e-12);
        assertEquals(30000 / 4501.5, timing.examplesPerSecond(), 1e-9);
    }

    @Test
    void steps_made_side_by_side_count_each_and_their_time_once() {
        Timing.Collector collector = new Timing.Collector();
        collector.round(3, 30, 2_000_000_000L);
        collector.round(1, 10, 1_000_000_000L);
        Timing timing = collector.timing();
        assertEquals(4, timing.steps());
        assertEquals(3.0, timing.seconds(), 1e-12);
        assertEquals(1.5, timing.stepSecondsMedian(), 1e-12);
        assertEquals(40 / 3.0, timing.examplesPerSecond(), 1e-12);
    }

    @Test
    void without_steps_there_are_zeros() {
        Timing timing = new Timing.Collector().timing();
        assertEquals(0, timing.stepSecondsMedian());
        assertEquals(0, timing.examplesPerSecond());
    }

    @Test
    void the_file_has_the_fields_of_the_contract() {
        String expected =
                """
                {
                  "steps" : 2,
                  "seconds" : 3.0,
                  "step_seconds_median" : 1.5,
                  "examples_per_second" : 0.001,
                  "peak_rss_bytes" : null
                }
                """;
        byte[] json = new Timing(2, 3, 1.5, 1e-3, null).toJson();
        assertEquals(expected, new String(json, StandardCharsets.UTF_8));
    }

    @Test
    void peak_memory_is_at_least_what_was_just_touched() {
        byte[] touched = new byte[64 << 20];
        for (int i = 0; i < touched.length; i += 4096) {
            touched[i] = 1;
        }
        Long peak = new Timing.Collector().timing().peakResidentBytes();
        assertNotNull(peak);
        assertTrue(peak >= touched.length, peak + " bytes");
        assertTrue(peak < 64L << 30, peak + " bytes");
    }
}
