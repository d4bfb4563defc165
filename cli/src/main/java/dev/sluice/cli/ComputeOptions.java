package dev.sluice.cli;

import dev.sluice.experiments.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** With what a command computes: threads, number type, device. */
final class ComputeOptions {
    private static final List<String> DTYPES = List.of("f32", "bf16", "f64");

    @Option(names = "--threads", paramLabel = "N", description = "threads (default: all cores)")
    private @Nullable Integer threads;

    @Option(
            names = "--dtype",
            paramLabel = "f32|bf16|f64",
            description = "number type (default: f32)")
    private @Nullable String dtype;

    @Option(
            names = "--device",
            paramLabel = "cpu|cuda:N",
            description = "where to compute (default: ${DEFAULT-VALUE})")
    private String device = "cpu";

    /** What was said; null: nothing. */
    @Nullable Integer threads() {
        return threads;
    }

    /** What was said; null: nothing. */
    @Nullable String dtype() {
        return dtype;
    }

    /** Refuses what is not a device (exit 2) and what this build has not (exit 4). */
    void checkDevice() {
        if (device.equals("cpu")) {
            return;
        }
        if (device.matches("cuda:\\d{1,3}")) {
            String problem = "no device " + device + ": this build computes on cpu";
            throw new UncheckedIOException(problem, new IOException(problem));
        }
        throw new UsageException("--device: expected cpu or cuda:N, found '" + device + "'");
    }

    /** A number type, by default {@code f32}. */
    static String dtype(@Nullable String given) {
        String dtype = given == null ? "f32" : given;
        if (!DTYPES.contains(dtype)) {
            throw new UsageException("dtype: expected f32, bf16 or f64, found '" + dtype + "'");
        }
        return dtype;
    }

    /** A number of threads, by default one for each core. */
    static int threads(@Nullable Integer given) {
        int threads = given == null ? Runtime.getRuntime().availableProcessors() : given;
        if (threads < 1 || threads > 1024) {
            throw new UsageException("threads: expected 1 to 1024, found " + threads);
        }
        return threads;
    }
}
