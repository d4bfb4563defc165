package dev.sluice.experiments;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.sluice.data.DataListing;
import dev.sluice.data.Datasets;
import dev.sluice.engine.Engine;
import dev.sluice.training.RunFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What Sluice finds on this machine, what is missing, and how to get it.
 *
 * @param cpuFeatures instruction sets that matter, and whether the processor has them
 * @param threads threads of a computation unless told otherwise
 * @param ompWaitPolicy the environment's {@code OMP_WAIT_POLICY}; empty if unset
 * @param libtorch its version; empty if it cannot be loaded
 * @param kernels the instruction set that its elementwise kernels use
 * @param blas the library of matrix products and its version; empty if it cannot be loaded
 * @param memoryBytes memory of the machine; 0 where the system does not tell
 * @param memoryAvailableBytes what of it is free to use
 * @param heapBytes the most that the Java heap may grow to; tensors lie outside it
 * @param places folders that Sluice reads and writes, by purpose
 * @param diskFreeBytes space left for runs
 * @param data data sets by name, and where each is; empty if not here
 */
@JsonNaming(SnakeCaseStrategy.class)
public record Doctor(
        String sluice,
        String jdk,
        String jdkHome,
        String os,
        String cpu,
        Map<String, Boolean> cpuFeatures,
        int threads,
        String ompWaitPolicy,
        String libtorch,
        String kernels,
        String blas,
        long memoryBytes,
        long memoryAvailableBytes,
        long heapBytes,
        Map<String, String> places,
        long diskFreeBytes,
        Map<String, String> data,
        List<Missing> missing) {
    /**
     * Something that Sluice could use and does not find.
     *
     * @param get how to get it
     */
    public record Missing(String what, String get) {}

    /** Looks around; touches no network. */
    public static Doctor examine(Map<String, String> environment) {
        Datasets datasets = Datasets.of(environment);
        List<Missing> missing = new ArrayList<>();
        Map<String, String> data = data(datasets, missing);
        String[] torch = libtorch(missing);
        Set<String> flags = Machine.cpuFlags();
        Map<String, Boolean> features = new LinkedHashMap<>();
        Machine.FEATURES.forEach((name, flag) -> features.put(name, flags.contains(flag)));
        String policy = environment.getOrDefault("OMP_WAIT_POLICY", "");
        advise(features, policy, missing);
        Path runs = RunFolder.home(environment).toAbsolutePath();
        Map<String, String> places = new LinkedHashMap<>();
        places.put("runs", runs.toString());
        datasets.places().forEach((purpose, folder) -> places.put(purpose, folder.toString()));
        return new Doctor(
                Versions.sluice(),
                Runtime.version() + ", " + System.getProperty("java.vendor", "?"),
                System.getProperty("java.home", "?"),
                System.getProperty("os.name", "?") + " " + System.getProperty("os.arch", "?"),
                Machine.cpuModel(),
                features,
                Runtime.getRuntime().availableProcessors(),
                policy,
                torch[0],
                torch[1],
                torch[2],
                Machine.memory("MemTotal"),
                Machine.memory("MemAvailable"),
                Runtime.getRuntime().maxMemory(),
                places,
                Machine.freeSpace(runs),
                data,
                missing);
    }

    private static Map<String, String> data(Datasets datasets, List<Missing> missing) {
        Map<String, String> data = new LinkedHashMap<>();
        for (DataListing d : datasets.list()) {
            data.put(
                    d.name(),
                    d.here() ? d.folder().map(Path::toString).orElse("drawn when needed") : "");
            if (!d.here()) {
                missing.add(
                        new Missing(
                                "data " + d.name(),
                                "sluice data get "
                                        + d.name()
                                        + ", or its IDX files in $SLUICE_DATA/"
                                        + d.name()));
            }
        }
        return data;
    }

    /** Version and kernels; empty where the library does not load. */
    private static String[] libtorch(List<Missing> missing) {
        try {
            return new String[] {Engine.version(), Engine.cpuCapability(), Engine.blas()};
        } catch (LinkageError | RuntimeException e) {
            missing.add(
                    new Missing(
                            "libtorch (it does not load: " + e.getMessage() + ")",
                            "start with ./sluice, which fetches the one for this platform"));
            return new String[] {"", "", ""};
        }
    }

    private static void advise(
            Map<String, Boolean> features, String policy, List<Missing> missing) {
        if (features.values().stream().anyMatch(b -> b)
                && !features.getOrDefault("AVX512_BF16", false)
                && !features.getOrDefault("AMX", false)) {
            missing.add(
                    new Missing(
                            "bf16 arithmetic in the processor",
                            "leave --dtype at f32: bf16 works and is slower here"));
        }
        if (policy.equalsIgnoreCase("passive")) {
            missing.add(
                    new Missing(
                            "threads that stay awake between kernels",
                            "unset OMP_WAIT_POLICY: with passive they sleep, and steps take up to"
                                    + " 1.5 times as long, but where other programs keep the cores"
                                    + " busy"));
        }
    }

    /** Lines for a terminal. */
    public String text() {
        List<String> has = cpuFeatures.keySet().stream().filter(f -> cpuFeatures.get(f)).toList();
        Columns table =
                new Columns("sluice", sluice)
                        .row("JDK", jdk + ", in " + jdkHome)
                        .row("system", os)
                        .row("processor", cpu + "; " + String.join(", ", has))
                        .row("threads", Integer.toString(threads))
                        .row("libtorch", libtorch.isEmpty() ? "missing" : libtorch + ", " + kernels)
                        .row("matrix products", blas.isEmpty() ? "missing" : blas)
                        .row(
                                "memory",
                                gigabytes(memoryBytes)
                                        + ", "
                                        + gigabytes(memoryAvailableBytes)
                                        + " available; Java heap up to "
                                        + gigabytes(heapBytes));
        places.forEach(
                (purpose, folder) ->
                        table.row(
                                purpose,
                                folder
                                        + (purpose.equals("runs")
                                                ? ", " + gigabytes(diskFreeBytes) + " free"
                                                : "")));
        data.forEach((name, where) -> table.row(name, where.isEmpty() ? "not here" : where));
        missing.forEach(m -> table.row("missing", m.what() + ": " + m.get()));
        return table.text();
    }

    private static String gigabytes(long bytes) {
        return bytes == 0 ? "unknown" : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }
}
