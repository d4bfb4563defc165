package dev.sluice.experiments;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

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
 * @param mechanisms what each mechanism of routing costs, by name
 * @param peakResidentBytes the most memory that the process had in RAM until the routed step was
 *     trained alone for two steps and those of {@code steps}, before the others were opened
 * @param rates further speeds by name, in megabytes a second
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
        double gemmShare,
        Map<String, Mechanism> mechanisms,
        long peakResidentBytes,
        @JsonAnyGetter Map<String, Double> rates) {
    /**
     * The same step with one mechanism of routing, taken in turns with the others.
     *
     * @param ratio of its median to that of the step without routing
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Mechanism(double stepSecondsMedian, double ratio) {}

    /** Keeps the order of the mechanisms. */
    public BenchResult {
        mechanisms = Collections.unmodifiableMap(new LinkedHashMap<>(mechanisms));
        rates = Collections.unmodifiableMap(new LinkedHashMap<>(rates));
    }

    /** Lines for a terminal. */
    public String text() {
        Columns table = new Columns("bench", name);
        table.row("step, median", number("%.4f s over %d steps", stepSecondsMedian, steps))
                .row("without routing", number("%.4f s", unroutedStepSecondsMedian))
                .row("routed / unrouted", number("%.3f", routedToUnrouted));
        mechanisms.forEach(
                (mechanism, cost) ->
                        table.row(
                                "  " + mechanism,
                                number("%.3f, %.4f s", cost.ratio(), cost.stepSecondsMedian())));
        rates.forEach(
                (rate, value) ->
                        table.row(rate.replace("_mb_per_second", ""), number("%.1f MB/s", value)));
        return table.row("peak memory", number("%.0f MB", peakResidentBytes / 1e6))
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
