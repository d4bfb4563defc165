package dev.sluice.training;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How long a run took and what it needed ({@code timing.json}): all that differs from run to run
 * and therefore has no place in the summary. It speaks of one process: after a resume, of the steps
 * since.
 *
 * <p>{@code seconds} is the sum over steps; {@code stepSecondsMedian} and {@code examplesPerSecond}
 * are 0 before the first step; {@code peakResidentBytes} is null where the system does not tell.
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
        private int steps;
        private long examples;

        /** One step over {@code examples} examples that took {@code nanoseconds}. */
        public void step(long examples, long nanoseconds) {
            if (steps == nanos.length) {
                nanos = Arrays.copyOf(nanos, 2 * steps);
            }
            nanos[steps++] = nanoseconds;
            this.examples += examples;
        }

        /** The timing of the steps so far. */
        public Timing timing() {
            long[] sorted = Arrays.copyOf(nanos, steps);
            Arrays.sort(sorted);
            double seconds = Arrays.stream(sorted).sum() / 1e9;
            double median =
                    steps == 0 ? 0 : (sorted[(steps - 1) / 2] + sorted[steps / 2]) / 2.0 / 1e9;
            double rate = seconds > 0 ? examples / seconds : 0;
            return new Timing(steps, seconds, median, rate, ThisMachine.peakResidentBytes());
        }
    }
}
