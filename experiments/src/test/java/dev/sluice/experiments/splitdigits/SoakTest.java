package dev.sluice.experiments.splitdigits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.data.GeneratedDigits;
import dev.sluice.engine.DType;
import dev.sluice.engine.NativeMemory;
import dev.sluice.experiments.RoutedTrial;
import dev.sluice.experiments.Settings;
import dev.sluice.experiments.TrialRequest;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** 100,000 steps of a small model: what the process holds stays what it was. */
@Tag("soak")
class SoakTest {
    private static final int STEPS = 100_000;
    private static final int WARM_UP = 5_000;
    private static final long ALLOWED_GROWTH = 16L << 20;

    @Test
    void a_long_training_holds_no_more_at_its_end_than_at_its_beginning() {
        SplitDigits experiment = new SplitDigits();
        Settings settings =
                Settings.of(
                        experiment.settings(),
                        experiment.preset("smoke"),
                        Map.of(
                                "hidden", "16x8",
                                "code", "4",
                                "batch", "16",
                                "images", "256",
                                "epochs", "6250",
                                "verify_every", "1000"));
        TrialRequest request =
                new TrialRequest(
                        "routed",
                        settings,
                        0,
                        GeneratedDigits.generate(1, 256, 100),
                        DType.F32,
                        false);
        try (RoutedTrial<?> trial = SplitDigitsTask.open(request)) {
            assertEquals(STEPS, trial.steps());
            long objects = 0;
            long resident = 0;
            while (trial.done() < STEPS) {
                trial.step(trial.done() % 100 == 0);
                if (trial.done() == WARM_UP) {
                    objects = NativeMemory.liveObjects();
                    resident = NativeMemory.residentBytes();
                    report(trial.done(), objects, resident);
                } else if (trial.done() % 10_000 == 0) {
                    report(trial.done(), NativeMemory.liveObjects(), NativeMemory.residentBytes());
                }
            }
            assertEquals(objects, NativeMemory.liveObjects());
            long growth = NativeMemory.residentBytes() - resident;
            assertTrue(growth < ALLOWED_GROWTH, "resident memory grew by " + growth + " bytes");
            assertEquals(0, trial.isolation().violations());
        }
    }

    private static void report(long step, long objects, long resident) {
        System.out.printf("step %,d: %d native objects, %d MB%n", step, objects, resident >> 20);
    }
}
