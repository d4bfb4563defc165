package dev.sluice.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InterruptionTest {
    /** A loop that stops when asked to, or (with "deaf") never. */
    static final class Loop {
        private Loop() {}

        private static void show(String line) {
            System.out.println(line);
        }

        public static void main(String[] arguments) throws InterruptedException {
            try (Interruption stop = Interruption.bySignals(Loop::show)) {
                System.out.println("ready");
                while (!stop.requested() || arguments[0].equals("deaf")) {
                    Thread.sleep(5);
                }
                System.out.println("checkpoint");
                System.exit(stop.exitCode());
            }
        }
    }

    private static void signal(Process child, String name) throws Exception {
        String pid = Long.toString(child.pid());
        assertEquals(0, new ProcessBuilder("kill", "-" + name, pid).start().waitFor());
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void the_first_signal_lets_the_step_end_and_the_exit_code_names_it(String name, int code)
            throws Exception {
        Process child = ChildJvm.start(Loop.class, "listening");
        try (BufferedReader out = child.inputReader()) {
            assertEquals("ready", out.readLine());
            signal(child, name);
            assertTrue(String.valueOf(out.readLine()).startsWith("stopping"));
            assertEquals("checkpoint", out.readLine());
            assertTrue(child.waitFor(30, TimeUnit.SECONDS));
            assertEquals(code, child.exitValue());
        } finally {
            child.destroyForcibly();
        }
    }

    @ParameterizedTest
    @CsvSource({"INT, INT, 130", "TERM, TERM, 143", "TERM, INT, 130"})
    void the_second_signal_ends_the_process_at_once(String first, String second, int code)
            throws Exception {
        Process child = ChildJvm.start(Loop.class, "deaf");
        try (BufferedReader out = child.inputReader()) {
            assertEquals("ready", out.readLine());
            signal(child, first);
            assertTrue(String.valueOf(out.readLine()).startsWith("stopping"));
            assertTrue(child.isAlive());
            signal(child, second);
            assertTrue(child.waitFor(30, TimeUnit.SECONDS));
            assertEquals(code, child.exitValue());
        } finally {
            child.destroyForcibly();
        }
    }

    @Test
    void a_request_by_the_program_counts_like_a_signal_and_the_first_stays() {
        try (Interruption stop = Interruption.withoutSignals()) {
            assertFalse(stop.requested());
            assertEquals(0, stop.exitCode());
            stop.request(143);
            stop.request(130);
            assertTrue(stop.requested());
            assertEquals(143, stop.exitCode());
            assertThrows(IllegalArgumentException.class, () -> stop.request(0));
        }
    }
}
