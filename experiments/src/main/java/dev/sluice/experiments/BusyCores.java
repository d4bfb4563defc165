package dev.sluice.experiments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Notices when other programs hold cores that a training's threads want. The threads of kernels
 * wait for each other awake; one that has no core then keeps the others waiting, and steps take up
 * to ten times as long.
 */
final class BusyCores {
    private static final long EVERY_NANOS = Duration.ofSeconds(10).toNanos();
    private static final double NANOS_PER_TICK = 1e7;
    private static final double SPARE = 0.5;

    /** Columns of the system's table in which a core works: all but idle and waiting for disks. */
    private static final List<Integer> WORK = List.of(1, 2, 3, 6, 7, 8);

    private final int threads;
    private final Path table;
    private final LongSupplier ownNanos;
    private final LongSupplier nanoTime;
    private long asked;
    private double others;
    private boolean told;

    /** For a training with so many threads, on this machine. */
    BusyCores(int threads) {
        this(threads, Path.of("/proc/stat"), BusyCores::own, System::nanoTime);
    }

    BusyCores(int threads, Path table, LongSupplier ownNanos, LongSupplier nanoTime) {
        this.threads = threads;
        this.table = table;
        this.ownNanos = ownNanos;
        this.nanoTime = nanoTime;
        List<String> lines = threads == 1 ? List.of() : lines();
        told = lines.isEmpty();
        asked = nanoTime.getAsLong();
        others = told ? 0 : others(lines);
    }

    private static long own() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
    }

    /** What to tell the user, once; to be asked now and then. */
    Optional<String> notice() {
        long now = nanoTime.getAsLong();
        if (told || now - asked < EVERY_NANOS) {
            return Optional.empty();
        }
        List<String> lines = lines();
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        long cores = lines.stream().filter(line -> line.matches("cpu\\d.*")).count();
        double since = others;
        others = others(lines);
        double taken = (others - since) / (now - asked);
        asked = now;
        if (cores - taken > threads - SPARE) {
            return Optional.empty();
        }
        told = true;
        return Optional.of(
                String.format(
                        Locale.ROOT,
                        "other programs keep %.1f of %d cores busy, and %d threads wait for each"
                                + " other: fewer --threads, or OMP_WAIT_POLICY=passive in the"
                                + " environment, makes steps faster beside them",
                        taken,
                        cores,
                        threads));
    }

    /** Nanoseconds of work on all cores that was not this process's. */
    private double others(List<String> lines) {
        List<String> total = List.of(lines.get(0).split("\\s+"));
        double ticks = WORK.stream().mapToDouble(i -> Double.parseDouble(total.get(i))).sum();
        return ticks * NANOS_PER_TICK - ownNanos.getAsLong();
    }

    /** Empty where the system has no such table. */
    private List<String> lines() {
        try {
            return Files.readAllLines(table);
        } catch (IOException e) {
            return List.of();
        }
    }
}
