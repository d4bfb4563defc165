package dev.sluice.training;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How long a run took and what it needed ({@code timing.json}): all that differs from run to run
 * and therefore has no place in the summary. It speaks of one process: after a resume, of the steps
 * since.
 *
 * <p>Trainings may go on side by side: {@code steps} and {@code examplesPerSecond} count those of
 * all, {@code seconds} is the time that passed in steps; {@code stepSecondsMedian} and {@code
 * examplesPerSecond} are 0 before the first step; {@code peakResidentBytes} is null where the
 * system does not tell.
 */
public record Timing(
        long steps,
        double seconds,
        double stepSecondsMedian,
        double examplesPerSecond,
        @Nullable Long peakResidentBytes) {

    /** The bytes of {@code timing.json}. */
    public byte[] toJson() {
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("steps", steps);
        json.put("seconds", seconds);
        json.put("step_seconds_median", stepSecondsMedian);
        json.put("examples_per_second", examplesPerSecond);
        json.put("peak_rss_bytes", peakResidentBytes);
        return Json.pretty(json);
    }

    /** Collects the steps of a run as they happen. Not safe for use by several threads. */
    public static final class Collector {
        private long[] nanos = new long[1024];
        private int rounds;
        private long steps;
        private long examples;

        /** {@code steps} made side by side that took {@code nanoseconds} together. */
        public void round(int steps, long examples, long nanoseconds) {
            if (rounds == nanos.length) {
                nanos = Arrays.copyOf(nanos, 2 * rounds);
            }
            nanos[rounds++] = nanoseconds;
            this.steps += steps;
            this.examples += examples;
        }

        /** The timing of the steps so far. */
        public Timing timing() {
            long[] sorted = Arrays.copyOf(nanos, rounds);
            Arrays.sort(sorted);
            double seconds = Arrays.stream(sorted).sum() / 1e9;
            double median =
                    rounds == 0 ? 0 : (sorted[(rounds - 1) / 2] + sorted[rounds / 2]) / 2.0 / 1e9;
            double rate = seconds > 0 ? examples / seconds : 0;
            return new Timing(steps, seconds, median, rate, ThisMachine.peakResidentBytes());
        }
    }
}
