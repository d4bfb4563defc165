package dev.sluice.engine;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;

/**
 * What the native side of this process holds. Watch it to find leaks: in a loop that opens a {@link
 * TensorScope} per step, both numbers stay flat.
 */
public final class NativeMemory {
    /** Requests below this are left to the allocator; asking the system costs more than they do. */
    private static final long UNCHECKED = 1L << 28;

    private NativeMemory() {}

    /** How many native objects (tensors, scalars, hooks, …) Java holds and has not freed. */
    public static long liveObjects() {
        Native.start();
        return Pointer.totalCount();
    }

    /** The memory of this process that is in RAM, in bytes: tensors, Java heap, libraries. */
    public static long residentBytes() {
        Native.start();
        return Pointer.physicalBytes();
    }

    /** The most that {@link #residentBytes} has been; where the system does not say, what it is. */
    public static long peakResidentBytes() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseGet(NativeMemory::residentBytes);
        } catch (IOException e) {
            return residentBytes();
        }
    }

    /**
     * Refuses what the machine, or the container, cannot hold. The system itself would say yes and
     * kill the process when the memory is first touched.
     *
     * @param elements how many; negative if more than a long can count
     */
    static void require(String operation, long elements, int bytesEach) {
        if (elements >= 0 && elements <= UNCHECKED / bytesEach) {
            return;
        }
        long free = free();
        if (elements < 0 || elements > free / bytesEach) {
            throw new TensorException(
                    operation
                            + ": the result is too large: it needs "
                            + (elements < 0 ? "more than 2^63 values" : size(elements, bytesEach))
                            + ", this machine has "
                            + size(free, 1)
                            + " left",
                    new OutOfMemoryError(operation));
        }
    }

    private static long free() {
        Native.start();
        long machine = Pointer.availablePhysicalBytes();
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean os) {
            long container = Math.max(0, os.getTotalMemorySize() - Pointer.physicalBytes());
            return machine > 0 ? Math.min(machine, container) : container;
        }
        return machine > 0 ? machine : Long.MAX_VALUE;
    }

    private static String size(long elements, int bytesEach) {
        return String.format(Locale.ROOT, "%.1f GiB", elements * (bytesEach * 0x1p-30));
    }
}
