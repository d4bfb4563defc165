package dev.sluice.experiments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BusyCoresTest {
    private static final long SECOND = 1_000_000_000L;

    @TempDir private Path folder = Path.of("");

    private final AtomicLong own = new AtomicLong();
    private final AtomicLong now = new AtomicLong();

    /** A table of two cores that worked for so many seconds in all. */
    private Path worked(double seconds) throws IOException {
        long ticks = Math.round(100 * seconds);
        return Files.writeString(
                folder.resolve("stat"),
                "cpu  "
                        + (100 + ticks)
                        + " 20 30 400000 5000 6 7 8 0 0\ncpu0 1 2 3 4\ncpu1 1 2 3 4\nintr 5 0\n");
    }

    private BusyCores of(int threads) throws IOException {
        return new BusyCores(threads, worked(0), own::get, now::get);
    }

    /** Lets so many seconds pass, in which we and others work for so many seconds. */
    private void pass(double all, double ours, double others, double before) throws IOException {
        now.addAndGet((long) (all * SECOND));
        own.addAndGet((long) (ours * SECOND));
        worked(before + ours + others);
    }

    @Test
    void others_that_take_a_core_are_told_once() throws IOException {
        BusyCores cores = of(2);
        pass(10, 13, 7, 0);
        String notice = cores.notice().orElseThrow();
        assertTrue(notice.startsWith("other programs keep 0.7 of 2 cores busy, and 2 "), notice);
        pass(10, 13, 7, 20);
        assertFalse(cores.notice().isPresent());
    }

    @Test
    void our_own_work_and_idle_cores_are_no_reason() throws IOException {
        BusyCores cores = of(2);
        pass(10, 20, 0, 0);
        assertFalse(cores.notice().isPresent());
        pass(10, 2, 4, 20);
        assertFalse(cores.notice().isPresent());
    }

    @Test
    void work_before_the_last_look_counts_no_more() throws IOException {
        BusyCores cores = of(2);
        pass(100, 150, 40, 0);
        assertFalse(cores.notice().isPresent());
        pass(10, 16, 4.5, 190);
        assertFalse(cores.notice().isPresent());
        pass(10, 14, 6, 210.5);
        assertTrue(cores.notice().isPresent());
    }

    @Test
    void nothing_is_told_before_ten_seconds_or_of_one_thread_or_by_other_systems()
            throws IOException {
        BusyCores cores = of(2);
        pass(9, 9, 9, 0);
        assertFalse(cores.notice().isPresent());
        BusyCores alone = of(1);
        pass(20, 0, 40, 0);
        assertFalse(alone.notice().isPresent());
        BusyCores elsewhere = new BusyCores(2, folder.resolve("none"), own::get, now::get);
        now.addAndGet(100 * SECOND);
        assertEquals("", elsewhere.notice().orElse(""));
    }
}
