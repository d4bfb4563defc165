package dev.sluice.experiments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Processor, memory and disk as the system tells of them; what it does not tell is empty or 0. */
final class Machine {
    /** Instruction sets that decide the speed of matrix products, and their names in the system. */
    static final Map<String, String> FEATURES = features();

    private static final Path CPU = Path.of("/proc/cpuinfo");
    private static final Path MEMORY = Path.of("/proc/meminfo");

    private Machine() {}

    private static Map<String, String> features() {
        Map<String, String> features = new LinkedHashMap<>();
        features.put("AVX2", "avx2");
        features.put("AVX512", "avx512f");
        features.put("AVX512_BF16", "avx512_bf16");
        features.put("AMX", "amx_bf16");
        return java.util.Collections.unmodifiableMap(features);
    }

    static Set<String> cpuFlags() {
        return Arrays.stream(field(CPU, "flags").split("\\s+")).collect(Collectors.toSet());
    }

    static String cpuModel() {
        String model = field(CPU, "model name");
        return model.isEmpty() ? System.getProperty("os.arch", "?") : model;
    }

    /** A line of the memory table, in bytes. */
    static long memory(String name) {
        String value = field(MEMORY, name);
        return value.endsWith(" kB")
                ? 1024 * Long.parseLong(value.substring(0, value.length() - 3).strip())
                : 0;
    }

    /** Bytes left on the disk that {@code folder} is on or would be on. */
    static long freeSpace(Path folder) {
        @Nullable Path existing = folder;
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        try {
            return existing == null ? 0 : Files.getFileStore(existing).getUsableSpace();
        } catch (IOException e) {
            return 0;
        }
    }

    private static String field(Path file, String name) {
        try {
            List<String> lines = Files.isReadable(file) ? Files.readAllLines(file) : List.of();
            return lines.stream()
                    .filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            return "";
        }
    }
}
