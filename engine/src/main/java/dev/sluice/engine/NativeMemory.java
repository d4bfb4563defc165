package dev.sluice.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/**
 * How much the process holds outside the Java heap. Watch both numbers to find a leak: an object
 * that no scope owns, and memory that objects keep alive.
 */
public final class NativeMemory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String RESIDENT = "VmRSS:";

    private NativeMemory() {}

    /** The number of native objects that Java holds on to. */
    public static long liveObjects() {
        Native.start();
        return Native.liveObjects();
    }

    /** The process's memory in RAM, Java heap included, in bytes. */
    public static long residentBytes() {
        Native.start();
        if (!Files.isReadable(STATUS)) {
            return Pointer.physicalBytes();
        }
        try {
            List<String> lines = Files.readAllLines(STATUS);
            return lines.stream()
                    .filter(line -> line.startsWith(RESIDENT))
                    .map(line -> line.substring(RESIDENT.length()).replace("kB", "").strip())
                    .mapToLong(kilobytes -> Long.parseLong(kilobytes) * 1024)
                    .findFirst()
                    .orElseGet(Pointer::physicalBytes);
        } catch (IOException e) {
            return Pointer.physicalBytes();
        }
    }
}
