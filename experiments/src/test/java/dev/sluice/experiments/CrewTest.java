package dev.sluice.experiments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.Engine;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several things at the same time, and what is left when one fails. */
class CrewTest {
    @Test
    void results_come_in_order_and_threads_are_as_before() {
        int before = Engine.threads();
        Engine.setThreads(3, 2);
        try (Crew crew = new Crew()) {
            CountDownLatch all = new CountDownLatch(4);
            List<Callable<Integer>> work = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int number = i;
                work.add(
                        () -> {
                            all.countDown();
                            all.await();
                            assertEquals(1, Engine.threads());
                            return number;
                        });
            }
            assertEquals(List.of(0, 1, 2, 3), crew.all(work));
            assertEquals(3, Engine.threads());
            assertEquals(2, Engine.productThreads());
        } finally {
            Engine.setThreads(before);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void a_failure_is_said_after_the_others_have_ended(int failing) {
        AtomicBoolean ended = new AtomicBoolean();
        AssertionError failure = new AssertionError("no");
        Callable<Integer> fails =
                () -> {
                    throw failure;
                };
        Callable<Integer> takesLong =
                () -> {
                    Thread.sleep(100);
                    ended.set(true);
                    return 1;
                };
        int threads = Engine.threads();
        try (Crew crew = new Crew()) {
            List<Callable<Integer>> work =
                    failing == 0 ? List.of(fails, takesLong) : List.of(takesLong, fails);
            assertSame(failure, assertThrows(AssertionError.class, () -> crew.all(work)));
            assertTrue(ended.get());
            assertEquals(threads, Engine.threads());
        }
    }

    @Test
    void an_interrupt_waits_for_the_others_and_is_kept() {
        AtomicBoolean ended = new AtomicBoolean();
        try (Crew crew = new Crew()) {
            Callable<Integer> interrupts =
                    () -> {
                        Thread.currentThread().interrupt();
                        return 0;
                    };
            Callable<Integer> takesLong =
                    () -> {
                        Thread.sleep(100);
                        ended.set(true);
                        return 1;
                    };
            assertEquals(List.of(0, 1), crew.all(List.of(interrupts, takesLong)));
            assertTrue(ended.get());
            assertTrue(Thread.interrupted());
            assertFalse(Thread.interrupted());
        }
    }
}
