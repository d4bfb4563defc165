package dev.sluice.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.training.RunManifest.Status;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The results of a run and nothing else ({@code summary.json}, schema {@code sluice.summary/1}):
 * the same run gives the same bytes, whatever it was interrupted by. Put in each figure by variant
 * and seed as it becomes known, in any order; means, intervals and comparisons follow from them.
 *
 * <p>Variants stand in the order given, metrics in the order of their names, values in the order of
 * the seeds. A value is null where the seed has none (yet) or it is not finite; means and intervals
 * are over the values there are, and null if one of those is not finite.
 */
public final class RunSummary {
    private static final String SCHEMA = "sluice.summary/1";

    private final String experiment;
    private final String preset;
    private final DataIdentity data;
    private final List<Long> seeds;
    private final Map<String, Variant> variants = new LinkedHashMap<>();
    private final List<Pair> comparisons = new ArrayList<>();
    private Status status = Status.RUNNING;

    /** A summary without figures yet. */
    public RunSummary(
            String experiment,
            String preset,
            DataIdentity data,
            List<Long> seeds,
            List<String> variants) {
        this.experiment = experiment;
        this.preset = preset;
        this.data = data;
        this.seeds = List.copyOf(seeds);
        variants.forEach(name -> this.variants.put(name, new Variant()));
    }

    /**
     * What the isolation verifier found for one variant: how many claims its plan makes, on how
     * many steps they were checked, and how often one was violated.
     */
    public record Isolation(long claims, long checkedSteps, long violations) {
        /** For a variant that claims nothing. */
        public static final Isolation NONE = new Isolation(0, 0, 0);

        /** Both together, as for two seeds of one variant. */
        public Isolation plus(Isolation other) {
            return new Isolation(
                    Math.max(claims, other.claims),
                    checkedSteps + other.checkedSteps,
                    violations + other.violations);
        }
    }

    /** Sets how far the run has come. */
    public void status(Status changed) {
        status = changed;
    }

    /**
     * Sets one figure, in place of the one before.
     *
     * @throws IllegalArgumentException if the run has no such variant or seed
     */
    public void put(String variant, long seed, String metric, double value) {
        if (!seeds.contains(seed)) {
            throw new IllegalArgumentException(
                    "seed: expected one of " + seeds + ", found " + seed);
        }
        variant(variant).metrics.computeIfAbsent(metric, m -> new TreeMap<>()).put(seed, value);
    }

    /**
     * Sets what the verifier found for one variant over all its seeds.
     *
     * @throws IllegalArgumentException if the run has no such variant
     */
    public void put(String variant, Isolation isolation) {
        variant(variant).isolation = isolation;
    }

    /**
     * Compares {@code a} with {@code b} on every metric that both have: the mean over seeds of a's
     * value minus b's at the same seed.
     *
     * @throws IllegalArgumentException if the run has no such variant
     */
    public void compare(String a, String b) {
        variant(a);
        variant(b);
        comparisons.add(new Pair(a, b));
    }

    /** All figures so far, for the details of a checkpoint; {@link #restore} takes them back. */
    public ObjectNode figures() {
        ObjectNode json = Json.mapper().createObjectNode();
        variants.forEach(
                (name, variant) -> {
                    ObjectNode one = json.putObject(name);
                    one.set("isolation", Json.mapper().valueToTree(variant.isolation));
                    one.set("metrics", Json.mapper().valueToTree(variant.metrics));
                });
        return json;
    }

    /**
     * Puts in the figures of an earlier part of the same run, to the bit.
     *
     * @throws IllegalArgumentException if they are not {@link #figures} of a run with such variants
     *     and seeds
     */
    public void restore(ObjectNode figures) {
        figures.properties()
                .forEach(
                        entry -> {
                            JsonNode found = entry.getValue();
                            put(entry.getKey(), isolation(found.path("isolation")));
                            for (var metric : found.path("metrics").properties()) {
                                for (var value : metric.getValue().properties()) {
                                    long seed = Long.parseLong(value.getKey());
                                    double number = value.getValue().asDouble(Double.NaN);
                                    put(entry.getKey(), seed, metric.getKey(), number);
                                }
                            }
                        });
    }

