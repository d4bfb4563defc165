package dev.sluice.experiments;

import dev.sluice.data.ImageData;
import dev.sluice.engine.DType;
import dev.sluice.engine.Engine;
import dev.sluice.engine.Names;
import dev.sluice.engine.Parameter;
import dev.sluice.training.Trial;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A timing of ours: the training step of an experiment at the paper's sizes, its headline variant
 * and its control in turns, so that both meet the same machine.
 *
 * @param settings laid over the preset {@code paper}
 * @param detachedInput weights whose input gets no gradient: a product less in the backward pass
 */
public record Benchmark(
        String name, String experiment, Map<String, String> settings, Set<String> detachedInput) {
    private static final int WARM_UP = 2;
    private static final List<Benchmark> ALL =
            List.of(
                    new Benchmark(
                            "split-digits",
                            "split-digits",
                            Map.of("verify_every", "0"),
                            Set.of(
                                    "encoder.first.weight",
                                    "certificate_low.first.weight",
                                    "certificate_high.first.weight")));

    /**
     * The timing of this name.
     *
     * @throws UsageException if there is none, with the nearest names
     */
    public static Benchmark named(String name) {
        List<String> names = ALL.stream().map(Benchmark::name).toList();
        return ALL.stream()
                .filter(b -> b.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new UsageException(Names.unknown("bench", name, names)));
    }

    /**
     * Measures.
     *
     * @param dtype {@code f32}, {@code bf16} or {@code f64}
     * @param steps timed steps of each variant, after a warm-up
     * @param set settings laid over those of the timing
     * @throws UsageException if a setting is unknown or does not fit
     */
    public BenchResult run(
            ImageData data, String dtype, int threads, int steps, Map<String, String> set) {
        Experiment found = Catalogue.experiment(experiment);
        Engine.setThreads(threads);
        double f32 = GemmPeak.gflops(DType.F32);
        double peak =
                switch (dtype) {
                    case "bf16" -> GemmPeak.gflops(DType.BF16);
                    case "f64" -> GemmPeak.gflops(DType.F64);
                    default -> f32;
                };
        String headline = found.variants().get(0).name();
        try (Trial routed = open(found, headline, data, dtype, set);
                Trial unrouted = open(found, found.control(), data, dtype, set)) {
            double[] routedSeconds = new double[steps];
            double[] unroutedSeconds = new double[steps];
            for (int i = -WARM_UP; i < steps; i++) {
                double a = seconds(routed);
                double b = seconds(unrouted);
                if (i >= 0) {
                    routedSeconds[i] = a;
                    unroutedSeconds[i] = b;
                }
            }
            long batch = routed.examples() / routed.done();
            double work = gflop(routed, batch);
            double median = median(routedSeconds);
            return new BenchResult(
                    name,
                    dtype,
                    threads,
                    steps,
                    batch,
                    data.name(),
                    median,
                    median(unroutedSeconds),
                    median / median(unroutedSeconds),
                    peak,
                    f32,
                    work,
                    work / peak,
                    work / peak / median);
        }
    }

    private Trial open(
            Experiment found,
            String variant,
            ImageData data,
            String dtype,
            Map<String, String> set) {
        Map<String, String> own = Catalogue.variant(found, variant).settings();
        Map<String, String> paper = found.preset("paper");
        Settings all = Settings.of(found.settings(), paper, own, settings, set);
        Map<String, String> whole = new LinkedHashMap<>(set);
        int batch = all.integer("batch");
        int images = data.train().size();
        whole.putIfAbsent(
                "images", Integer.toString(images < batch ? images : images / batch * batch));
        return found.open(
                new TrialRequest(
                        variant,
                        Settings.of(found.settings(), paper, own, settings, whole),
                        0,
                        data,
                        dtype.equals("f64") ? DType.F64 : DType.F32,
                        dtype.equals("bf16")));
    }

    private static double seconds(Trial trial) {
        long start = System.nanoTime();
        trial.step(false);
        return (System.nanoTime() - start) / 1e9;
    }

    private double gflop(Trial trial, long batch) {
        double products = 0;
        for (Map.Entry<String, Parameter> p : trial.model().parameters().entrySet()) {
            if (p.getValue().axes().size() == 2) {
                int each = detachedInput.contains(p.getKey()) ? 2 : 3;
                products += 2.0 * each * batch * p.getValue().value().count();
            }
        }
        return products / 1e9;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    }
}
