package dev.sluice.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What can be learnt about the machine and the process without native code. */
final class ThisMachine {
    private static final Path STATUS = Path.of("/proc/self/status");

    private ThisMachine() {}

    /** Name and value; what the system does not tell is left out. */
    static Map<String, String> describe() {
        Map<String, String> machine = new TreeMap<>();
        machine.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        machine.put("arch", System.getProperty("os.arch"));
        machine.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
        machine.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
        putIfKnown(machine, "cpu", field(Path.of("/proc/cpuinfo"), "model name"));
        putIfKnown(machine, "memory", field(Path.of("/proc/meminfo"), "MemTotal"));
        return machine;
    }

    /** The most memory this process ever held in bytes; null where the system does not tell. */
    static @Nullable Long peakResidentBytes() {
        String peak = field(STATUS, "VmHWM");
        if (peak == null || !peak.endsWith(" kB")) {
            return null;
        }
        return Long.parseLong(peak.substring(0, peak.length() - 3).strip()) * 1024;
    }

    private static void putIfKnown(Map<String, String> map, String key, @Nullable String value) {
        if (value != null) {
            map.put(key, value);
        }
    }

    /** What stands after the colon in the first line that starts with {@code name}. */
    private static @Nullable String field(Path file, String name) {
        if (!Files.isReadable(file)) {
            return null;
        }
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(null);
        } catch (IOException e) {
            return null;
        }
    }
}