    private static Isolation isolation(JsonNode json) {
        return new Isolation(
                json.path("claims").asLong(),
                json.path("checkedSteps").asLong(),
                json.path("violations").asLong());
    }

    /** The bytes of {@code summary.json}. */
    public byte[] toJson() {
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("schema", SCHEMA);
        json.put("experiment", experiment);
        json.put("preset", preset);
        json.put("status", status.text());
        json.set("data", Json.mapper().valueToTree(data));
        ArrayNode list = json.putArray("seeds");
        seeds.forEach(list::add);
        ObjectNode byName = json.putObject("variants");
        variants.forEach((name, variant) -> addVariant(byName.putObject(name), variant));
        ArrayNode compared = json.putArray("comparisons");
        comparisons.forEach(pair -> addComparisons(compared, pair));
        return Json.pretty(json);
    }

    private void addVariant(ObjectNode json, Variant variant) {
        ObjectNode metrics = json.putObject("metrics");
        variant.metrics.forEach(
                (name, bySeed) -> {
                    ObjectNode metric = metrics.putObject(name);
                    ArrayNode values = metric.putArray("values");
                    seeds.forEach(seed -> values.add(finite(bySeed.get(seed))));
                    Interval interval = Interval.of(inOrder(bySeed));
                    metric.put("mean", finite(interval.mean()));
                    addInterval(metric, interval);
                });
        ObjectNode isolation = json.putObject("isolation");
        isolation.put("claims", variant.isolation.claims());
        isolation.put("checked_steps", variant.isolation.checkedSteps());
        isolation.put("violations", variant.isolation.violations());
    }

    private void addComparisons(ArrayNode list, Pair pair) {
        Variant a = variant(pair.a());
        Variant b = variant(pair.b());
        a.metrics.forEach(
                (metric, ofA) -> {
                    Map<Long, Double> differences =
                            differences(ofA, b.metrics.getOrDefault(metric, Map.of()));
                    if (!differences.isEmpty()) {
                        Interval interval = Interval.of(inOrder(differences));
                        ObjectNode json = list.addObject();
                        json.put("metric", metric);
                        json.put("a", pair.a());
                        json.put("b", pair.b());
                        json.put("difference", finite(interval.mean()));
                        addInterval(json, interval);
                        json.put("pairs", differences.size());
                    }
                });
    }

    private static Map<Long, Double> differences(Map<Long, Double> a, Map<Long, Double> b) {
        Map<Long, Double> differences = new TreeMap<>();
        a.forEach(
                (seed, value) -> {
                    Double other = b.get(seed);
                    if (other != null) {
                        differences.put(seed, value - other);
                    }
                });
        return differences;
    }

    private static void addInterval(ObjectNode json, Interval interval) {
        Double low = finite(interval.low());
        Double high = finite(interval.high());
        if (low == null || high == null) {
            json.putNull("ci95");
        } else {
            json.putArray("ci95").add(low).add(high);
        }
    }

    /** JSON has no NaN and no infinities. */
    private static @Nullable Double finite(@Nullable Double value) {
        return value == null || !Double.isFinite(value) ? null : value;
    }

    private List<Double> inOrder(Map<Long, Double> bySeed) {
        List<Double> values = new ArrayList<>();
        for (long seed : seeds) {
            Double value = bySeed.get(seed);
            if (value != null) {
                values.add(value);
            }
        }
        return values;
    }

    private Variant variant(String name) {
        Variant variant = variants.get(name);
        if (variant == null) {
            throw new IllegalArgumentException(
                    "variant: expected one of " + variants.keySet() + ", found " + name);
        }
        return variant;
    }

    private record Pair(String a, String b) {}

    private static final class Variant {
        private final Map<String, Map<Long, Double>> metrics = new TreeMap<>();
        private Isolation isolation = Isolation.NONE;
    }
}
