package dev.sluice.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.training.ProgressBar.Style;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    private final AtomicLong clock = new AtomicLong();

    private ProgressBar bar(Style style, long done, long total) {
        return new ProgressBar(out, style, "routed seed 0", done, total, clock::get);
    }

    /** 100 steps of half a second. */
    private String shown(Style style) {
        try (ProgressBar bar = bar(style, 0, 100)) {
            for (int step = 1; step <= 100; step++) {
                clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(500));
                bar.update(step, "loss 0.5");
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void without_a_terminal_there_is_a_line_every_ten_seconds_with_rate_and_time_left() {
        List<String> lines = shown(Style.LINES).lines().toList();
        assertEquals(5, lines.size(), lines.toString());
        assertEquals("routed seed 0 20/100, 2.00 steps/s, 0:40 left, loss 0.5", lines.get(0));
        assertEquals("routed seed 0 100/100, 2.00 steps/s, took 0:50, loss 0.5", lines.get(4));
    }

    @Test
    void on_a_terminal_one_line_is_redrawn_and_never_wider_than_79_columns() {
        String shown = shown(Style.BAR);
        assertEquals(shown.indexOf('\n'), shown.length() - 1, "one line");
        assertFalse(shown.contains("\u001b"), "no colours");
        List<String> drawn = List.of(shown.strip().split("\r", -1));
        assertTrue(drawn.size() >= 100);
        for (String line : drawn) {
            assertTrue(line.length() <= 79, line);
        }
        assertTrue(shown.contains("[############............] routed seed 0 50/100"), shown);
        assertTrue(shown.endsWith(System.lineSeparator()));
    }

    @Test
    void colours_come_only_with_the_coloured_style() {
        assertTrue(shown(Style.COLOURED_BAR).contains("\u001b[36m"));
    }

    @Test
    void quiet_shows_messages_only() {
        assertEquals("", shown(Style.QUIET));
        try (ProgressBar bar = bar(Style.QUIET, 0, 1)) {
            bar.say("stopping");
        }
        assertEquals("stopping" + System.lineSeparator(), bytes.toString(StandardCharsets.UTF_8));
    }

    @Test
    void the_style_follows_terminal_quiet_and_environment() {
        Map<String, String> plain = Map.of("TERM", "xterm");
        assertEquals(Style.COLOURED_BAR, Style.of(true, false, plain));
        assertEquals(Style.BAR, Style.of(true, false, Map.of("NO_COLOR", "1")));
        assertEquals(Style.COLOURED_BAR, Style.of(true, false, Map.of("NO_COLOR", "")));
        assertEquals(Style.LINES, Style.of(true, false, Map.of("TERM", "dumb")));
        assertEquals(Style.LINES, Style.of(false, false, plain));
        assertEquals(Style.QUIET, Style.of(true, true, plain));
    }

    @Test
    void steps_before_a_resume_do_not_count_for_the_rate() {
        try (ProgressBar bar = bar(Style.LINES, 900, 1000)) {
            clock.addAndGet(TimeUnit.SECONDS.toNanos(20));
            bar.update(910, "");
        }
        String first = bytes.toString(StandardCharsets.UTF_8).lines().toList().get(0);
        assertEquals("routed seed 0 910/1000, 0.50 steps/s, 3:00 left", first);
    }

    @Test
    void a_message_clears_the_bar_and_stands_on_its_own_line() {
        try (ProgressBar bar = bar(Style.BAR, 0, 10)) {
            clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
            bar.update(1, "");
            bar.say("checkpoint passed over");
        }
        String shown = bytes.toString(StandardCharsets.UTF_8);
        assertTrue(shown.contains("  \rcheckpoint passed over" + System.lineSeparator()), shown);
    }

    @Test
    void a_bar_needs_a_sensible_range() {
        assertThrows(IllegalArgumentException.class, () -> bar(Style.BAR, 2, 1));
        assertThrows(IllegalArgumentException.class, () -> bar(Style.BAR, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> bar(Style.BAR, -1, 1));
    }
}
