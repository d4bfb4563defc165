package dev.sluice.experiments;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Locale;

/**
 * What a timing found, on this machine at this moment.
 *
 * @param stepSecondsMedian of the headline variant: batch, forward, backward, optimiser
 * @param unroutedStepSecondsMedian of the same step without routing, taken in turns with the other
 * @param routedToUnrouted ratio of the medians: what routing costs
 * @param gemmGflops 10^9 operations a second of a large matrix product in {@code dtype}, measured
 *     in the same process
 * @param gemmGflopsF32 the same in f32
 * @param stepGflop dense work of a step: products of the forward pass and of both gradients, where
 *     they are needed
 * @param gemmFloorSeconds the time of that work at {@code gemmGflops}
 * @param gemmShare share of GEMM peak that the step reaches: floor / median
 */
@JsonNaming(SnakeCaseStrategy.class)
public record BenchResult(
        String name,
        String dtype,
        int threads,
        int steps,
        long batch,
        String data,
        double stepSecondsMedian,
        double unroutedStepSecondsMedian,
        double routedToUnrouted,
        double gemmGflops,
        @com.fasterxml.jackson.annotation.JsonProperty("gemm_gflops_f32") double gemmGflopsF32,
        double stepGflop,
        double gemmFloorSeconds,
        double gemmShare) {
    /** Lines for a terminal. */
    public String text() {
        return new Columns("bench", name)
                .row("step, median", number("%.4f s over %d steps", stepSecondsMedian, steps))
                .row("without routing", number("%.4f s", unroutedStepSecondsMedian))
                .row("routed / unrouted", number("%.3f", routedToUnrouted))
                .row("matrix products", number("%.1f GFLOP/s in %s", gemmGflops, dtype))
                .row("dense work", number("%.1f GFLOP a step", stepGflop))
                .row("share of peak", number("%.2f (floor %.4f s)", gemmShare, gemmFloorSeconds))
                .row("batch", number("%d, %s", batch, data))
                .row("threads, type", number("%d, %s", threads, dtype))
                .text();
    }

    private static String number(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
