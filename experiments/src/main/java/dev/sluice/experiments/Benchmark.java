package dev.sluice.experiments;

import dev.sluice.data.ImageData;
import dev.sluice.data.ProgressListener;
import dev.sluice.data.TrainingData;
import dev.sluice.engine.DType;
import dev.sluice.engine.Engine;
import dev.sluice.engine.Names;
import dev.sluice.engine.NativeMemory;
import dev.sluice.engine.Parameter;
import dev.sluice.training.Trial;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A timing of ours: the training step of an experiment at the paper's sizes, its headline variant,
 * its control and each mechanism of routing in turns, so that all meet the same machine.
 *
 * @param form the variant whose settings are laid over the preset {@code paper}, for all of them
 * @param settings laid over those
 * @param detachedInput weights whose input gets no gradient: a product less in the backward pass
 * @param lookedUp tables that nothing is multiplied with
 * @param points the setting that says how many points of data an example has; null: one
 */
public record Benchmark(
        String name,
        String experiment,
        String form,
        Map<String, String> settings,
        Set<String> detachedInput,
        Set<String> lookedUp,
        @Nullable String points) {
    private static final int WARM_UP = 2;
    private static final double SLOWEST = 4;
    private static final String PRESET = "paper";
    private static final String ROUTED = "routed";
    private static final String UNROUTED = "unrouted";
    private static final List<Benchmark> ALL =
            List.of(
                    new Benchmark(
                            "split-digits",
                            "split-digits",
                            "routed",
                            Map.of("verify_every", "0"),
                            Set.of(
                                    "encoder.first.weight",
                                    "certificate_low.first.weight",
                                    "certificate_high.first.weight"),
                            Set.of(),
                            null),
                    new Benchmark(
                            "routed-vae",
                            "routed-vae",
                            "reference",
                            Map.of("verify_every", "0"),
                            Set.of("encoder.first.weight"),
                            Set.of(),
                            null),
                    new Benchmark(
                            "lm",
                            "language-model",
                            "model",
                            Map.of(
                                    "verify_every", "0",
                                    "validate_every", "0",
                                    "sample_tokens", "0",
                                    "tokenizer", "pairs",
                                    "embeddings", "4096",
                                    "documents", "20000"),
                            Set.of(),
                            Set.of("pos_embed.weight"),
                            "context"));

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
     * Refuses a number type that this machine's CPU has no instructions for: a single step could
     * take minutes. Takes less than a second or two itself.
     *
     * @throws UncheckedIOException saying how much slower it is than f32
     */
    public static void requireSpeed(String dtype, int threads) {
        if (dtype.equals("bf16")) {
            Engine.setThreads(threads);
            requireSpeed(GemmPeak.probe(DType.F32), GemmPeak.probe(DType.BF16));
        }
    }

    static void requireSpeed(double f32, double bf16) {
        if (bf16 < f32 / SLOWEST) {
            String problem =
                    String.format(
                            Locale.ROOT,
                            "this CPU emulates bf16: a matrix product takes %.0f times as long as"
                                    + " in f32; use --dtype f32, or a CPU with AVX512_BF16 or AMX",
                            f32 / bf16);
            throw new UncheckedIOException(problem, new IOException(problem));
        }
    }

    /**
     * What it is measured on.
     *
     * @param given null: what is used by default; {@code say} hears what that is
     * @throws dev.sluice.data.DataException if files are missing or damaged
     */
    public TrainingData data(
            @Nullable String given,
            Map<String, String> set,
            Consumer<String> say,
            ProgressListener listener) {
        Experiment found = Catalogue.experiment(experiment);
        DataKind kind = found.dataKind();
        Map<String, String> environment = System.getenv();
        Map<String, List<String>> sets = new LinkedHashMap<>();
        settings.forEach((key, value) -> sets.put(key, List.of(value)));
        set.forEach((key, value) -> sets.put(key, List.of(value)));
        String source = kind.named(given, environment, say);
        long seed = kind.seed(source, null);
        RunRequest request =
                new RunRequest(
                        experiment,
                        PRESET,
                        List.of(form),
                        List.of(0L),
                        sets,
                        source,
                        seed,
                        "f32",
                        1,
                        0);
        return kind.open(request, environment, listener);
    }

    /**
     * Measures.
     *
     * @param dtype {@code f32}, {@code bf16} or {@code f64}
     * @param steps timed steps of each kind, after a warm-up
     * @param set settings laid over those of the timing
     * @throws UsageException if a setting is unknown or does not fit
     */
    public BenchResult run(
            TrainingData data, String dtype, int threads, int steps, Map<String, String> set) {
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
        TrialRequest routed = request(found, headline, data, dtype, set);
        Map<String, Trial> trials = new LinkedHashMap<>();
        try {
            Trial only = found.open(routed);
            trials.put(ROUTED, only);
            long memory = peakMemory(only, steps);
            trials.put(UNROUTED, found.open(request(found, found.control(), data, dtype, set)));
            found.mechanisms().forEach((name, open) -> trials.put(name, open.apply(routed)));
            Map<String, Double> medians = medians(trials, steps);
            Trial first = trials.values().iterator().next();
            long batch = first.examples() / first.done();
            return result(
                    new Peak(dtype, threads, peak, f32),
                    steps,
                    batch,
                    data,
                    gflop(first, batch * points(routed.settings())),
                    medians,
                    memory,
                    found.rates(routed, first));
        } finally {
            trials.values().forEach(Trial::close);
        }
    }

    /** The machine's speed at matrix products. */
    private record Peak(String dtype, int threads, double gflops, double f32) {}

    private BenchResult result(
            Peak peak,
            int steps,
            long batch,
            TrainingData data,
            double work,
            Map<String, Double> medians,
            long memory,
            Map<String, Double> rates) {
        double routed = medians.getOrDefault(ROUTED, Double.NaN);
        double unrouted = medians.getOrDefault(UNROUTED, Double.NaN);
        Map<String, BenchResult.Mechanism> mechanisms = new LinkedHashMap<>();
        medians.forEach(
                (name, median) -> {
                    if (!name.equals(ROUTED) && !name.equals(UNROUTED)) {
                        mechanisms.put(name, new BenchResult.Mechanism(median, median / unrouted));
                    }
                });
        return new BenchResult(
                name,
                peak.dtype(),
                peak.threads(),
                steps,
                batch,
                data.name(),
                routed,
                unrouted,
                routed / unrouted,
                peak.gflops(),
                peak.f32(),
                work,
                work / peak.gflops(),
                work / peak.gflops() / routed,
                mechanisms,
                memory,
                rates);
    }

    private long points(Settings of) {
        return points == null ? 1 : of.integer(points);
    }

    /**
     * The most memory of the process until this trial has trained as long as one that is timed,
     * before there is another.
     */
    private static long peakMemory(Trial only, int steps) {
        for (int i = -WARM_UP; i < steps; i++) {
            only.step(false);
        }
        return NativeMemory.peakResidentBytes();
    }

    /** Medians of steps taken in turns; every other round in reverse, so that no place pays. */
    private static Map<String, Double> medians(Map<String, Trial> trials, int steps) {
        List<String> order = new ArrayList<>(trials.keySet());
        Map<String, double[]> seconds = new LinkedHashMap<>();
        order.forEach(name -> seconds.put(name, new double[steps]));
        for (int i = -WARM_UP; i < steps; i++) {
            for (String name : order) {
                double took = seconds(Objects.requireNonNull(trials.get(name)));
                if (i >= 0) {
                    Objects.requireNonNull(seconds.get(name))[i] = took;
                }
            }
            Collections.reverse(order);
        }
        Map<String, Double> medians = new LinkedHashMap<>();
        seconds.forEach((name, all) -> medians.put(name, median(all)));
        return medians;
    }

    /** A variant at the paper's size; only batches of full size. */
    private TrialRequest request(
            Experiment found,
            String variant,
            TrainingData data,
            String dtype,
            Map<String, String> set) {
        Map<String, String> own = Catalogue.variant(found, variant).settings();
        Map<String, String> paper = found.preset(PRESET);
        Map<String, String> formed = Catalogue.variant(found, form).settings();
        Settings all = Settings.of(found.settings(), paper, formed, settings, set, own);
        Map<String, String> full = new LinkedHashMap<>();
        if (data instanceof ImageData pictures && !set.containsKey("images")) {
            int batch = all.integer("batch");
            int images = pictures.train().size();
            full.put("images", Integer.toString(images < batch ? images : images / batch * batch));
        }
        return new TrialRequest(
                variant,
                Settings.of(found.settings(), all.values(), full),
                0,
                data,
                dtype.equals("f64") ? DType.F64 : DType.F32,
                dtype.equals("bf16"));
    }

    private static double seconds(Trial trial) {
        long start = System.nanoTime();
        trial.step(false);
        return (System.nanoTime() - start) / 1e9;
    }

    private double gflop(Trial trial, long points) {
        double products = 0;
        for (Map.Entry<String, Parameter> p : trial.model().parameters().entrySet()) {
            boolean matrix = p.getKey().endsWith("weight") && p.getValue().axes().size() > 1;
            if (matrix && !lookedUp.contains(p.getKey())) {
                int each = detachedInput.contains(p.getKey()) ? 2 : 3;
                products += 2.0 * each * points * p.getValue().value().count();
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
